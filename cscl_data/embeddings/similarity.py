"""Cosines of many vectors with many others, a block at a time: the whole matrix never stands in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from cscl_data.embeddings.sparsemax import sparsemax

if TYPE_CHECKING:
    from torch import Tensor


class Neighbours(NamedTuple):
    """For consecutive queries `first`, `first` + 1, ...: keys and weights, as offsets into flat arrays.

    Attributes:
        first: 0-based number of the first query.
        offsets: [queries + 1].
        keys: 0-based numbers of keys, the nearest first.
        weights: as many, the sum of each query's is 1.
    """

    first: int
    offsets: Tensor
    keys: Tensor
    weights: Tensor


def sparse_neighbours(queries: Tensor, keys: Tensor, *, device: str, block_cells: int) -> Iterator[Neighbours]:
    """Yield the support of the sparsemax of each query's cosines with all keys, and its weights.

    Args:
        queries: [n, width].
        keys: [m, width], at least one.
        device: where to compute; the result lies on the CPU.
        block_cells: similarities in memory at once.
    """
    for first, cosines in _blocks(queries, keys, device, block_cells):
        sizes, columns, weights = sparsemax(cosines)
        yield Neighbours(first, _offsets(sizes.cpu()), columns.cpu(), weights.cpu())


def nearest_neighbours(
    queries: Tensor, keys: Tensor, *, count: int, temperature: float, device: str, block_cells: int
) -> Iterator[Neighbours]:
    """Yield the `count` nearest keys of each query, weighted by the softmax of their cosines over `temperature`."""
    import torch

    count = min(count, keys.shape[0])
    for first, cosines in _blocks(queries, keys, device, block_cells):
        values, columns = cosines.topk(count, dim=1)
        weights = torch.softmax(values / temperature, dim=1)
        offsets = torch.arange(0, (values.shape[0] + 1) * count, count)
        yield Neighbours(first, offsets, columns.flatten().cpu(), weights.flatten().cpu())


def unit(rows: Tensor) -> Tensor:
    """Return the rows scaled to length 1; a row of zeros stays."""
    scaled: Tensor = rows / rows.norm(dim=1, keepdim=True).clamp(min=1e-12)
    return scaled


def _blocks(queries: Tensor, keys: Tensor, device: str, block_cells: int) -> Iterator[tuple[int, Tensor]]:
    keys = unit(keys.to(device))
    height = max(1, block_cells // keys.shape[0])
    for first in range(0, queries.shape[0], height):
        yield first, unit(queries[first : first + height].to(device)) @ keys.T


def _offsets(sizes: Tensor) -> Tensor:
    import torch

    return torch.cat([torch.zeros(1, dtype=torch.int64), sizes.cumsum(0)])
