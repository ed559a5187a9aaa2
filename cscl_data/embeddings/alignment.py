"""Two static spaces made one: the rotation that brings the words of a lexicon closest together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cscl_data.embeddings.similarity import unit

if TYPE_CHECKING:
    from torch import Tensor


def rotation(source: Tensor, target: Tensor) -> Tensor:
    """Return the orthogonal matrix W for which source W is closest to target, both scaled to unit length.

    Args:
        source: [n, width]: vectors of words.
        target: [n, width]: vectors of their translations, row by row.

    Returns:
        [width, width], float64.

    Source:
        schoenemann-1966-procrustes. Deviations: none known.
    """
    import torch

    left, _, right = torch.linalg.svd(unit(source.double()).T @ unit(target.double()))
    turned: Tensor = left @ right
    return turned
