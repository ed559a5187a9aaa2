"""The expectation step over a corpus: block by block, blocks in parallel, sums always in the order of the blocks.

The counts do not depend on the number of threads: a thread fills the posteriors of a block of sentences, and only the
caller adds them up, in order. No kernel uses `fastmath`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.cooccurrence import Candidates, narrowed
from cscl_data.aligners.corpus import Corpus, Longs
from cscl_data.aligners.hmm import hmm_posteriors
from cscl_data.aligners.ibm import ibm1_posteriors
from cscl_data.aligners.jumps import Doubles, Jumps, no_counts
from cscl_data.aligners.kernels import Array, compiled
from cscl_data.aligners.lexical import Counts, Lexicon, zero_counts

Floats = npt.NDArray[np.float32]

BLOCK_CANDIDATES = 300_000
"""Candidates of one block of work; 24 bytes each while it is in flight."""


class _Block(NamedTuple):
    first: int
    last: int
    cells: Floats
    tgt_null: Floats
    src_null: Floats
    jumps: Doubles


@dataclass(frozen=True)
class Expectation:
    """A corpus with its candidates, as the steps of a fit go over it.

    Args:
        corpus: the sentences.
        candidates: theirs.
        p_null: probability of the null word.
        threads: how many blocks are worked on at a time; it never changes a result.
    """

    corpus: Corpus
    candidates: Candidates
    p_null: float
    threads: int

    def counts(self, lexicon: Lexicon, jumps: Jumps | None, *, agreeing: bool = False) -> tuple[Counts, Doubles]:
        """Return the expected counts of one iteration, and the expected jumps of both directions, forward first.

        Args:
            lexicon: the current table.
            jumps: the current jump distributions; None for IBM model 1.
            agreeing: whether each place counts, in both directions, as the geometric mean of its two posteriors.
        """
        corpus, found = self.corpus, self.candidates
        counts = zero_counts(found, len(corpus.src_keys), len(corpus.tgt_keys))
        moved = no_counts()
        for block in self._run(lexicon, jumps):
            src, tgt = (side.offsets[[block.first, block.last]] for side in (corpus.src, corpus.tgt))
            cells = _agreeing(block.cells) if agreeing else block.cells
            _add_cells(found.cells[slice(*found.offsets[src])], cells, counts.cells)
            _add(corpus.tgt.ids[slice(*tgt)], block.tgt_null, counts.tgt_null)
            _add(corpus.src.ids[slice(*src)], block.src_null, counts.src_null)
            moved += block.jumps
        return counts, moved

    def narrowed(self, lexicon: Lexicon, least: float) -> Expectation:
        """Return the same with those candidates alone that have a posterior of `least` in some direction of model 1."""
        kept = np.zeros(self.candidates.cells.size, dtype=np.bool_)
        at = 0
        for block in self._run(lexicon, None):
            kept[at : at + len(block.cells)] = (block.cells >= least).any(axis=1)
            at += len(block.cells)
        return Expectation(self.corpus, narrowed(self.candidates, kept), self.p_null, self.threads)

    def _run(self, lexicon: Lexicon, jumps: Jumps | None) -> Iterator[_Block]:
        """Yield the posteriors of all blocks in order; at most `threads` + 1 of them are held at a time."""
        pending: deque[Future[_Block]] = deque()
        with ThreadPoolExecutor(max_workers=max(1, self.threads)) as pool:
            for first, last in self._bounds:
                pending.append(pool.submit(self._posteriors, lexicon, jumps, first, last))
                if len(pending) > self.threads:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()

    @cached_property
    def _bounds(self) -> list[tuple[int, int]]:
        begins: Longs = self.candidates.offsets[self.corpus.src.offsets]
        n_pairs = begins.size - 1
        bounds, first = [], 0
        while first < n_pairs:
            last = int(np.searchsorted(begins, begins[first] + BLOCK_CANDIDATES, side="right")) - 1
            last = min(max(last, first + 1), n_pairs)
            bounds.append((first, last))
            first = last
        return bounds

    def _posteriors(self, lexicon: Lexicon, jumps: Jumps | None, first: int, last: int) -> _Block:
        corpus, found = self.corpus, self.candidates
        src_offsets, tgt_offsets = corpus.src.offsets[first : last + 1], corpus.tgt.offsets[first : last + 1]
        offsets = found.offsets[src_offsets[0] : src_offsets[-1] + 1]
        own = slice(offsets[0], offsets[-1])
        cells = np.take(lexicon.cells, found.cells[own], axis=0)
        tgt_none = lexicon.tgt_null[corpus.tgt.ids[tgt_offsets[0] : tgt_offsets[-1]]]
        src_none = lexicon.src_null[corpus.src.ids[src_offsets[0] : src_offsets[-1]]]
        given = src_offsets, tgt_offsets, offsets, found.partners[own], cells, tgt_none, src_none
        moved = no_counts()
        if jumps is None:
            return _Block(first, last, *ibm1_posteriors(*given, self.p_null), moved)
        return _Block(first, last, *hmm_posteriors(*given, *jumps, self.p_null, moved), moved)


def _agreeing(posteriors: Floats) -> Floats:
    shared = np.sqrt(posteriors[:, 0] * posteriors[:, 1])
    return np.stack([shared, shared], axis=1)


@compiled
def _add_cells(cell_of: Array, posteriors: Array, counts: Array) -> None:
    for k in range(cell_of.size):
        counts[cell_of[k], 0] += posteriors[k, 0]
        counts[cell_of[k], 1] += posteriors[k, 1]


@compiled
def _add(ids: Array, posteriors: Array, counts: Array) -> None:
    for k in range(ids.size):
        counts[ids[k]] += posteriors[k]
