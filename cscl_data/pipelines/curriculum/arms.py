"""The arms of an ablation: which stages each has, and what text they need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

PHASES = ("token", "sentence", "mono")
MAIN = "cscl"


class Part(NamedTuple):
    """A directory of text for one stage.

    Attributes:
        made: what it is drawn from, a folder of `made/`; None for `shuffled`, which is the three phases together.
        phases: the phases whose budgets it has.
        folder: where it lies in the output directory.
    """

    made: str | None
    phases: tuple[str, ...]
    folder: str


PARTS: dict[str, Part] = {
    "token": Part("token", ("token",), "token"),
    "sentence": Part("sentence", ("sentence",), "sentence"),
    "mono": Part("mono", ("mono",), "mono"),
    "shuffled": Part(None, PHASES, "controls/shuffled"),
    "mono-only": Part("mono", PHASES, "controls/mono-only"),
    "parallel": Part("parallel", ("token", "sentence"), "controls/parallel"),
    "salad": Part("salad", ("token",), "controls/salad"),
    "token-only": Part("token", ("token", "sentence"), "controls/token-only"),
    "sentence-only": Part("sentence", ("token", "sentence"), "controls/sentence-only"),
}

ARMS: dict[str, tuple[str, ...]] = {
    MAIN: PHASES,
    "shuffled": ("shuffled",),
    "mono": ("mono-only",),
    "parallel": ("parallel", "mono"),
    "salad": ("salad", "sentence", "mono"),
    "token-only": ("token-only", "mono"),
    "sentence-only": ("sentence-only", "mono"),
    "reversed": PHASES[::-1],
}
"""Stages of each arm in order, by the name of their part. The budgets of an arm add up to those of the three phases.

Source:
    yoo-etal-2025-code (the curriculum, monolingual training under the same budget, without one of the phases, without
    the order); macaroni-2026 (shuffled, parallel, salad). Budgets and that a phase left out gives its budget to the
    other one are our default.
"""
CONTROLS = tuple(name for name in ARMS if name != MAIN)


def parts_of(controls: Iterable[str]) -> list[str]:
    """Return the parts that the curriculum and these controls need, each once, in the order of `PARTS`."""
    used = {part for arm in (MAIN, *controls) for part in ARMS[arm]}
    return [name for name in PARTS if name in used]


def wanted_of(parts: Iterable[str], budgets: dict[str, int]) -> dict[str, int]:
    """Return how many tokens have to be made of each kind: as many as the largest part that is drawn from it."""
    wanted: dict[str, int] = {}
    for part in (PARTS[name] for name in parts):
        if part.made is not None:
            wanted[part.made] = max(wanted.get(part.made, 0), sum(budgets[phase] for phase in part.phases))
    return wanted
