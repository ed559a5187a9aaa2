"""A long document is cut into few and equal pieces, and into nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.generators.sentence.pieces import cut


@given(costs=st.lists(st.integers(0, 20), max_size=25), limit=st.integers(1, 40))
def test_pieces_tile_the_costs_within_the_limit(costs: list[int], limit: int) -> None:
    pieces = cut(costs, limit)
    assert [i for piece in pieces for i in piece] == list(range(len(costs)))
    for piece in pieces:
        assert len(piece) == 1 or sum(costs[i] for i in piece) <= limit


@given(costs=st.lists(st.integers(1, 20), min_size=1, max_size=12), limit=st.integers(1, 40), lead=st.integers(0, 1))
def test_pieces_are_as_few_as_there_can_be(costs: list[int], limit: int, lead: int) -> None:
    fewest = {len(costs): 0}
    for i in reversed(range(len(costs))):
        ends = [j for j in range(i + 1, len(costs) + 1) if j == i + 1 or sum(costs[i:j]) - lead <= limit]
        fewest[i] = 1 + min(fewest[j] for j in ends)
    assert len(cut(costs, limit, [lead] * len(costs))) == fewest[0]


@pytest.mark.parametrize(
    ("costs", "limit", "expected"),
    [
        ([], 5, []),
        ([3, 3], 6, [range(2)]),
        ([4, 4, 4, 4], 12, [range(2), range(2, 4)]),
        ([1] * 10, 9, [range(5), range(5, 10)]),
        ([1, 9, 1, 1], 5, [range(1), range(1, 2), range(2, 4)]),
        ([9, 9], 1, [range(1), range(1, 2)]),
    ],
)
def test_pieces_are_about_equally_long(costs: list[int], limit: int, expected: list[range]) -> None:
    assert cut(costs, limit) == expected
