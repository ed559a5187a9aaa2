"""Whole texts worth a number of tokens."""

from __future__ import annotations

import numpy as np

from cscl_data.pipelines.drawing import choose


def test_sum_is_as_near_to_the_goal_as_half_a_text() -> None:
    rng = np.random.default_rng(2)
    for _ in range(300):
        n = int(rng.integers(0, 40))
        draws, sizes, goal = rng.random(n), rng.integers(0, 50, n), int(rng.integers(0, 400))
        chosen = choose(draws, sizes, goal)
        if sizes.sum() <= goal:
            assert sizes[chosen].sum() == sizes.sum()
        else:
            assert abs(goal - int(sizes[chosen].sum())) <= int(sizes.max()) / 2
        assert not chosen[sizes == 0].any()


def test_a_higher_goal_keeps_what_a_lower_one_has_drawn() -> None:
    rng = np.random.default_rng(0)
    draws, sizes = rng.random(1_000), rng.integers(1, 40, 1_000)
    low, high = choose(draws, sizes, 3_000), choose(draws, sizes, 12_000)
    assert (low & ~high).sum() <= 3
    assert low.sum() < high.sum()


def test_few_large_texts_are_exchanged_until_the_goal_is_near() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        draws, sizes = rng.random(30), rng.integers(300, 900, 30)
        assert abs(int(sizes[choose(draws, sizes, 5_000)].sum()) - 5_000) <= 50


def test_nothing_is_drawn_of_nothing() -> None:
    assert choose(np.zeros(0), np.zeros(0, np.int64), 10).tolist() == []
