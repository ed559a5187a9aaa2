"""The same rows on a GPU as on the CPU, but for rounding."""

from __future__ import annotations

import pytest
import torch

from cscl_data.embeddings import METHODS
from cscl_data.embeddings.base import MixSettings
from cscl_data.embeddings.least_squares import coefficients
from cscl_data.embeddings.ofa import low_rank
from cscl_data.embeddings.rows import build_rows
from tests.embeddings.materials import ROWS, random_materials, source_rows

GPU = "cuda"
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")]


@pytest.mark.parametrize("helper_width", [40, 3])
@pytest.mark.parametrize("method", ["salt", "focus", "wechsel", "ofa"])
def test_gpu_makes_the_rows_that_the_cpu_makes(method: str, helper_width: int) -> None:
    materials, source = random_materials(helper_width=helper_width), source_rows()
    tables = []
    for device in ("cpu", GPU):
        mixtures = list(METHODS[method].mix(materials, MixSettings(device=device, block_cells=64)))
        transform = (lambda rows: low_rank(rows, 3)) if method == "ofa" else None
        made = build_rows(
            source, materials, mixtures, rows=ROWS, rest="mean", generator=torch.Generator(), transform=transform
        )
        assert made.rest == 0
        assert made.table.device.type == "cpu"
        tables.append(made.table)
    torch.testing.assert_close(tables[1], tables[0], atol=1e-8, rtol=1e-8)


@pytest.mark.parametrize("ridge", [0.0, 0.1])
def test_gpu_solves_singular_problems_as_the_cpu_does(ridge: float) -> None:
    """Supports with a row twice go by eigenvectors; others by Cholesky, on either side of the width."""
    anchors = torch.randn(60, 8, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    anchors[1] = anchors[0]
    supports = [torch.tensor([0, 1, 2]), torch.arange(40), torch.arange(5, 10), torch.tensor([7])]
    offsets = torch.tensor([0, *(len(support) for support in supports)]).cumsum(0)
    rows = torch.randn(4, 8, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    cpu, gpu = (
        coefficients(rows, anchors.to(device), offsets, torch.cat(supports), ridge=ridge) for device in ("cpu", GPU)
    )
    torch.testing.assert_close(gpu, cpu, atol=1e-7, rtol=1e-7)
