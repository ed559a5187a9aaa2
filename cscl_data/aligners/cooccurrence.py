"""Which source keys occur beside which target keys: one sorted index that serves both directions of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.corpus import Corpus, Ints, Longs
from cscl_data.aligners.kernels import Array, compiled

Floats = npt.NDArray[np.float32]


class CellIndex(NamedTuple):
    """Unique (source key, target key) cells, sorted by source then target.

    Row `s` holds the cells `row_offsets[s]:row_offsets[s + 1]`; `targets` gives their target keys, ascending;
    `prior` their pseudo-counts from evidence beside the corpus. The cell of source token i and target token j of
    pair p (m target tokens) is `cell_of[cell_offsets[p] + i * m + j]`.
    """

    row_offsets: Longs
    targets: Ints
    prior: Floats
    cell_offsets: Longs
    cell_of: Ints


class PriorRows(NamedTuple):
    """Pseudo-counts by source key number, rows and columns as in `CellIndex`."""

    row_offsets: Longs
    targets: Ints
    counts: Floats


def prior_rows(corpus: Corpus, priors: Mapping[tuple[str, str], float]) -> PriorRows:
    """Number the keys of a table of pseudo-counts; all of them must be in the corpus's vocabulary."""
    src_numbers = {key: i for i, key in enumerate(corpus.src_keys)}
    tgt_numbers = {key: i for i, key in enumerate(corpus.tgt_keys)}
    cells = sorted((src_numbers[s], tgt_numbers[t], count) for (s, t), count in priors.items() if count > 0)
    sizes = np.bincount(np.array([s for s, _, _ in cells], dtype=np.int64), minlength=len(src_numbers))
    return PriorRows(
        np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)]).astype(np.int64),
        np.array([t for _, t, _ in cells], dtype=np.int32),
        np.array([count for _, _, count in cells], dtype=np.float32),
    )


def index_cells(corpus: Corpus, priors: PriorRows) -> CellIndex:
    """Build the index of a corpus; cells with a prior are in it whether they occur or not.

    Memory: 12 bytes a unique cell and 4 bytes a cell of the corpus.
    """
    src, tgt = corpus.src, corpus.tgt
    n_src = len(corpus.src_keys)
    n_tgt = len(corpus.tgt_keys)
    sizes = src.lengths() * tgt.lengths()
    cell_offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)]).astype(np.int64)
    post_offsets, posts = _postings(src.ids, n_src)
    pair_of = np.repeat(np.arange(len(sizes), dtype=np.int32), src.lengths())
    row_sizes = _row_sizes(
        post_offsets, posts, pair_of, tgt.ids, tgt.offsets, n_tgt, priors.row_offsets, priors.targets
    )
    row_offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(row_sizes)]).astype(np.int64)
    targets = np.empty(int(row_offsets[-1]), dtype=np.int32)
    prior = np.zeros(targets.size, dtype=np.float32)
    cell_of = np.empty(int(cell_offsets[-1]), dtype=np.int32)
    _fill_rows(
        post_offsets, posts, pair_of, src.offsets, tgt.ids, tgt.offsets, n_tgt, priors.row_offsets, priors.targets,
        priors.counts, row_offsets, targets, prior, cell_offsets, cell_of,
    )  # fmt: skip
    return CellIndex(row_offsets, targets, prior, cell_offsets, cell_of)


def _postings(ids: Ints, n_keys: int) -> tuple[Longs, Longs]:
    """Return, for every key, the positions in `ids` where it stands (offsets and positions, ascending)."""
    order = np.argsort(ids, kind="stable").astype(np.int64)
    sizes = np.bincount(ids, minlength=n_keys)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)]).astype(np.int64), order


@compiled
def _row_sizes(
    post_offsets: Array,
    posts: Array,
    pair_of: Array,
    tgt_ids: Array,
    tgt_offsets: Array,
    n_tgt: int,
    prior_offsets: Array,
    prior_targets: Array,
) -> Array:
    n_src = post_offsets.size - 1
    sizes = np.zeros(n_src, dtype=np.int64)
    seen_by = np.full(n_tgt, -1, dtype=np.int32)
    for s in range(n_src):
        size = 0
        for k in range(prior_offsets[s], prior_offsets[s + 1]):
            seen_by[prior_targets[k]] = s
            size += 1
        last = -1
        for k in range(post_offsets[s], post_offsets[s + 1]):
            p = pair_of[posts[k]]
            if p == last:
                continue
            last = p
            for j in range(tgt_offsets[p], tgt_offsets[p + 1]):
                if seen_by[tgt_ids[j]] != s:
                    seen_by[tgt_ids[j]] = s
                    size += 1
        sizes[s] = size
    return sizes


@compiled
def _fill_rows(
    post_offsets: Array,
    posts: Array,
    pair_of: Array,
    src_offsets: Array,
    tgt_ids: Array,
    tgt_offsets: Array,
    n_tgt: int,
    prior_offsets: Array,
    prior_targets: Array,
    prior_counts: Array,
    row_offsets: Array,
    targets: Array,
    prior: Array,
    cell_offsets: Array,
    cell_of: Array,
) -> None:
    n_src = post_offsets.size - 1
    slot = np.full(n_tgt, -1, dtype=np.int32)
    for s in range(n_src):
        base = row_offsets[s]
        at = base
        for k in range(prior_offsets[s], prior_offsets[s + 1]):
            slot[prior_targets[k]] = 0
            targets[at] = prior_targets[k]
            at += 1
        for k in range(post_offsets[s], post_offsets[s + 1]):
            p = pair_of[posts[k]]
            for j in range(tgt_offsets[p], tgt_offsets[p + 1]):
                t = tgt_ids[j]
                if slot[t] < 0:
                    slot[t] = 0
                    targets[at] = t
                    at += 1
        targets[base:at].sort()
        for c in range(base, at):
            slot[targets[c]] = c
        for k in range(prior_offsets[s], prior_offsets[s + 1]):
            prior[slot[prior_targets[k]]] = prior_counts[k]
        for k in range(post_offsets[s], post_offsets[s + 1]):
            i = posts[k]
            p = pair_of[i]
            first = tgt_offsets[p]
            m = tgt_offsets[p + 1] - first
            out = cell_offsets[p] + (i - src_offsets[p]) * m
            for j in range(m):
                cell_of[out + j] = slot[tgt_ids[first + j]]
        for c in range(base, at):
            slot[targets[c]] = -1
