"""Cuts a document that is too long for one row."""

from __future__ import annotations

from collections.abc import Sequence


def cut(costs: Sequence[int], limit: int, leads: Sequence[int] = ()) -> list[range]:
    """Divide a row of things into as few pieces within a limit as there can be, all about equally long.

    What costs more than the limit by itself is a piece of its own.

    Args:
        costs: of each thing, 0 or more.
        limit: the most that the things of a piece may cost together.
        leads: what each thing costs less where it begins a piece; nothing without it.

    Returns:
        Index ranges, in order; together they are all the things.

    Example:
        >>> cut([4, 4, 4, 4], 12), cut([1, 9, 1, 1], 5)
        ([range(0, 2), range(2, 4)], [range(0, 1), range(1, 2), range(2, 4)])
    """
    spared = leads or [0] * len(costs)
    pieces = _filled(costs, limit, spared)
    low, high = 1, limit
    while low < high:
        middle = (low + high) // 2
        tried = _filled(costs, middle, spared)
        if len(tried) == len(pieces):
            high, pieces = middle, tried
        else:
            low = middle + 1
    return pieces


def _filled(costs: Sequence[int], size: int, leads: Sequence[int]) -> list[range]:
    """Fill pieces up to a size, one after the other; what is longer by itself stands alone."""
    pieces: list[range] = []
    start = filled = 0
    for i, cost in enumerate(costs):
        if i > start and filled + cost > size:
            pieces.append(range(start, i))
            start, filled = i, 0
        filled += cost - (leads[i] if i == start else 0)
    if costs:
        pieces.append(range(start, len(costs)))
    return pieces
