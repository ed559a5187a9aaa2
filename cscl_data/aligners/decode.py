"""Links of pairs under a fitted model: posteriors of both directions, the best partner of every token, merged.

A pair's links depend on the model and on the pair alone, never on what stands beside it in a batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.corpus import Ints, Longs
from cscl_data.aligners.hmm import hmm_posteriors
from cscl_data.aligners.kernels import Array, compiled
from cscl_data.aligners.model import Model
from cscl_data.aligners.symmetrize import links_of_block
from cscl_data.records import Link

NEVER_SEEN = 1e-7
"""Probability of a cell that the fit has not seen or has pruned, both keys known. Our default."""
NEW_TOGETHER = 1e-3
"""Probability that one new key translates another. Our default."""
IDENTICAL = 0.5
"""Least probability of a cell whose two keys are the same string, if one of them is new. Our default."""
IDENTICAL_KNOWN = 1e-2
"""The same where both keys are known. Our default."""
BESIDE_VERBATIM = 1e-8
"""Factor for everything that competes with a number or a piece of code that stands on both sides. Our default."""

Flags = npt.NDArray[np.bool_]


class Batch(NamedTuple):
    """Pairs as key numbers (-1: new to the model), key digests (equal for equal strings, on both sides), and flags.

    A flag says that the key is a number, code, a placeholder or an address, see `keys.is_verbatim`.
    """

    src_ids: Ints
    src_digests: Longs
    src_verbatim: Flags
    src_offsets: Longs
    tgt_ids: Ints
    tgt_digests: Longs
    tgt_verbatim: Flags
    tgt_offsets: Longs


class FoundLinks(NamedTuple):
    """Links of a batch: the number of links of every pair, then all links, pair by pair, sorted."""

    sizes: Longs
    src: Ints
    tgt: Ints
    scores: npt.NDArray[np.float32]

    def by_pair(self) -> Iterator[list[Link]]:
        """Yield the links of every pair."""
        links = list(map(Link, self.src.tolist(), self.tgt.tolist(), self.scores.tolist()))
        at = 0
        for size in self.sizes.tolist():
            yield links[at : at + size]
            at += size


def find_links(model: Model, batch: Batch, rule: int) -> FoundLinks:
    """Align a batch; every side must have a token.

    Args:
        model: the fitted model.
        batch: the pairs.
        rule: a number of `symmetrize.RULES`.
    """
    tgt_none = np.where(batch.tgt_ids >= 0, _padded(model.tgt_null)[batch.tgt_ids], np.float32(NEVER_SEEN))
    src_none = np.where(batch.src_ids >= 0, _padded(model.src_null)[batch.src_ids], np.float32(NEVER_SEEN))
    cells = _look_up(*batch, model.row_offsets, model.targets, model.cells, tgt_none, src_none)
    sides = batch.src_offsets, batch.tgt_offsets
    posteriors = hmm_posteriors(*sides, cells, tgt_none, src_none, *model.jumps, model.p_null, np.zeros((2, 0)))
    return FoundLinks(*links_of_block(*sides, *posteriors, rule))


def _padded(null: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Append a place for key number -1."""
    return np.append(null, np.float32(NEVER_SEEN))


@compiled
def _look_up(
    src_ids: Array,
    src_digests: Array,
    src_verbatim: Array,
    src_offsets: Array,
    tgt_ids: Array,
    tgt_digests: Array,
    tgt_verbatim: Array,  # equal to the source's where digests are equal
    tgt_offsets: Array,
    row_offsets: Array,
    targets: Array,
    cells: Array,
    tgt_none: Array,
    src_none: Array,
) -> Array:
    """Return the lexical probabilities of all cells of a batch, [n_cells, 2], source token by source token."""
    total = 0
    for p in range(src_offsets.size - 1):
        total += (src_offsets[p + 1] - src_offsets[p]) * (tgt_offsets[p + 1] - tgt_offsets[p])
    found = np.empty((total, 2), dtype=np.float32)
    at = 0
    for p in range(src_offsets.size - 1):
        for i in range(src_offsets[p], src_offsets[p + 1]):
            s = src_ids[i]
            for j in range(tgt_offsets[p], tgt_offsets[p + 1]):
                t = tgt_ids[j]
                if s >= 0 and t >= 0:
                    c = _cell(row_offsets, targets, s, t)
                    ahead = max(cells[c, 0], NEVER_SEEN) if c >= 0 else NEVER_SEEN
                    back = max(cells[c, 1], NEVER_SEEN) if c >= 0 else NEVER_SEEN
                elif s < 0 and t < 0:
                    ahead = back = NEW_TOGETHER
                else:
                    ahead, back = tgt_none[j], src_none[i]
                if src_digests[i] == tgt_digests[j]:
                    least = IDENTICAL_KNOWN if s >= 0 and t >= 0 else IDENTICAL
                    ahead, back = max(ahead, least), max(back, least)
                found[at, 0] = ahead
                found[at, 1] = back
                at += 1
        n, m = src_offsets[p + 1] - src_offsets[p], tgt_offsets[p + 1] - tgt_offsets[p]
        _prefer_copies(
            src_digests[src_offsets[p] : src_offsets[p + 1]],
            src_verbatim[src_offsets[p] : src_offsets[p + 1]],
            tgt_digests[tgt_offsets[p] : tgt_offsets[p + 1]],
            found[at - n * m : at].reshape((n, m, 2)),
            tgt_none[tgt_offsets[p] : tgt_offsets[p + 1]],
            src_none[src_offsets[p] : src_offsets[p + 1]],
        )
    return found


@compiled
def _prefer_copies(
    src_digests: Array, src_verbatim: Array, tgt_digests: Array, cells: Array, tgt_none: Array, src_none: Array
) -> None:
    """Leave tokens that translations copy, and that stand on both sides, hardly a partner but their copies."""
    n, m = src_digests.size, tgt_digests.size
    src_copied, tgt_copied = np.zeros(n, dtype=np.bool_), np.zeros(m, dtype=np.bool_)
    for i in range(n):
        if src_verbatim[i]:
            for j in range(m):
                if src_digests[i] == tgt_digests[j]:
                    src_copied[i] = tgt_copied[j] = True
    for i in range(n):
        for j in range(m):
            if (src_copied[i] or tgt_copied[j]) and src_digests[i] != tgt_digests[j]:
                cells[i, j, 0] *= BESIDE_VERBATIM
                cells[i, j, 1] *= BESIDE_VERBATIM
    for j in range(m):
        if tgt_copied[j]:
            tgt_none[j] *= BESIDE_VERBATIM
    for i in range(n):
        if src_copied[i]:
            src_none[i] *= BESIDE_VERBATIM


@compiled
def _cell(row_offsets: Array, targets: Array, s: int, t: int) -> int:
    """Return the cell of two keys, -1 if there is none."""
    low, high = row_offsets[s], row_offsets[s + 1]
    while low < high:
        middle = (low + high) // 2
        if targets[middle] < t:
            low = middle + 1
        else:
            high = middle
    return low if low < row_offsets[s + 1] and targets[low] == t else -1
