"""SALT: a map of its own for every token, from a target-language model's embeddings to the source model's."""

from __future__ import annotations

from collections.abc import Iterator

from cscl_data.embeddings.base import Materials, MixSettings, Mixture, needed, select
from cscl_data.embeddings.least_squares import coefficients
from cscl_data.embeddings.similarity import sparse_neighbours


def mix(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    """Yield for every new token with a static vector and a helper row how its row is made of the shared tokens'.

    The support of a token is that of the sparsemax of its cosines with the shared tokens. Over the support a map X is
    fitted by least squares, unweighted, so that helper rows times X are source rows: X = pinv(H) E. The token's row is
    h X = (h pinv(H)) E, a mixture of the support's source rows, so X itself is never formed, and one mixture serves
    input and output embeddings.

    Source:
        lee-etal-2025-salt, section 3. Deviations: shared tokens without a static vector or a helper row are copied,
        but support no map; a ridge is possible; with vectors of words and no n-grams, see `static.token_vectors`.
    """
    static, helper = needed(materials.static, "static"), needed(materials.helper, "helper")
    targets, sources = materials.shared_target, materials.shared_source
    usable = select(static, targets) & select(helper, targets)
    targets, sources = targets[usable], sources[usable]
    new = materials.new[select(static, materials.new) & select(helper, materials.new)]
    if not len(targets) or not len(new):
        return
    anchors = helper.table[targets].to(settings.device)
    for found in sparse_neighbours(
        static.table[new], static.table[targets], device=settings.device, block_cells=settings.block_cells
    ):
        tokens = new[found.first : found.first + len(found.offsets) - 1]
        weights = coefficients(
            helper.table[tokens],
            anchors,
            found.offsets,
            found.keys,
            ridge=settings.ridge,
        )
        yield Mixture(tokens, found.offsets, sources[found.keys], weights)
