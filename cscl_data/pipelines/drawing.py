"""Draws whole texts worth a number of tokens, all over what there is and not from its beginning alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOOKED_AT = 10_000
"""Texts, behind those that fit in the order of their draws, that are tried to fill up the rest (our default)."""
NEAR_ENOUGH = 0.001
"""Share of the goal that may be missing or too much before texts change places (our default)."""
_SWAPS, _SWAPPED = 10, 300


def choose(draws: NDArray[np.float64], sizes: NDArray[np.int64], goal: int) -> NDArray[np.bool_]:
    """Choose texts whose sizes add up to a goal as nearly as whole texts can.

    In the order of their draws texts are taken while they fit; then smaller ones fill up what is left. What is still
    missing is made good, as far as it can be, by exchanging a few of the last ones for others.

    Args:
        draws: a number in [0, 1) for each text, drawn from the seed and the text's id.
        sizes: tokens of each; a text of none is never chosen.
        goal: the tokens wanted, 0 or more.

    Returns:
        Whether each text is chosen.

    Example:
        >>> import numpy as np
        >>> choose(np.array([0.9, 0.1, 0.5, 0.3]), np.array([3, 4, 9, 2]), 10).tolist()
        [True, True, False, True]
    """
    import numpy as np

    chosen = np.zeros(len(sizes), dtype=np.bool_)
    order = np.argsort(draws, kind="stable")
    order = order[sizes[order] > 0]
    total = np.cumsum(sizes[order])
    n = int(np.searchsorted(total, goal, side="right"))
    chosen[order[:n]] = True
    left = goal - (int(total[n - 1]) if n else 0)
    for i in order[n : n + LOOKED_AT].tolist():
        if sizes[i] <= left:
            chosen[i] = True
            left -= int(sizes[i])
    last, next_ones = order[max(0, n - _SWAPPED) : n], order[n : n + _SWAPPED]
    for _ in range(_SWAPS):
        better = _exchanged(chosen, sizes, np.concatenate([last, next_ones]), left)
        if better is None or abs(left) <= NEAR_ENOUGH * goal:
            break
        left = better
    return chosen


def _exchanged(chosen: NDArray[np.bool_], sizes: NDArray[np.int64], among: NDArray[np.intp], left: int) -> int | None:
    """Take one more text, or put one in another's place, where that comes nearest to what is left of the goal.

    Returns:
        What is left then; None if nothing comes nearer than now.
    """
    import numpy as np

    inside, outside = among[chosen[among]], among[~chosen[among]]
    if not len(outside):
        return None
    given = np.concatenate([np.zeros(1, np.int64), sizes[inside]])
    rest = np.abs(left - (sizes[outside][:, None] - given[None, :]))
    out, at = divmod(int(rest.argmin()), len(given))
    if rest[out, at] >= abs(left):
        return None
    chosen[outside[out]] = True
    if at:
        chosen[inside[at - 1]] = False
    return left - int(sizes[outside[out]] - given[at])
