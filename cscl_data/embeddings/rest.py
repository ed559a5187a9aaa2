"""Rows for tokens that no mixture makes: drawn around the source rows, their mean, or the unknown token's row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from cscl_data.embeddings.base import blocks

if TYPE_CHECKING:
    from torch import Generator, Tensor

_BLOCK = 4096
"""Rows drawn at once; part of what decides them."""


class Spread(NamedTuple):
    """Mean [width] and covariance [width, width] of source rows, in float64."""

    mean: Tensor
    covariance: Tensor


def spread_of(table: Tensor) -> Spread:
    """Return mean and covariance (over n) of the rows [n, width], block by block."""
    import torch

    mean = torch.stack([block.double().sum(0) for block in blocks(table, _BLOCK)]).sum(0) / len(table)
    products = torch.zeros(table.shape[1], table.shape[1], dtype=torch.float64)
    for block in blocks(table, _BLOCK):
        centred = block.double() - mean
        products += centred.T @ centred
    return Spread(mean, products / len(table))


def draw_gaussian(spread: Spread, unknown: Tensor | None, count: int, generator: Generator) -> Tensor:
    """Draw rows with the mean and the deviation of each dimension, in float64.

    Source:
        lee-etal-2025-salt and dobler-de-melo-2023-focus, for tokens without a static vector.
    """
    import torch

    deviation = spread.covariance.diagonal().sqrt()
    return torch.cat([spread.mean + noise * deviation for noise in _noise(count, len(deviation), generator)])


def draw_multivariate(spread: Spread, unknown: Tensor | None, count: int, generator: Generator) -> Tensor:
    """Draw rows with the mean and the covariance of the source rows, in float64.

    Source:
        hewitt-2021-initializing. Deviations: none known.
    """
    import torch

    values, vectors = torch.linalg.eigh(spread.covariance)
    # the symmetric root: eigenvectors alone have no certain sign
    root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    return torch.cat([spread.mean + noise @ root for noise in _noise(count, len(root), generator)])


def repeat_mean(spread: Spread, unknown: Tensor | None, count: int, generator: Generator) -> Tensor:
    """Return the mean of the source rows, `count` times, in float64."""
    return spread.mean.expand(count, -1).clone()


def repeat_unknown(spread: Spread, unknown: Tensor | None, count: int, generator: Generator) -> Tensor:
    """Return the row of the unknown token, `count` times, in float64; the mean of all where there is none.

    Source:
        remy-etal-2024-trans-tokenization. Deviations: the mean, for byte-level vocabularies know no unknown token.
    """
    row = spread.mean if unknown is None else unknown.double()
    return row.expand(count, -1).clone()


Rest = Callable[[Spread, "Tensor | None", int, "Generator"], "Tensor"]

RESTS: dict[str, Rest] = {
    "gaussian": draw_gaussian,
    "mean": repeat_mean,
    "multivariate": draw_multivariate,
    "unknown": repeat_unknown,
}
"""By name: mean and covariance, the unknown token's row if there is one, how many rows, a generator -> rows."""


def _noise(count: int, width: int, generator: Generator) -> list[Tensor]:
    """Draw standard normal numbers in blocks of fixed height; count 0 gives one empty block."""
    import torch

    sizes = [min(_BLOCK, count - first) for first in range(0, max(count, 1), _BLOCK)]
    return [torch.randn(size, width, generator=generator, dtype=torch.float64) for size in sizes]
