"""Many small least-squares problems: each row of helper embeddings expressed by those of its support."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

CUTOFF = 1e-12
"""Eigenvalues of a Gram matrix below this share of the largest count as 0, that is singular values below 1e-6 of the
largest (our default)."""
_SAFE = 1e-8
"""Smallest pivot over the largest, both squared, at which a Cholesky factor is trusted (our default)."""
_BATCH_BYTES = 1 << 28


def coefficients(rows: Tensor, anchors: Tensor, offsets: Tensor, supports: Tensor, *, ridge: float) -> Tensor:
    """Return c = h pinv(H) for every row h and its support's rows H, in float64.

    With a ridge, c = h Hᵀ (H Hᵀ + eps I)^-1, where eps is `ridge` times the mean squared norm of the rows of H. The
    smaller of H Hᵀ and Hᵀ H is solved; where it is near singular, by eigenvectors, see `CUTOFF`.

    Args:
        rows: [n, width].
        anchors: [m, width], those that supports number; it is solved on their device.
        offsets: [n + 1] into `supports`.
        supports: numbers of anchors; no support is empty.
        ridge: 0 or more.

    Returns:
        A coefficient for every entry of `supports`, on the CPU.
    """
    import torch

    sizes = offsets.diff()
    result = torch.empty(len(supports), dtype=torch.float64)
    width = rows.shape[1]
    order = sizes.argsort()
    in_order = sizes[order].tolist()
    first = 0
    while first < len(order):
        last = _batch_end(in_order, first, width)
        chosen = order[first:last]
        places = offsets[chosen][:, None] + torch.arange(int(sizes[chosen].max()))
        real = places < offsets[chosen + 1][:, None]
        numbers = supports[places.clamp(max=len(supports) - 1)]
        inside = real.to(anchors.device)
        matrices = anchors[numbers.to(anchors.device)].double() * inside[..., None]
        found = _solve(rows[chosen].to(anchors.device, torch.float64), matrices, inside, ridge)
        result[places[real]] = found.cpu()[real]
        first = last
    return result


def _batch_end(sizes: Sequence[int], first: int, width: int) -> int:
    """Return where a batch ends: rows of like support, no larger than memory allows, on one side of the width."""
    smallest = sizes[first]
    for last in range(first + 1, len(sizes)):
        size = sizes[last]
        too_large = (last + 1 - first) * size * width * 8 > _BATCH_BYTES
        if smallest <= width < size or too_large or size > 2 * smallest:
            return last
    return len(sizes)


def _solve(rows: Tensor, matrices: Tensor, real: Tensor, ridge: float) -> Tensor:
    """Solve a batch: rows [b, w], matrices [b, k, w] with zeros where not `real` [b, k]; return [b, k]."""
    import torch

    n_real = real.sum(1)
    squares = matrices.square().sum((1, 2)) / n_real
    wide = matrices.shape[1] <= matrices.shape[2]
    gram = matrices @ matrices.mT if wide else matrices.mT @ matrices
    diagonal = ridge * squares[:, None].expand(-1, gram.shape[1])
    gram = gram + torch.diag_embed(diagonal)
    right = (matrices @ rows[..., None]) if wide else rows[..., None]
    padded = ~real if wide else torch.zeros_like(gram[..., 0], dtype=torch.bool)
    solved = _symmetric_solve(gram, right, padded)
    return (solved if wide else matrices @ solved)[..., 0]


def _symmetric_solve(gram: Tensor, right: Tensor, padded: Tensor) -> Tensor:
    """Return pinv(gram) right; rows and columns of `padded` are 0 in both and in the result."""
    import torch

    scale = gram.diagonal(dim1=1, dim2=2).amax(1).clamp(min=1e-300)
    filled = gram + torch.diag_embed(padded * scale[:, None])
    factor, failed = torch.linalg.cholesky_ex(filled)
    pivots = factor.diagonal(dim1=1, dim2=2)
    poor = (failed > 0) | ~(pivots.amin(1) ** 2 > _SAFE * pivots.amax(1) ** 2)
    solved = torch.cholesky_solve(
        right, torch.where(poor[:, None, None], torch.eye(factor.shape[1]).to(factor), factor)
    )
    if poor.any():
        values, vectors = torch.linalg.eigh(gram[poor])
        kept = values > CUTOFF * values[:, -1:].clamp(min=1e-300)
        inverse = torch.where(kept, 1 / torch.where(kept, values, 1), 0)
        solved[poor] = vectors @ (inverse[..., None] * (vectors.mT @ right[poor]))
    return solved
