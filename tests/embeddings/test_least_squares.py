"""Coefficients of many small least-squares problems against numpy's pseudo-inverse."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cscl_data.embeddings.least_squares import coefficients


def solved(
    rows: torch.Tensor, anchors: torch.Tensor, supports: list[list[int]], ridge: float = 0.0
) -> list[np.ndarray]:
    sizes = torch.tensor([0, *(len(own) for own in supports)])
    flat = torch.tensor([number for own in supports for number in own])
    found = coefficients(rows, anchors, sizes.cumsum(0), flat, ridge=ridge)
    return [part.numpy() for part in found.split(sizes[1:].tolist())]


def numbers(rows: int, width: int, seed: int) -> torch.Tensor:
    return torch.randn(rows, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("width", [4, 12, 50])
def test_supports_of_all_sizes_in_one_call(width: int) -> None:
    rows, anchors = numbers(40, width, 0), numbers(30, width, 1)
    order = torch.Generator().manual_seed(2)
    supports = [torch.randperm(30, generator=order)[: 1 + place % 29].tolist() for place in range(40)]
    for row, own, found in zip(rows, supports, solved(rows, anchors, supports), strict=True):
        expected = row.numpy() @ np.linalg.pinv(anchors[own].numpy())
        np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("copies", [[0, 0, 1], [3, 3, 3, 3, 4, 5]])
def test_equal_anchors_get_equal_shares(copies: list[int]) -> None:
    """The Gram matrix is singular; the solution of least norm divides evenly."""
    rows, anchors = numbers(1, 4, 0), numbers(9, 4, 1)
    (found,) = solved(rows, anchors, [copies])
    np.testing.assert_allclose(found, rows[0].numpy() @ np.linalg.pinv(anchors[copies].numpy()), atol=1e-6)
    assert found[0] == pytest.approx(found[1])


def test_anchors_of_zeros_get_nothing() -> None:
    anchors = numbers(4, 6, 1)
    anchors[2] = 0
    (found,) = solved(numbers(1, 6, 0), anchors, [[0, 2]])
    assert found[1] == 0
    (nothing,) = solved(numbers(1, 6, 0), torch.zeros(3, 6, dtype=torch.float64), [[0, 1, 2]])
    assert nothing.tolist() == [0, 0, 0]


def test_a_ridge_shrinks_the_coefficients() -> None:
    rows, anchors = numbers(1, 5, 0), numbers(4, 5, 1)
    plain, shrunk = (solved(rows, anchors, [[0, 1, 2, 3]], ridge)[0] for ridge in (0.0, 10.0))
    assert np.linalg.norm(shrunk) < np.linalg.norm(plain) / 3


def test_float32_rows_are_solved_in_float64() -> None:
    rows, anchors = numbers(1, 30, 0), numbers(20, 30, 1)
    one = solved(rows.float(), anchors.float(), [list(range(20))])[0]
    other = solved(rows.float().double(), anchors.float().double(), [list(range(20))])[0]
    np.testing.assert_array_equal(one, other)
