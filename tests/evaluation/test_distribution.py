import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from cscl_data.evaluation.distribution import Distribution, wasserstein


def filled(values, resolution=0.001):
    distribution = Distribution(resolution)
    for value in values:
        distribution.add(value)
    return distribution


def test_summary_of_a_few_numbers():
    summary = filled([1, 2, 3, 4], 1).summary()
    assert summary == (4, 2.5, 1, 1, 2, 3, 4)


def test_nothing_has_no_summary():
    assert filled([]).summary() is None
    assert filled([]).quantile(0.5) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_quantiles_are_right_to_the_resolution(values):
    ordered = sorted(values)
    distribution = filled(values)
    for share in (0.25, 0.5, 0.75):
        exact = ordered[max(1, -(-int(share * 100) * len(ordered) // 100)) - 1]
        assert distribution.quantile(share) == pytest.approx(exact, abs=0.0011)
    assert distribution.summary().mean == pytest.approx(statistics.fmean(values))


def test_memory_does_not_grow_with_the_range():
    distribution = filled(range(200_000), 1)
    assert len(distribution._counts) < 4000
    assert distribution.quantile(0.5) == pytest.approx(100_000, rel=0.01)


def test_histogram_holds_every_value_and_the_right_edge():
    edges = [i / 20 for i in range(21)]
    counts = filled([0.0, 0.05, 0.3, 0.3, 0.999, 1.0]).histogram(edges)
    assert sum(counts) == 6
    assert (counts[0], counts[1], counts[6], counts[19]) == (1, 1, 2, 2)


@given(*[st.lists(st.integers(0, 100), min_size=1, max_size=50)] * 2)
def test_distance_is_that_of_scipy(first, second):
    assert wasserstein(filled(first, 1), filled(second, 1)) == pytest.approx(wasserstein_distance(first, second))


def test_distance_is_the_way_that_values_must_go():
    assert wasserstein(filled([10, 20], 0.1), filled([13, 23], 0.1)) == pytest.approx(3.0)
    assert wasserstein(filled([10, 20], 0.1), filled([20, 10, 20, 10], 0.1)) == 0.0
    assert wasserstein(filled([]), filled([1])) is None
