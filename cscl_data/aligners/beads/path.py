"""The beads of two documents: the cheapest path, over the whole table or, where that is large, over a band of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from cscl_data.aligners.beads.search import search
from cscl_data.aligners.beads.sides import Doubles, Side
from cscl_data.aligners.beads.words import NO_WEIGHTS, Weights, known_keys
from cscl_data.aligners.corpus import Longs

Shape = tuple[int, int]
"""Source and target units of a bead."""
GALE_CHURCH: Mapping[Shape, float] = {
    (1, 1): 0.89,
    (1, 0): 0.00495,
    (0, 1): 0.00495,
    (2, 1): 0.0445,
    (1, 2): 0.0445,
    (2, 2): 0.011,
}
"""Priors of the shapes of beads.

Source:
    gale-church-1993-program, table 5; the 0.0099 and 0.089 of a kind are halved between its two directions.
"""
LEFT_OUT = 0.02
"""Prior of a sentence that has no translation, on either side: translations of documentation lag behind, and those of
novels leave out. Our default, chosen on one novel of which sentences were taken away."""
SHAPES: Mapping[Shape, float] = {
    **GALE_CHURCH,
    (1, 0): LEFT_OUT,
    (0, 1): LEFT_OUT,
    **{(3, 1): 0.008, (1, 3): 0.008, (4, 1): 0.002, (1, 4): 0.002, (3, 2): 0.002, (2, 3): 0.002},
}
"""Those, and longer ones that literary translations need. Our default."""
VARIANCE = 6.8
"""Variance of the difference in length, per character.

Source:
    gale-church-1993-program, section 3.1.
"""
WHOLE_UP_TO = 4_000_000
"""Cells up to which the whole table is looked at; a larger one costs a byte a cell of its band. Our default."""
NARROWEST, BAND_SHARE, MOST_CELLS = 250, 0.1, 200_000_000
"""Half the band: so many target units, or this share of them, while it has no more than these cells. Our defaults."""

SHORTEST, LONGEST = 0.25, 4.0
"""The band counts a unit as so many times its side's usual length, at least and at most: a listing that stands on one
side alone would else move the rest of the document out of it. Our defaults."""


class BeadSpan(NamedTuple):
    """Source units `[src, src_end)` and target units `[tgt, tgt_end)` that translate each other; one may be empty."""

    src: int
    src_end: int
    tgt: int
    tgt_end: int

    @property
    def shape(self) -> Shape:
        """Number of source units and of target units."""
        return self.src_end - self.src, self.tgt_end - self.tgt

    @property
    def is_pair(self) -> bool:
        """Whether both sides hold something."""
        return self.src_end > self.src and self.tgt_end > self.tgt


class Costs(NamedTuple):
    """What weighs how much in the cost of a bead; see `search`. Our defaults, chosen on one novel.

    Attributes:
        words: of what words say, against lengths; 0 leaves words out.
        chance: share of a word's probability that is left to chance.
        leaving_out: what lengths say against a bead with an empty side, at most.
        unlike: what they say against any other one, at most, so that words and copies can outweigh it.
        structure: of headings, kinds and boundaries of blocks that do not match; 0 leaves structure out.
    """

    words: float = 0.2
    chance: float = 0.1
    leaving_out: float = 1.0
    unlike: float = 12.0
    structure: float = 1.5


BY_THE_PAPER = Costs(words=0.0, leaving_out=math.inf, unlike=math.inf, structure=0.0)
"""Lengths alone."""


def find_beads(
    src: Side,
    tgt: Side,
    weights: Weights = NO_WEIGHTS,
    *,
    ratio: float = 1.0,
    costs: Costs | None = None,
    shapes: Mapping[Shape, float] = SHAPES,
) -> list[BeadSpan]:
    """Return the beads of two documents, in order; every unit is in exactly one.

    Args:
        src: the source document.
        tgt: the target document.
        weights: which words may translate each other; without any, lengths alone decide.
        ratio: target characters that a source character makes.
        costs: what weighs how much.
        shapes: priors of the shapes of beads.
    """
    n, m = src.lengths.size, tgt.lengths.size
    if not weights.rows.size:
        weights = weights._replace(rows=np.zeros(len(src.keys) + 1, dtype=np.int64))
    low, high = _band(src.lengths, tgt.lengths)
    by_key = np.argsort(tgt.ids, kind="stable").astype(np.int64)
    src_counts = np.bincount(src.ids, minlength=len(src.keys))
    tgt_counts = np.bincount(tgt.ids, minlength=len(tgt.keys))
    costs = costs or Costs()
    src_known, tgt_known = known_keys(src, tgt, weights)
    listed = list(shapes.items())
    back = search(
        src.offsets,
        src.ids,
        tgt.offsets,
        np.repeat(np.arange(m, dtype=np.int32), np.diff(tgt.offsets)),
        weights.rows,
        weights.partners,
        weights.weights,
        np.concatenate([[0], np.cumsum(tgt_counts)]).astype(np.int64),
        by_key,
        src_known,
        tgt_known,
        (src_counts + 0.5) / (src_counts.sum() + 1),
        (tgt_counts + 0.5) / (tgt_counts.sum() + 1),
        src.lengths,
        tgt.lengths,
        src.kinds,
        tgt.kinds,
        src.blocks,
        tgt.blocks,
        low,
        high,
        np.array([shape for shape, _ in listed], dtype=np.int64),
        np.array([-math.log(prior) for _, prior in listed]),
        np.array([ratio, VARIANCE, *costs]),
    )
    beads: list[BeadSpan] = []
    i, j = n, m
    while i or j:
        a, b = listed[back[i, j - low[i]]][0]
        beads.append(BeadSpan(i - a, i, j - b, j))
        i, j = i - a, j - b
    return beads[::-1]


def _band(src_lengths: Doubles, tgt_lengths: Doubles) -> tuple[Longs, Longs]:
    """Return the first and the last number of target units that each row looks at.

    The middle of a row lies where as large a share of the target's characters is behind as of the source's. Neither
    number falls from one row to the next, and no row begins behind the last number of the one before: by units left
    out alone, there is a way through.
    """
    n, m = src_lengths.size, tgt_lengths.size
    if (n + 1) * (m + 1) <= WHOLE_UP_TO:
        return np.zeros(n + 1, dtype=np.int64), np.full(n + 1, m, dtype=np.int64)
    middle = np.searchsorted(_done(tgt_lengths), _done(src_lengths))
    half = max(NARROWEST, min(int(BAND_SHARE * m), MOST_CELLS // (2 * (n + 1))), 2 * (m // n + 1))
    low, high = np.clip(middle - half, 0, m), np.clip(middle + half, 0, m)
    low[0], high[n] = 0, m
    low[1:] = np.minimum(low[1:], high[:-1])
    return low.astype(np.int64), high.astype(np.int64)


def _done(lengths: Doubles) -> Doubles:
    """Return the share of a side that is behind before each unit, and at the end; [n + 1]."""
    usual = float(np.median(lengths))
    within: Doubles = np.clip(lengths, SHORTEST * usual, LONGEST * usual)
    done: Doubles = np.concatenate([[0.0], np.cumsum(within)]) / within.sum()
    return done
