"""Small random materials in float64, and the methods as their papers write them."""

from __future__ import annotations

import numpy as np
import torch

from cscl_data.embeddings import METHODS
from cscl_data.embeddings.base import Materials, MixSettings, Vectors
from cscl_data.embeddings.rows import build_rows

SHARED, NEW, SOURCE = 24, 20, 30
ROWS = SHARED + NEW


def random_materials(*, helper_width: int = 40, static_width: int = 5, seed: int = 0, **more) -> Materials:
    """Target ids 0 to 23 are source ids 29 down to 6; 24 to 43 are new."""
    generator = torch.Generator().manual_seed(seed)

    def table(rows: int, width: int) -> Vectors:
        values = torch.randn(rows, width, generator=generator, dtype=torch.float64)
        return Vectors(values, torch.ones(rows, dtype=torch.bool))

    made = {
        "new": torch.arange(SHARED, ROWS),
        "shared_target": torch.arange(SHARED),
        "shared_source": torch.arange(SOURCE - 1, SOURCE - 1 - SHARED, -1),
        "static": table(ROWS, static_width),
        "helper": table(ROWS, helper_width),
        "source_static": table(SOURCE, static_width),
    }
    return Materials(**{**made, **more})


def source_rows(width: int = 8) -> torch.Tensor:
    return torch.randn(SOURCE, width, generator=torch.Generator().manual_seed(9), dtype=torch.float64)


def new_rows(method: str, materials: Materials, source: torch.Tensor, *, transform=None, unknown=None, **settings):
    """The matrix a method makes, drawn with seed 7; similarities in several blocks."""
    mixtures = list(METHODS[method].mix(materials, MixSettings(block_cells=64, **settings)))
    return build_rows(
        source,
        materials,
        mixtures,
        rows=ROWS,
        rest=METHODS[method].rest,
        generator=torch.Generator().manual_seed(7),
        unknown=unknown,
        transform=transform,
    )


def sparsemax_by_the_book(scores: np.ndarray) -> np.ndarray:
    falling = np.sort(scores)[::-1]
    k = max(j for j in range(1, len(scores) + 1) if 1 + j * falling[j - 1] > falling[:j].sum())
    return np.maximum(scores - (falling[:k].sum() - 1) / k, 0)


def cosines(one: torch.Tensor, others: torch.Tensor) -> np.ndarray:
    unit = others / others.norm(dim=1, keepdim=True)
    return (unit @ (one / one.norm())).numpy()


def clipped(row: np.ndarray, source: torch.Tensor) -> np.ndarray:
    """A row no longer than three times the longest source row."""
    longest = 3 * float(source.norm(dim=1).max())
    return row * min(1.0, longest / float(np.linalg.norm(row)))
