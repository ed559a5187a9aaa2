"""WECHSEL: a row is made of the source tokens nearest to it in a space that both languages share."""

from __future__ import annotations

from collections.abc import Iterator

from cscl_data.embeddings.base import Materials, MixSettings, Mixture, needed, select
from cscl_data.embeddings.similarity import nearest_neighbours


def mix(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    """Yield for every new token with a static vector its nearest source tokens, weighted by softmax.

    Both spaces are one already: `alignment.rotation` turns the source vectors by a lexicon.

    Source:
        minixhofer-etal-2022-wechsel, section 3. Deviations: shared tokens are copied, unless that is turned off;
        the rotation is that of vectors of unit length, in its code of vectors as they are; for the vectors of tokens
        see `static.token_vectors`.
    """
    import torch

    static, source_static = needed(materials.static, "static"), needed(materials.source_static, "source_static")
    sources = torch.nonzero(source_static.known)[:, 0]
    new = materials.new[select(static, materials.new)]
    if not len(sources) or not len(new):
        return
    for found in nearest_neighbours(
        static.table[new],
        source_static.table[sources],
        count=settings.neighbours,
        temperature=settings.temperature,
        device=settings.device,
        block_cells=settings.block_cells,
    ):
        tokens = new[found.first : found.first + len(found.offsets) - 1]
        yield Mixture(tokens, found.offsets, sources[found.keys], found.weights)
