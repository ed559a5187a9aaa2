"""How far beads can be trusted: whether the words on both sides are more alike than those of any two sentences."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cscl_data.aligners.beads.path import BeadSpan, Costs
from cscl_data.aligners.beads.sides import Side
from cscl_data.aligners.beads.words import Weights, known_keys

FEWEST_WORDS = 30
"""Known words that a document needs for its words to say anything. Our default."""


class Words(NamedTuple):
    """What the words of two stretches say: the sum of their log-likelihood ratios, and how many words are known."""

    score: float
    known: int

    @property
    def mean(self) -> float:
        """Score of a known word; 0 where none is."""
        return self.score / self.known if self.known else 0.0


class Likeness:
    """Asks the words of any two stretches of two documents whether they translate each other, as `search` does.

    Punctuation, which any two sentences share, is no word here.
    """

    def __init__(self, src: Side, tgt: Side, weights: Weights) -> None:
        self._src, self._tgt = src, tgt
        self._rows = [
            dict(zip(weights.partners[a:b].tolist(), weights.weights[a:b].tolist(), strict=True))
            for a, b in zip(weights.rows[:-1].tolist(), weights.rows[1:].tolist(), strict=True)
        ]
        self._src_known, self._tgt_known = (
            [bool(knows) and any(map(str.isalnum, key)) for knows, key in zip(known.tolist(), side.keys, strict=True)]
            for known, side in zip(known_keys(src, tgt, weights), (src, tgt), strict=True)
        )
        self._src_share, self._tgt_share = _shares(src), _shares(tgt)

    def of(self, src: int, src_end: int, tgt: int, tgt_end: int) -> Words:
        """Compare source units `[src, src_end)` with target units `[tgt, tgt_end)`, the words of both."""
        to_src, to_tgt = self.each(src, src_end, tgt, tgt_end)
        return Words(to_src.score + to_tgt.score, to_src.known + to_tgt.known)

    def each(self, src: int, src_end: int, tgt: int, tgt_end: int) -> tuple[Words, Words]:
        """Compare them, the words of the source and those of the target by themselves."""
        src_ids = self._src.ids[self._src.offsets[src] : self._src.offsets[src_end]].tolist()
        tgt_ids = self._tgt.ids[self._tgt.offsets[tgt] : self._tgt.offsets[tgt_end]].tolist()
        here, there = Counter(src_ids), Counter(tgt_ids)
        to_src, to_tgt = dict.fromkeys(here, 0.0), dict.fromkeys(there, 0.0)
        for s, often in here.items():
            for t, weight in self._rows[s].items():
                if t in there:
                    to_src[s] += weight * there[t]
                    to_tgt[t] += weight * often
        return (
            _words(here, to_src, self._src_known, self._src_share, len(tgt_ids)),
            _words(there, to_tgt, self._tgt_known, self._tgt_share, len(src_ids)),
        )


def _words(
    ids: Mapping[int, int], sums: Mapping[int, float], known: Sequence[int], shares: Sequence[float], others: int
) -> Words:
    chance = Costs().chance
    score, n = 0.0, 0
    for key, often in ids.items():
        if known[key] and others:
            score += often * math.log(chance + (1.0 - chance) * sums[key] / (shares[key] * others))
            n += often
    return Words(score, n)


def likeness_of(likeness: Likeness, beads: Sequence[BeadSpan]) -> float | None:
    """Return how much more a known word says for the beads than for pairs of their sides that do not belong together.

    None where there are not enough words.
    """
    pairs = [bead for bead in beads if bead.is_pair]
    shift = max(1, len(pairs) // 2)
    own = [likeness.of(*bead) for bead in pairs]
    other = [
        likeness.of(
            bead.src, bead.src_end, pairs[(k + shift) % len(pairs)].tgt, pairs[(k + shift) % len(pairs)].tgt_end
        )
        for k, bead in enumerate(pairs)
    ]
    means = [Words(sum(x.score for x in some), sum(x.known for x in some)) for some in (own, other)]
    if len(pairs) < 2 or min(words.known for words in means) < FEWEST_WORDS:
        return None
    return means[0].mean - means[1].mean


def _shares(side: Side) -> list[float]:
    counts = np.bincount(side.ids, minlength=len(side.keys))
    shares: list[float] = ((counts + 0.5) / (counts.sum() + 1)).tolist()
    return shares
