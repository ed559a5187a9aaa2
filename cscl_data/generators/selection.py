"""Which of the units of a sentence are switched: how many, and in what order of preference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from cscl_data.generators.candidates import LAST_TIER, Candidate

CONFIDENT = 0.6
"""Units whose links score below this are drawn last (our default: a posterior at which wrong links grow rare)."""

LAST_SHARE = 0.9
"""Units of the last tier are switched only up to this share of the words asked for (our default), or up to
the ratio where that is greater: they read badly."""
SURE = 0.8
"""Units of a tier whose links score at least this are drawn first (our default)."""


def choose(
    candidates: Sequence[Candidate], wanted: int, rng: Random, *, last_share: float = LAST_SHARE
) -> list[Candidate]:
    """Draw units that do not overlap and replace `wanted` matrix words in all, or as many as there are.

    Units with confident links are drawn before others, and among them natural switches (low tiers) first; longer units
    come up more often than their parts. A unit that would overshoot is passed over for a shorter one; where all of them
    would, the shortest one is taken, so that something is switched.

    Args:
        candidates: at least one.
        wanted: matrix words to replace.
        rng: the row's own generator.
        last_share: units of the last tier are taken only up to this share of `wanted`.

    Returns:
        The units in matrix order.
    """
    draws = [(cand.score < CONFIDENT, cand.tier, cand.score < SURE, rng.random() / cand.n_words) for cand in candidates]
    drawn = [cand for _, cand in sorted(zip(draws, candidates, strict=True))]
    taken_matrix: set[int] = set()
    taken_embedded: set[int] = set()
    chosen: list[Candidate] = []
    for cand in drawn:
        matrix, embedded = set(range(cand.first, cand.last + 1)), set(range(cand.emb_first, cand.emb_last + 1))
        limit = wanted * last_share if cand.tier == LAST_TIER else wanted
        fits = len(taken_matrix) + len(matrix) <= limit
        if fits and not matrix & taken_matrix and not embedded & taken_embedded:
            taken_matrix |= matrix
            taken_embedded |= embedded
            chosen.append(cand)
    if not chosen and wanted > 0:
        chosen = [min(drawn, key=lambda cand: cand.n_words)]
    return sorted(chosen, key=lambda cand: cand.first)


def how_many(ratio: float, n_words: int, rng: Random) -> int:
    """Return floor(r n) plus one with probability frac(r n), at least 1 when r > 0: r is the ratio, n the words."""
    exact = ratio * n_words
    whole = math.floor(exact)
    drawn = whole + (rng.random() < exact - whole)
    return max(1, drawn) if ratio > 0 else 0
