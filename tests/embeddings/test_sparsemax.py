"""Sparsemax by partial sorting against the definition."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cscl_data.embeddings.sparsemax import sparsemax
from tests.embeddings.materials import sparsemax_by_the_book


def whole(scores: torch.Tensor) -> np.ndarray:
    """The weights with the zeros in their places."""
    sizes, columns, weights = sparsemax(scores)
    rows = torch.arange(len(scores)).repeat_interleave(sizes)
    dense = torch.zeros(scores.shape, dtype=torch.float64)
    dense[rows, columns] = weights
    return dense.numpy()


@pytest.mark.parametrize("spread", [1.0, 0.05, 0.001])
def test_weights_are_those_of_the_definition(spread: float) -> None:
    """Close scores have supports beyond the columns that are sorted at first; both kinds stand in one block."""
    generator = torch.Generator().manual_seed(0)
    scores = spread * torch.randn(6, 1000, generator=generator, dtype=torch.float64)
    scores[::2] *= 20
    for found, row in zip(whole(scores), scores.numpy(), strict=True):
        np.testing.assert_allclose(found, sparsemax_by_the_book(row), atol=1e-9)


def test_weights_are_a_distribution_in_falling_order() -> None:
    sizes, _, weights = sparsemax(torch.linspace(-1, 1, 40, dtype=torch.float64).reshape(4, 10))
    for own in weights.split(sizes.tolist()):
        assert float(own.sum()) == pytest.approx(1)
        assert torch.equal(own, own.sort(descending=True).values)


def test_equal_scores_share_the_weight() -> None:
    sizes, columns, weights = sparsemax(torch.full((1, 300), 0.5, dtype=torch.float64))
    assert sizes.tolist() == [300]
    assert sorted(columns.tolist()) == list(range(300))
    np.testing.assert_allclose(weights.numpy(), 1 / 300)


def test_one_column_takes_it_all() -> None:
    assert [part.tolist() for part in sparsemax(torch.tensor([[-0.3]]))] == [[1], [0], [1.0]]
