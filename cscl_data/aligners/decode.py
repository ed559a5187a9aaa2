"""Links of pairs under a fitted model: posteriors of both directions, the best partner of every token, merged.

A pair's links depend on the model and on the pair alone, never on what stands beside it in a batch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.corpus import Ints, Longs
from cscl_data.aligners.hmm import hmm_posteriors
from cscl_data.aligners.kernels import Array, compiled
from cscl_data.aligners.model import Model
from cscl_data.aligners.symmetrize import POSTERIOR, merge

Floats = npt.NDArray[np.float32]

NEVER_SEEN = 1e-7
"""Probability of a cell that the fit has not seen or has pruned, both keys known. Our default."""
NEW_TOGETHER = 1e-3
"""Probability that one new key translates another. Our default."""
IDENTICAL = 0.5
"""Least probability of a cell whose two keys are the same string, if one of them is new. Our default."""
IDENTICAL_KNOWN = 1e-2
"""The same where both keys are known. Our default."""


class Batch(NamedTuple):
    """Pairs as key numbers (-1: new to the model) and key digests (equal for equal strings, on both sides)."""

    src_ids: Ints
    src_digests: Longs
    src_offsets: Longs
    tgt_ids: Ints
    tgt_digests: Longs
    tgt_offsets: Longs


class FoundLinks(NamedTuple):
    """The links of pair `p` are `[offsets[p]:offsets[p] + sizes[p]]`; `src` and `tgt` are 0-based token indices."""

    offsets: Longs
    sizes: Longs
    src: Ints
    tgt: Ints
    scores: Floats


def find_links(model: Model, batch: Batch, rule: int) -> FoundLinks:
    """Align a batch; every side must have a token.

    Args:
        model: the fitted model.
        batch: the pairs.
        rule: a number of `symmetrize.RULES`.
    """
    room = np.diff(batch.src_offsets) * np.diff(batch.tgt_offsets)
    room = np.minimum(room, 2 * (np.diff(batch.src_offsets) + np.diff(batch.tgt_offsets)))
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(room)]).astype(np.int64)
    size = int(offsets[-1])
    found = FoundLinks(
        offsets,
        np.zeros(room.size, dtype=np.int64),
        np.empty(size, dtype=np.int32),
        np.empty(size, dtype=np.int32),
        np.empty(size, dtype=np.float32),
    )
    _decode(
        *batch, model.row_offsets, model.targets, model.cells, model.tgt_null, model.src_null, model.jumps.forward,
        model.jumps.backward, model.p_null, rule, *found,
    )  # fmt: skip
    return found


@compiled
def _decode(
    src_ids: Array,
    src_digests: Array,
    src_offsets: Array,
    tgt_ids: Array,
    tgt_digests: Array,
    tgt_offsets: Array,
    row_offsets: Array,
    targets: Array,
    cells: Array,
    tgt_null: Array,
    src_null: Array,
    jumps_forward: Array,
    jumps_backward: Array,
    p_null: float,
    rule: int,
    out_offsets: Array,
    out_sizes: Array,
    out_src: Array,
    out_tgt: Array,
    out_scores: Array,
) -> None:
    no_counts = np.zeros(0)
    for p in range(src_offsets.size - 1):
        s0, t0 = src_offsets[p], tgt_offsets[p]
        n, m = src_offsets[p + 1] - s0, tgt_offsets[p + 1] - t0
        forward, backward = np.empty((m, n)), np.empty((n, m))
        tgt_none, src_none = np.empty(m), np.empty(n)
        for j in range(m):
            t = tgt_ids[t0 + j]
            tgt_none[j] = tgt_null[t] if t >= 0 else NEVER_SEEN
        for i in range(n):
            s = src_ids[s0 + i]
            src_none[i] = src_null[s] if s >= 0 else NEVER_SEEN
        for i in range(n):
            s = src_ids[s0 + i]
            for j in range(m):
                t = tgt_ids[t0 + j]
                known = s >= 0 and t >= 0
                if known:
                    c = find_cell(row_offsets, targets, s, t)
                    ahead = max(cells[c, 0], NEVER_SEEN) if c >= 0 else NEVER_SEEN
                    back = max(cells[c, 1], NEVER_SEEN) if c >= 0 else NEVER_SEEN
                elif s < 0 and t < 0:
                    ahead = back = NEW_TOGETHER
                else:
                    ahead, back = tgt_none[j], src_none[i]
                if src_digests[s0 + i] == tgt_digests[t0 + j]:
                    least = IDENTICAL_KNOWN if known else IDENTICAL
                    ahead, back = max(ahead, least), max(back, least)
                forward[j, i] = ahead
                backward[i, j] = back
        post_forward, post_backward = np.empty((m, n)), np.empty((n, m))
        tgt_post, src_post = np.empty(m), np.empty(n)
        hmm_posteriors(forward, tgt_none, p_null, jumps_forward, post_forward, tgt_post, no_counts)
        hmm_posteriors(backward, src_none, p_null, jumps_backward, post_backward, src_post, no_counts)
        best_forward, best_backward = np.zeros((n, m), dtype=np.bool_), np.zeros((n, m), dtype=np.bool_)
        for j in range(m):
            best = np.argmax(post_forward[j])
            best_forward[best, j] = post_forward[j, best] > tgt_post[j]
        for i in range(n):
            best = np.argmax(post_backward[i])
            best_backward[i, best] = post_backward[i, best] > src_post[i]
        merged = np.zeros((n, m), dtype=np.bool_)
        merge(best_forward, best_backward, rule, merged)
        at = out_offsets[p]
        for i in range(n):
            for j in range(m):
                score = min(0.5 * (post_forward[j, i] + post_backward[i, j]), 1.0)
                if merged[i, j] and (rule != POSTERIOR or score >= 0.5):
                    out_src[at] = i
                    out_tgt[at] = j
                    out_scores[at] = score
                    at += 1
        out_sizes[p] = at - out_offsets[p]


@compiled
def find_cell(row_offsets: Array, targets: Array, s: int, t: int) -> int:
    """Return the cell of two keys, -1 if there is none."""
    low, high = row_offsets[s], row_offsets[s + 1]
    while low < high:
        middle = (low + high) // 2
        if targets[middle] < t:
            low = middle + 1
        else:
            high = middle
    return low if low < row_offsets[s + 1] and targets[low] == t else -1
