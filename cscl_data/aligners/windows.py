"""Sentences beyond an encoder's limit, as overlapping windows; and batches whose shape never decides a vector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

WIDTH_STEP = 16
"""Rows are padded to a multiple of this. Our default: matrix kernels treat whole blocks of 16 rows alike."""
MIN_BATCH_SUBWORDS = 128
"""A smaller batch repeats its last row. Our default: measured, products of under 16 rows take other kernels."""


class Window(NamedTuple):
    """Subwords [start, stop) of a sentence, of which the vectors of [own_start, own_stop) are used; all from 0."""

    start: int
    stop: int
    own_start: int
    own_stop: int


def windows_of(n_subwords: int, longest: int) -> list[Window]:
    """Cover a sentence with windows of at most `longest` subwords.

    Neighbours share at least a quarter of `longest` (our default), and each owns its half of what they share, so that
    a subword has context on both sides wherever the sentence has. A sentence that fits is its only window.

    Args:
        n_subwords: length of the sentence, 1 or more.
        longest: the encoder's limit, 1 or more, special subwords not counted.

    Returns:
        Windows in order; what they own covers [0, n_subwords) without overlap.

    Example:
        >>> windows_of(10, 8)
        [Window(start=0, stop=8, own_start=0, own_stop=5), Window(start=2, stop=10, own_start=5, own_stop=10)]
    """
    if n_subwords <= longest:
        return [Window(0, n_subwords, 0, n_subwords)]
    step = max(1, longest - longest // 4)
    count = 1 + -(-(n_subwords - longest) // step)
    starts = [k * (n_subwords - longest) // (count - 1) for k in range(count)]
    middles = [(after + before + longest) // 2 for before, after in pairwise(starts)]
    owned = pairwise([0, *middles, n_subwords])
    return [Window(start, start + longest, *own) for start, own in zip(starts, owned, strict=True)]


def padded_width(n_subwords: int, limit: int) -> int:
    """Return the width that a row of `n_subwords` (special ones counted) is padded to, `limit` at most."""
    return min(-(-n_subwords // WIDTH_STEP) * WIDTH_STEP, limit)


def batches_of(lengths: Sequence[int], limit: int, budget: int) -> Iterator[tuple[list[int], int]]:
    """Yield batches of rows of similar length.

    Args:
        lengths: subwords of each row, special ones counted.
        limit: the longest row that the encoder takes.
        budget: padded subwords of one batch; one row alone may have more.

    Yields:
        Row numbers, the shortest first, and the width of the batch. Every row stands in one batch.
    """
    order = sorted(range(len(lengths)), key=lambda k: (lengths[k], k))
    batch: list[int] = []
    width = 0
    for k in order:
        wider = padded_width(lengths[k], limit)
        if batch and (len(batch) + 1) * wider > budget:
            yield batch, width
            batch = []
        batch.append(k)
        width = wider
    if batch:
        yield batch, width
