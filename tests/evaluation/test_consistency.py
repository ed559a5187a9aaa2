"""RankC against sets and loops in float64, and by orders worked out by hand."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from cscl_data.evaluation.consistency import chance, rank_c


def brute(first, second):
    total = 0.0
    for one, other in zip(first, second, strict=True):
        n = len(one)
        best = [sorted(range(n), key=lambda c, scores=scores: (-scores[c], c)) for scores in (one, other)]
        exponentials = [math.exp(n - j) for j in range(1, n + 1)]
        for j in range(1, n + 1):
            shared = set(best[0][:j]) & set(best[1][:j])
            total += exponentials[j - 1] / sum(exponentials) * len(shared) / j
    return total / len(first)


def test_rank_c_equals_its_definition():
    rng = random.Random(0)
    sizes = [2, 3, 10, 10, 27]
    first, second = ([[rng.choice((-1.5, -0.5, rng.random())) for _ in range(n)] for n in sizes] for _ in range(2))
    assert rank_c(first, second) == pytest.approx(brute(first, second), abs=1e-12)


def test_same_order_is_1_and_two_turned_round_are_by_hand():
    assert rank_c([[3, 2, 1]], [[30, 20, 10]]) == pytest.approx(1)
    last = 1 / (math.e + 1)  # of two candidates in opposite order only the pair of both is shared
    assert rank_c([[1, 2]], [[2, 1]]) == pytest.approx(last)


def test_chance_is_the_mean_over_all_orders():
    orders = list(itertools.permutations(range(4)))
    mean = sum(rank_c([[3, 2, 1, 0]], [list(order)]) for order in orders) / len(orders)
    assert chance([4]) == pytest.approx(mean)
    assert chance([4, 1]) == pytest.approx((mean + 1) / 2)


def test_many_candidates_do_not_overflow():
    scores = [float(n) for n in range(2000)]
    assert rank_c([scores], [scores]) == pytest.approx(1)


def test_no_queries_and_unequal_candidates():
    assert rank_c([], []) is None
    assert chance([]) is None
    with pytest.raises(ValueError, match="2 candidates in one language, 3 in the other"):
        rank_c([[1, 2]], [[1, 2, 3]])
