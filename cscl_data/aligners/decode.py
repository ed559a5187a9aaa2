"""Links of pairs under a fitted model: posteriors of both directions, the best partner of every token, merged.

A pair's links depend on the model and on the pair alone, never on what stands beside it in a batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.confidence import ALWAYS, scores_of_links
from cscl_data.aligners.corpus import Ints, Longs
from cscl_data.aligners.hmm import hmm_posteriors
from cscl_data.aligners.kernels import Array, compiled
from cscl_data.aligners.lexical import Floats
from cscl_data.aligners.model import Model, Tables
from cscl_data.aligners.symmetrize import links_of_block
from cscl_data.records import Link

NEVER_SEEN = 1e-7
"""Least probability of a kept cell in either direction, and of a new key under the null word. Our default."""
NEW_TOGETHER = 1e-3
"""Probability that one new key translates another. Our default."""
IDENTICAL = 0.5
"""Least probability of a cell whose two keys are the same string, if one of them is new. Our default."""
IDENTICAL_KNOWN = 1e-2
"""The same where both keys are known. Our default."""
BESIDE_VERBATIM = 1e-8
"""Factor for the null word where a number or a piece of code stands on both sides. Our default."""

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
    scores: Floats

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
    last = _posteriors(model, model.last, batch)
    first = _posteriors(model, model.first, batch)
    given = batch.src_offsets, batch.tgt_offsets, last.offsets, last.partners
    links = links_of_block(*given, last.posteriors, last.tgt_none, last.src_none, last.copied, rule)
    scores = scores_of_links(*links, batch.src_offsets, *given[2:], first.posteriors, last.probabilities, last.seen)
    return FoundLinks(*links, scores)


class _Posteriors(NamedTuple):
    """Candidates of a batch as `_look_up` gives them, with posteriors for probabilities, also of the null word."""

    offsets: Longs
    partners: Ints
    posteriors: Floats
    tgt_none: Floats
    src_none: Floats
    copied: Flags
    probabilities: Floats
    seen: Ints


def _posteriors(model: Model, tables: Tables, batch: Batch) -> _Posteriors:
    """Return the candidates of a batch, which depend on no tables, with their posteriors under some."""
    tgt_none = np.append(tables.tgt_null, np.float32(NEVER_SEEN))[batch.tgt_ids]
    src_none = np.append(tables.src_null, np.float32(NEVER_SEEN))[batch.src_ids]
    src_seen = np.append(model.src_counts, 0)[batch.src_ids]
    tgt_seen = np.append(model.tgt_counts, 0)[batch.tgt_ids]
    known = model.row_offsets, model.targets, tables.cells, model.backed
    offsets, partners, cells, copied, sure, seen = _look_up(*batch, *known, tgt_none, src_none, src_seen, tgt_seen)
    given = batch.src_offsets, batch.tgt_offsets, offsets, partners
    found = hmm_posteriors(*given, cells, tgt_none, src_none, *tables.jumps, model.p_null, np.zeros((2, 0)))
    return _Posteriors(offsets, partners, *found, copied, sure, seen)


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
    backed: Array,
    tgt_none: Array,
    src_none: Array,
    src_seen: Array,
    tgt_seen: Array,
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Return the candidates of a batch as `hmm.hmm_posteriors` takes them, and which source tokens are copied.

    Returns:
        Offsets, partners, probabilities; then for every source token whether its only candidates are its copies; then
        for every candidate the probabilities and how often it was seen, as `confidence.scores_of_links` takes them.
    """
    copied = np.zeros(src_ids.size, dtype=np.bool_)
    offsets = np.zeros(src_ids.size + 1, dtype=np.int64)
    room = 8 * (src_ids.size + tgt_ids.size)
    partners, found = np.empty(room, dtype=np.int32), np.empty((room, 2), dtype=np.float32)
    sure, seen = np.empty((room, 2), dtype=np.float32), np.empty(room, dtype=np.int32)
    at = 0
    for p in range(src_offsets.size - 1):
        s0, s1, t0, t1 = src_offsets[p], src_offsets[p + 1], tgt_offsets[p], tgt_offsets[p + 1]
        src_copied, tgt_copied = _copied(src_digests[s0:s1], src_verbatim[s0:s1], tgt_digests[t0:t1])
        copied[s0:s1] = src_copied
        for i in range(s0, s1):
            if at + t1 - t0 > partners.size:
                more = partners.size + t1 - t0
                partners = np.append(partners, np.empty(more, dtype=np.int32))
                found = np.concatenate((found, np.empty((more, 2), dtype=np.float32)))
                sure = np.concatenate((sure, np.empty((more, 2), dtype=np.float32)))
                seen = np.append(seen, np.empty(more, dtype=np.int32))
            for j in range(t0, t1):
                same = src_digests[i] == tgt_digests[j]
                if (src_copied[i - s0] or tgt_copied[j - t0]) and not same:
                    continue
                cell = _cell_of(src_ids[i], tgt_ids[j], row_offsets, targets)
                ahead, back = _probabilities(src_ids[i], tgt_ids[j], cell, cells)
                if ahead < 0.0:
                    ahead, back = tgt_none[j], src_none[i]
                if same:
                    least = IDENTICAL_KNOWN if src_ids[i] >= 0 and tgt_ids[j] >= 0 else IDENTICAL
                    ahead, back = max(ahead, least), max(back, least)
                if ahead > 0.0 or back > 0.0:
                    partners[at] = j - t0
                    found[at, 0], found[at, 1] = ahead, back
                    sure[at, 0], sure[at, 1] = (1.0, 1.0) if same else (ahead, back)
                    backed_up = same or (cell >= 0 and backed[cell])
                    seen[at] = ALWAYS if backed_up else max(1, min(src_seen[i], tgt_seen[j]))
                    at += 1
            offsets[i + 1] = at
        for j in range(t0, t1):
            if tgt_copied[j - t0]:
                tgt_none[j] *= BESIDE_VERBATIM
        for i in range(s0, s1):
            if src_copied[i - s0]:
                src_none[i] *= BESIDE_VERBATIM
    return offsets, partners[:at], found[:at], copied, sure[:at], seen[:at]


@compiled
def _cell_of(s: int, t: int, row_offsets: Array, targets: Array) -> int:
    """Return the index of the cell of two keys, -1 if they have none."""
    if s < 0 or t < 0:
        return -1
    low, high = row_offsets[s], row_offsets[s + 1]
    while low < high:
        middle = (low + high) // 2
        if targets[middle] < t:
            low = middle + 1
        else:
            high = middle
    return low if low < row_offsets[s + 1] and targets[low] == t else -1


@compiled
def _probabilities(s: int, t: int, cell: int, cells: Array) -> tuple[float, float]:
    """Return the probabilities of two keys in either direction: 0 for no candidates, -1 if one of them is new."""
    if s < 0 or t < 0:
        return (NEW_TOGETHER, NEW_TOGETHER) if s < 0 and t < 0 else (-1.0, -1.0)
    if cell < 0:
        return 0.0, 0.0
    return max(cells[cell, 0], NEVER_SEEN), max(cells[cell, 1], NEVER_SEEN)


@compiled
def _copied(src_digests: Array, src_verbatim: Array, tgt_digests: Array) -> tuple[Array, Array]:
    """Flag the tokens that translations copy and that stand on both sides: they have no partner but their copies."""
    src_copied = np.zeros(src_digests.size, dtype=np.bool_)
    tgt_copied = np.zeros(tgt_digests.size, dtype=np.bool_)
    for i in range(src_digests.size):
        if src_verbatim[i]:
            for j in range(tgt_digests.size):
                if src_digests[i] == tgt_digests[j]:
                    src_copied[i] = tgt_copied[j] = True
    return src_copied, tgt_copied
