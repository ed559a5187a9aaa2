"""Which of the units of a sentence are switched: in what order of preference, and where it is enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from cscl_data.generators.candidates import Candidate

STEP = 0.02
"""Units whose risks a word are alike to this come up in random order (our default)."""
MIXED_STEP = 0.2
"""The same where the order has to differ from one that was there already (our default)."""
Orders = tuple[bool, ...]
"""Passes over the units, each with or without the rule that neighbours keep their order."""
KEPT: Orders = (True,)
PREFERRED: Orders = (True, False)
FREE: Orders = (False,)
MEASURED = 64
"""How often the measure of a text is taken on the way to a goal, about; in a text of more units, several are added at a
time (our default)."""
_NEAR = 1e-9


class Chosen(NamedTuple):
    """The units to switch, in matrix order, and whether they are fewer than asked for."""

    units: list[Candidate]
    too_few: bool


def in_order(candidates: Sequence[Candidate], rng: Random, *, mixed: bool = False) -> list[Candidate]:
    """Draw an order of preference.

    Units of less risk for each word that they replace come first, by `STEP`: a row is as good as its worst unit, so one
    long unit is worth more than two short ones of the same risk. Among equals longer units come up more often.

    Args:
        candidates: in any order.
        rng: the row's own generator.
        mixed: whether units come up alike within the far wider `MIXED_STEP`, so that the order can differ more.
    """
    step = MIXED_STEP if mixed else STEP
    draws = [(int(cand.risk / cand.n_words / step), rng.random() / cand.n_words) for cand in candidates]
    return [cand for _, cand in sorted(zip(draws, candidates, strict=True))]


def interleaved(drawn: Sequence[Sequence[Candidate]], rng: Random) -> list[Candidate]:
    """Merge several orders of preference into one in which all of them come up alike; one alone stays as it is."""
    left = [list(reversed(units)) for units in drawn if units]
    merged: list[Candidate] = []
    while len(left) > 1:
        units = left[int(rng.random() * len(left))]
        merged.append(units.pop())
        left = [units for units in left if units]
    return [*merged, *(cand for units in left for cand in reversed(units))]


def choose_words(
    drawn: Sequence[Candidate], wanted: int, *, orders: Orders = PREFERRED, max_risk: float = math.inf
) -> Chosen:
    """Take units that do not overlap and replace `wanted` matrix words in all, or as many as there are.

    A unit that would overshoot is passed over for a shorter one; where all of them would, the shortest one is taken, so
    that something is switched.

    Args:
        drawn: at least one, in order of preference.
        wanted: matrix words to replace, at least 1.
        orders: whether units side by side have to be neighbours in their own language too, in the same order; by
            default, where there are enough others.
        max_risk: most that the risks of all units may add up to; where every unit has more, the one of least risk is
            taken.
    """
    taken = _Taken(max_risk)
    for taken.ordered in orders:
        for cand in drawn:
            left = wanted - len(taken.matrix)
            if not left:
                break
            if cand.n_words <= left and taken.has_room(cand):
                taken.add(cand)
    units = taken.units or [_least(drawn, max_risk)]
    return Chosen(in_matrix_order(units), sum(cand.n_words for cand in units) < wanted)


def choose_until(
    drawn: Sequence[Candidate],
    measure: Callable[[list[Candidate]], float],
    goal: float,
    rng: Random,
    *,
    orders: Orders = PREFERRED,
    max_risk: float = math.inf,
) -> Chosen:
    """Take units that do not overlap until a measure of the text reaches a goal.

    The unit that would pass the goal is taken with the probability that makes the goal the expected value; the first
    one is taken always, so that something is switched. One that takes the measure down is passed over.

    Args:
        drawn: at least one, in order of preference.
        measure: of the text with these units switched, given in matrix order.
        goal: the value to reach.
        rng: the row's own generator.
        orders: see `choose_words`.
        max_risk: see `choose_words`.
    """
    taken = _Taken(max_risk)
    for taken.ordered in orders:
        for cand in drawn:
            if taken.has_room(cand):
                taken.add(cand)
    if not taken.units:
        taken.add(_least(drawn, max_risk))
    stride = max(1, len(taken.units) // MEASURED)
    units: list[Candidate] = []
    reached = 0.0
    for start in range(0, len(taken.units), stride):
        more = taken.units[start : start + stride]
        then = measure(in_matrix_order([*units, *more]))
        if then <= reached and units:
            continue
        if then > goal + _NEAR:
            return Chosen(in_matrix_order(_up_to(units, more, measure, goal, rng)), too_few=False)
        units, reached = [*units, *more], then
        if reached >= goal - _NEAR:
            return Chosen(in_matrix_order(units), too_few=False)
    return Chosen(in_matrix_order(units), too_few=True)


def _up_to(
    units: list[Candidate],
    more: Sequence[Candidate],
    measure: Callable[[list[Candidate]], float],
    goal: float,
    rng: Random,
) -> list[Candidate]:
    """Add of `more`, which all together pass the goal, those below it, and by a coin the one that passes it."""
    low, high = 0, len(more)
    values = {0: measure(in_matrix_order(units)) if units else 0.0}
    while high - low > 1 or high not in values:
        middle = high if high - low == 1 else (low + high) // 2
        values[middle] = measure(in_matrix_order([*units, *more[:middle]]))
        if middle == high or values[middle] > goal + _NEAR:
            high = middle
        else:
            low = middle
    before = [*units, *more[:low]]
    if not before or rng.random() < (goal - values[low]) / (values[high] - values[low]):
        return [*before, more[low]]
    return before


def _least(drawn: Sequence[Candidate], max_risk: float) -> Candidate:
    """Return the shortest unit within the risk, or else the one of least risk."""
    safe = [cand for cand in drawn if cand.risk <= max_risk]
    return min(safe, key=lambda cand: cand.n_words) if safe else min(drawn, key=lambda cand: cand.risk)


def in_matrix_order(units: Sequence[Candidate]) -> list[Candidate]:
    """Return units by their place in the matrix sentence."""
    return sorted(units, key=lambda cand: cand.first)


class _Taken:
    """Units taken so far, with the words they take up on both sides."""

    def __init__(self, max_risk: float) -> None:
        self.ordered = True
        self.left = max_risk + _NEAR
        self.units: list[Candidate] = []
        self.matrix: set[int] = set()
        self.embedded: set[int] = set()

    def has_room(self, cand: Candidate) -> bool:
        if cand.risk > self.left:
            return False
        free = self.matrix.isdisjoint(_matrix(cand)) and self.embedded.isdisjoint(_embedded(cand))
        return free and (not self.ordered or all(_in_one_order(cand, unit) for unit in self.units))

    def add(self, cand: Candidate) -> None:
        self.units.append(cand)
        self.left -= cand.risk
        self.matrix.update(_matrix(cand))
        self.embedded.update(_embedded(cand))


def _in_one_order(one: Candidate, other: Candidate) -> bool:
    """Tell whether two units may stand together: neighbours are neighbours in their own language, in the same order."""
    before, behind = (one, other) if one.first < other.first else (other, one)
    return before.last + 1 != behind.first or before.emb_last + 1 == behind.emb_first


def _matrix(cand: Candidate) -> range:
    return range(cand.first, cand.last + 1)


def _embedded(cand: Candidate) -> range:
    return range(cand.emb_first, cand.emb_last + 1)
