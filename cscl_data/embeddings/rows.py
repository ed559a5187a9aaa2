"""The new embedding matrix: shared rows copied, mixtures applied to the source rows, the rest drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cscl_data.embeddings.base import Materials, Mixture
from cscl_data.embeddings.rest import RESTS, spread_of

if TYPE_CHECKING:
    from torch import Generator, Tensor

LONGEST = 3.0
"""A mixed row longer than this many times the longest source row is scaled down to it (our default)."""


class NewRows(NamedTuple):
    """A new embedding matrix.

    Attributes:
        table: [rows, width], of the source's dtype.
        clipped: mixed rows that were too long, see `LONGEST`.
        rest: rows that no mixture made.
    """

    table: Tensor
    clipped: int
    rest: int


def build_rows(
    source: Tensor,
    materials: Materials,
    mixtures: Sequence[Mixture],
    *,
    rows: int,
    rest: str,
    generator: Generator,
    unknown: int | None = None,
    transform: Callable[[Tensor], Tensor] | None = None,
) -> NewRows:
    """Build the matrix; rows of shared tokens are those of the source to the bit.

    Args:
        source: [source tokens, width], without rows beyond the vocabulary.
        materials: which tokens are shared, which new; all ids below `rows` that are neither get the rest's rows too.
        mixtures: what the method said of new tokens.
        rows: of the new matrix.
        rest: a name of `RESTS`.
        generator: on the CPU.
        unknown: source id of the unknown token.
        transform: makes of the source rows those that are mixed; None mixes them as they are.
    """
    import torch

    table = torch.empty(rows, source.shape[1], dtype=source.dtype)
    open_ = torch.ones(rows, dtype=torch.bool)
    open_[materials.shared_target] = False
    for mixture in mixtures:
        open_[mixture.tokens] = False
    count = int(open_.sum())
    exact = source if source.dtype == torch.float64 else source.float()
    row = None if unknown is None else exact[unknown]
    if count:
        table[open_] = RESTS[rest](spread_of(exact), row, count, generator).to(table.dtype)
    longest = LONGEST * float(exact.norm(dim=1).max())
    mixed_from = transform(exact) if mixtures and transform is not None else exact
    clipped = 0
    for mixture in mixtures:
        for first in range(0, len(mixture.tokens), 4096):
            made = apply(_part(mixture, first, first + 4096), mixed_from)
            norms = made.norm(dim=1, keepdim=True)
            too_long = norms > longest
            clipped += int(too_long.sum())
            made = torch.where(too_long, made * (longest / norms), made)
            table[mixture.tokens[first : first + 4096]] = made.to(table.dtype)
    table[materials.shared_target] = source[materials.shared_source]
    return NewRows(table, clipped, count)


def apply(mixture: Mixture, source: Tensor) -> Tensor:
    """Return the rows [tokens, width] that a mixture makes of source rows."""
    from torch.nn.functional import embedding_bag

    return embedding_bag(
        mixture.sources,
        source,
        mixture.offsets,
        mode="sum",
        per_sample_weights=mixture.weights.to(source.dtype),
        include_last_offset=True,
    )


def _part(mixture: Mixture, first: int, last: int) -> Mixture:
    offsets = mixture.offsets[first : last + 1]
    inside = slice(int(offsets[0]), int(offsets[-1]))
    return Mixture(mixture.tokens[first:last], offsets - offsets[0], mixture.sources[inside], mixture.weights[inside])
