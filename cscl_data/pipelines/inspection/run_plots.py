"""What is drawn of a training run, over the tokens trained on, with the stages marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from cscl_data.pipelines.inspection.drawing import ACCENT, INK, LANGUAGES
from cscl_data.pipelines.inspection.shown import visible

_FEW = 40
Points = Sequence[Sequence[float]]
"""Pairs of tokens trained on and a value, in order."""


def run_drawings(statistics: Mapping[str, Any]) -> list[tuple[str, Callable[[Any], None], bool]]:
    """Return captions, what draws, and whether it wants the whole width: the loss, that of each `--eval`, the rate."""
    stages = statistics.get("stages") or ()
    ends = [stage["end_tokens"] for stage in stages]
    begins = list(zip((0, *ends[:-1]), (str(stage["name"]) for stage in stages), strict=True)) if stages else []
    wanted = (
        ("Loss by tokens trained on", "loss, nats a token", {"": statistics.get("curve") or ()}),
        ("Loss on text that is not trained on", "loss, nats a token", statistics.get("evals") or {}),
        ("Learning rate", "rate", {"": statistics.get("rates") or ()}),
    )
    return [
        (caption, partial(_lines, lines=lines, begins=begins, label=label), True)
        for caption, label, lines in wanted
        if any(lines.values())
    ]


def _lines(axes: Any, lines: Mapping[str, Points], begins: Sequence[tuple[float, str]], label: str) -> None:
    for number, (name, points) in enumerate(lines.items()):
        colour = LANGUAGES[number % len(LANGUAGES)] if name else ACCENT
        across, up = [point[0] for point in points], [point[1] for point in points]
        dots = {"marker": "o", "markersize": 3} if name and len(points) < _FEW else {}
        axes.plot(across, up, color=colour, linewidth=1.3, **dots)
        if name:
            place = {"textcoords": "offset points", "color": colour, "fontsize": 9, "parse_math": False}
            axes.annotate(visible(name), (across[-1], up[-1]), xytext=(5, -3), **place)
    for number, (tokens, name) in enumerate(begins):
        if number:
            axes.axvline(tokens, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        place = {"xy": (tokens, 1), "xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        axes.annotate(visible(name), xytext=(4, -11), color=INK, fontsize=9, parse_math=False, **place)
    axes.set_ylabel(label, color=INK)
    axes.margins(x=0.03 if any(lines) else 0.01)
    axes.set_xlim(left=0)
