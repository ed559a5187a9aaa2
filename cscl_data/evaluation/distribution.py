"""Mean and quantiles of a stream of numbers, in memory that does not grow with it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple


class Summary(NamedTuple):
    """What is left of many numbers: how many, their mean, their extremes and their quartiles."""

    n: int
    mean: float
    minimum: float
    quartile_1: float
    median: float
    quartile_3: float
    maximum: float


class Distribution:
    """Counts numbers by value, rounded so that the number of distinct values stays bounded.

    Mean and extremes are exact. Quantiles are those of the rounded values: right to `resolution`, and to three
    significant digits where that is coarser, so that a few thousand counters hold any corpus.

    Args:
        resolution: step, above 0, to which values are rounded for quantiles and histograms.
    """

    def __init__(self, resolution: float) -> None:
        self._resolution = resolution
        self._counts: Counter[int] = Counter()
        self._sum = 0.0
        self._low, self._high = math.inf, -math.inf

    def add(self, value: float) -> None:
        """Count one value."""
        steps = round(value / self._resolution)
        if abs(steps) > 1000:
            digit: int = 10 ** (len(str(abs(steps))) - 3)
            steps = round(steps / digit) * digit
        self._counts[steps] += 1
        self._sum += value
        self._low, self._high = min(self._low, value), max(self._high, value)

    @property
    def count(self) -> int:
        """Number of values counted."""
        return self._counts.total()

    def quantile(self, share: float) -> float | None:
        """Return the smallest value that at least `share` (in [0, 1]) of the values do not exceed; None without values.

        This is the nearest-rank rule: the result is one of the values, never between two.
        """
        rank = max(1, math.ceil(share * self.count))
        seen = 0
        for steps in sorted(self._counts):
            seen += self._counts[steps]
            if seen >= rank:
                return min(max(steps * self._resolution, self._low), self._high)
        return None

    def summary(self) -> Summary | None:
        """Return count, mean, extremes and quartiles; None without values."""
        if not self._counts:
            return None
        first, second, third = (self.quantile(share) or 0.0 for share in (0.25, 0.5, 0.75))
        return Summary(self.count, self._sum / self.count, self._low, first, second, third, self._high)

    def values(self) -> Iterator[tuple[float, int]]:
        """Yield the rounded values, rising, each with how often it came."""
        for steps in sorted(self._counts):
            yield steps * self._resolution, self._counts[steps]

    def histogram(self, edges: Sequence[float]) -> list[int]:
        """Count the values in each `[edges[i], edges[i + 1])`; the last bin holds its right edge too.

        Args:
            edges: rising borders, one more than bins; values outside are left out.
        """
        bins = [0] * (len(edges) - 1)
        for steps, count in self._counts.items():
            value = steps * self._resolution
            for i in range(len(bins)):
                right = edges[i + 1] + (self._resolution / 2 if i == len(bins) - 1 else -self._resolution / 2)
                if edges[i] - self._resolution / 2 <= value < right:
                    bins[i] += count
                    break
        return bins


def wasserstein(first: Distribution, second: Distribution) -> float | None:
    """Return the distance of two distributions: by how much a value of one has to move, on average, to give the other.

    In the unit of the values; 0 for equal distributions. Computed from the rounded values, so right to the coarser
    `resolution` of the two.

    Returns:
        None where one of them is empty.

    Source:
        vallender-1974: the first Wasserstein distance on the line is the area between the two distribution functions.
        Deviations: none known.
    """
    if not first.count or not second.count:
        return None
    steps = [(value, count / first.count) for value, count in first.values()]
    steps += [(value, -count / second.count) for value, count in second.values()]
    steps.sort()
    area = gap = 0.0
    for (value, share), (following, _) in pairwise(steps):
        gap += share
        area += abs(gap) * (following - value)
    return area
