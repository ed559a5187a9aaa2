"""OFA: rows are made in the coordinates of a factorised source embedding, from neighbours in a multilingual space."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cscl_data.embeddings import wechsel
from cscl_data.embeddings.base import Materials, MixSettings, Mixture, blocks

if TYPE_CHECKING:
    from torch import Tensor

RANK = 400
"""Coordinates that are kept where the embedding is wider. Source: liu-etal-2024-ofa, the larger of its sizes."""


def mix(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    """Yield the nearest source tokens of every new token, as WECHSEL weights them.

    The mixture is of coordinates, so it has to be applied to `low_rank` of the source rows.

    Source:
        liu-etal-2024-ofa, section 3. Deviations: the model keeps a whole embedding, not the factors, and rows of
        shared tokens are those of the source to the bit.
    """
    return wechsel.mix(materials, settings)


def low_rank(table: Tensor, rank: int) -> Tensor:
    """Return the rows [n, width] projected on their first `rank` right singular vectors; all of them change nothing."""
    import torch

    if rank >= table.shape[1]:
        return table
    gram = torch.zeros(table.shape[1], table.shape[1], dtype=torch.float64)
    for block in blocks(table, 1 << 14):
        gram += block.double().T @ block.double()
    vectors = torch.linalg.eigh(gram).eigenvectors[:, -rank:]
    projection = vectors.to(table.dtype)
    return torch.cat([(block @ projection) @ projection.T for block in blocks(table, 1 << 14)])
