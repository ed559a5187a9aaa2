"""The expectation step over a corpus: block by block, blocks in parallel, sums always in the order of the blocks.

The counts do not depend on the number of threads: a thread fills the posteriors of a block of sentences, and only the
caller adds them up, in order. No kernel uses `fastmath`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.cooccurrence import CellIndex
from cscl_data.aligners.corpus import Corpus, Ints, Side
from cscl_data.aligners.hmm import MAX_JUMP, hmm_posteriors
from cscl_data.aligners.ibm import ibm1_posteriors
from cscl_data.aligners.kernels import Array, compiled
from cscl_data.aligners.lexical import Counts, Lexicon, zero_counts

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

BLOCK_CELLS = 400_000
"""Cells of one block of work; 8 bytes each while it is in flight."""


class Jumps(NamedTuple):
    """Jump distributions, as `hmm.jumps_from` gives them.

    `forward` is of the source position from one target token to the next, `backward` of the target position.
    """

    forward: Doubles
    backward: Doubles


class _Block(NamedTuple):
    first: int
    last: int
    cells: Floats
    tgt_null: Floats
    src_null: Floats
    jumps: Doubles


def expect(
    corpus: Corpus, index: CellIndex, lexicon: Lexicon, jumps: Jumps | None, *, p_null: float, threads: int
) -> tuple[Counts, Doubles]:
    """Return the expected counts of one iteration, and the expected jumps of both directions ([2, n], forward first).

    Args:
        corpus: the sentences.
        index: their cells.
        lexicon: the current table.
        jumps: the current jump distributions; None for IBM model 1.
        p_null: probability of the null word.
        threads: how many blocks are worked on at a time; it never changes the result.
    """
    counts = zero_counts(index, len(corpus.src_keys), len(corpus.tgt_keys))
    moved = np.zeros((2, 2 * MAX_JUMP + 2))
    for block in _run(corpus, index, lexicon, jumps, p_null, threads):
        start, stop = index.cell_offsets[block.first], index.cell_offsets[block.last]
        _add_cells(index.cell_of[start:stop], block.cells, counts.cells)
        _add(
            corpus.tgt.ids[corpus.tgt.offsets[block.first] : corpus.tgt.offsets[block.last]],
            block.tgt_null,
            counts.tgt_null,
        )
        _add(
            corpus.src.ids[corpus.src.offsets[block.first] : corpus.src.offsets[block.last]],
            block.src_null,
            counts.src_null,
        )
        moved += block.jumps
    return counts, moved


def _ids(side: Side, block: _Block) -> Ints:
    return side.ids[side.offsets[block.first] : side.offsets[block.last]]


def _run(
    corpus: Corpus, index: CellIndex, lexicon: Lexicon, jumps: Jumps | None, p_null: float, threads: int
) -> Iterator[_Block]:
    """Yield the posteriors of all blocks in order; at most `threads` + 1 of them are held at a time."""
    pending: deque[Future[_Block]] = deque()
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        for first, last in _bounds(index.cell_offsets):
            pending.append(pool.submit(_posteriors, corpus, index, lexicon, jumps, p_null, first, last))
            if len(pending) > threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _bounds(cell_offsets: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    n_pairs = cell_offsets.size - 1
    first = 0
    while first < n_pairs:
        last = int(np.searchsorted(cell_offsets, cell_offsets[first] + BLOCK_CELLS, side="right")) - 1
        last = min(max(last, first + 1), n_pairs)
        yield first, last
        first = last


def _posteriors(
    corpus: Corpus, index: CellIndex, lexicon: Lexicon, jumps: Jumps | None, p_null: float, first: int, last: int
) -> _Block:
    cells = np.take(lexicon.cells, index.cell_of[index.cell_offsets[first] : index.cell_offsets[last]], axis=0)
    src_offsets, tgt_offsets = corpus.src.offsets[first : last + 1], corpus.tgt.offsets[first : last + 1]
    tgt_none = lexicon.tgt_null[corpus.tgt.ids[tgt_offsets[0] : tgt_offsets[-1]]]
    src_none = lexicon.src_null[corpus.src.ids[src_offsets[0] : src_offsets[-1]]]
    moved = np.zeros((2, 2 * MAX_JUMP + 2))
    if jumps is None:
        found = ibm1_posteriors(src_offsets, tgt_offsets, cells, tgt_none, src_none, p_null)
    else:
        found = hmm_posteriors(src_offsets, tgt_offsets, cells, tgt_none, src_none, *jumps, p_null, moved)
    return _Block(first, last, *found, moved)


@compiled
def _add_cells(cell_of: Array, posteriors: Array, counts: Array) -> None:
    for k in range(cell_of.size):
        counts[cell_of[k], 0] += posteriors[k, 0]
        counts[cell_of[k], 1] += posteriors[k, 1]


@compiled
def _add(ids: Array, posteriors: Array, counts: Array) -> None:
    for k in range(ids.size):
        counts[ids[k]] += posteriors[k]
