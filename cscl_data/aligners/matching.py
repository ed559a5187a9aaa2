"""simalign's ways to turn a similarity matrix into links, each giving exactly the links the package gives.

Source:
    jalili-sabet-etal-2020-simalign: `inter` (argmax in both directions), `itermax` (repeated on what is left), `mwmf`
    (maximum weight maximal matching), and the directions `fwd` and `rev`. No deviations: ties go to the first index.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_ALPHA = 0.9  # how much a word keeps of its similarities once its partner is taken
_MAX_ROUNDS = 2
_MIN_SIDE = 2  # itermax equals inter where a side is this short


def similarity(src_vectors: Matrix, tgt_vectors: Matrix) -> Matrix:
    """Return (cosine + 1) / 2 of every pair of rows ([n, d], [m, d] -> [n, m]); a zero row has cosine 0."""
    import torch  # its products keep to the thread they are called in; numpy's start threads of their own

    src, tgt = (torch.from_numpy(_unit(vectors)) for vectors in (src_vectors, tgt_vectors))
    scores: Matrix = ((src @ tgt.T).numpy() + np.float32(1.0)) / np.float32(2.0)
    return scores


def forward(scores: Matrix) -> Mask:
    """Link every row to its best column."""
    mask = np.zeros(scores.shape, dtype=np.bool_)
    mask[np.arange(scores.shape[0]), scores.argmax(axis=1)] = True
    return mask


def reverse(scores: Matrix) -> Mask:
    """Link every column to its best row."""
    mask = np.zeros(scores.shape, dtype=np.bool_)
    mask[scores.argmax(axis=0), np.arange(scores.shape[1])] = True
    return mask


def inter(scores: Matrix) -> Mask:
    """Link what chooses each other."""
    return forward(scores) & reverse(scores)


def itermax(scores: Matrix) -> Mask:
    """Link what chooses each other, then once more among words of which at least one is free, at a discount."""
    found = inter(scores)
    if min(scores.shape) <= _MIN_SIDE:
        return found
    for _ in range(_MAX_ROUNDS - 1):
        src_free: Mask = np.logical_not(found.any(axis=1))
        tgt_free: Mask = np.logical_not(found.any(axis=0))
        either = src_free[:, None] | tgt_free[None, :]
        weight = np.clip(_ALPHA * src_free[:, None] + _ALPHA * tgt_free[None, :], 0.0, 1.0)
        if not src_free.any() or not tgt_free.any():
            break
        rest = scores * weight
        new = forward(rest) & reverse(rest) & either
        if not (new & ~found).any():
            break
        found = found | new
    return found


def mwmf(scores: Matrix) -> Mask:
    """Link by the matching of greatest total similarity among those with the most links."""
    from scipy.optimize import linear_sum_assignment

    mask = np.zeros(scores.shape, dtype=np.bool_)
    mask[linear_sum_assignment(scores, maximize=True)] = True
    return mask


METHODS: dict[str, Callable[[Matrix], Mask]] = {
    "fwd": forward,
    "inter": inter,
    "itermax": itermax,
    "mwmf": mwmf,
    "rev": reverse,
}
"""Matching methods by simalign's names."""


def _unit(vectors: Matrix) -> Matrix:
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    return np.asarray(vectors / np.where(norms == 0, 1.0, norms), dtype=np.float32)
