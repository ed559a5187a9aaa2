"""Mean of pieces: a row is the mean of the rows of the old tokens that spell the same text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cscl_data.embeddings.base import Materials, MixSettings, Mixture


def mix(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    """Yield the pieces of every new token, if they are to be used; else nothing, and every row is the mean of all."""
    if materials.pieces is not None:
        yield materials.pieces


def even_mixture(tokens: Sequence[int], pieces: Sequence[Sequence[int]]) -> Mixture:
    """Return a mixture in which every token's source ids weigh the same; tokens without any are left out."""
    import torch

    kept = [(token, own) for token, own in zip(tokens, pieces, strict=True) if own]
    sizes = torch.tensor([len(own) for _, own in kept], dtype=torch.int64)
    return Mixture(
        torch.tensor([token for token, _ in kept], dtype=torch.int64),
        torch.cat([torch.zeros(1, dtype=torch.int64), sizes.cumsum(0)]),
        torch.tensor([number for _, own in kept for number in own], dtype=torch.int64),
        (1 / sizes.double()).repeat_interleave(sizes),
    )
