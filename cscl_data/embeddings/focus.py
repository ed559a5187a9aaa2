"""FOCUS: a row is the sparsemax-weighted sum of the source rows of the shared tokens that are most like it."""

from __future__ import annotations

from collections.abc import Iterator

from cscl_data.embeddings.base import Materials, MixSettings, Mixture, needed, select
from cscl_data.embeddings.similarity import sparse_neighbours


def mix(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    """Yield for every new token with a static vector its support among the shared tokens, with sparsemax's weights.

    Source:
        dobler-de-melo-2023-focus, section 2. Deviations: none known.
    """
    static = needed(materials.static, "static")
    usable = select(static, materials.shared_target)
    targets, sources = materials.shared_target[usable], materials.shared_source[usable]
    new = materials.new[select(static, materials.new)]
    if not len(targets) or not len(new):
        return
    for found in sparse_neighbours(
        static.table[new], static.table[targets], device=settings.device, block_cells=settings.block_cells
    ):
        tokens = new[found.first : found.first + len(found.offsets) - 1]
        yield Mixture(tokens, found.offsets, sources[found.keys], found.weights)
