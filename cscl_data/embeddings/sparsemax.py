"""Sparsemax: the point of the simplex nearest to a vector of scores; most of its entries are 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_FIRST = 128
"""Scores that are sorted at first; rows whose support may be larger are sorted further (our default)."""


def sparsemax(scores: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the supports of the rows and their weights.

    Rows are sorted only as far as their support reaches: with z in falling order, k is the largest j for which
    1 + j z_j > z_1 + ... + z_j. That holds for a prefix, so a j at which it fails is beyond the support.

    Args:
        scores: [rows, columns], at least one column.

    Returns:
        sizes [rows]; the columns of the first row's support, largest score first, then the second row's, and so on;
        their weights, in float64.

    Source:
        martins-astudillo-2016-sparsemax, algorithm 1. Deviations: none known.
    """
    import torch

    n_rows, n_columns = scores.shape
    width = min(_FIRST, n_columns)
    sizes = torch.zeros(n_rows, dtype=torch.int64, device=scores.device)
    rows = torch.arange(n_rows, device=scores.device)
    parts: list[tuple[Tensor, Tensor, Tensor]] = []
    while len(rows):
        values, columns = scores[rows].topk(width, dim=1) if parts else scores.topk(width, dim=1)
        values = values.double()
        sums = values.cumsum(1)
        places = torch.arange(1, width + 1, device=scores.device)
        size = (1 + places * values > sums).sum(1)
        done = (size < width) | (width == n_columns)
        tau = (sums.gather(1, size[:, None] - 1) - 1) / size[:, None]
        inside = (places <= size[:, None]) & done[:, None]
        sizes[rows[done]] = size[done]
        parts.append((rows[:, None].expand_as(inside)[inside], columns[inside], (values - tau)[inside]))
        rows = rows[~done]
        width = min(2 * width, n_columns)
    if len(parts) == 1:
        return sizes, parts[0][1], parts[0][2]
    owners, columns, weights = (torch.cat(part) for part in zip(*parts, strict=True))
    order = owners.argsort(stable=True)
    return sizes, columns[order], weights[order]
