"""The runs of a whole corpus in one pool: how long they are, and whether long ones follow long ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from cscl_data.evaluation.distribution import Distribution


class RunPool:
    """Pools the run lengths of many texts, in memory that does not grow with them: `add` each text's, then ask.

    A measure of a text with three runs says little; pooled, the same measure is about the corpus. Each is None where
    it is not defined.

    Source:
        guzman-etal-2017 takes a corpus as one sequence. Deviations: runs end where a text ends (our default), and
        neighbours for `memory` are two runs of the same text.
    """

    def __init__(self) -> None:
        self.lengths = Distribution(1)
        self._n = self._sum = self._squares = 0
        self._pairs = self._before = self._after = self._products = self._before_squares = self._after_squares = 0

    def add(self, runs: Sequence[int]) -> None:
        """Count the runs of one text, their lengths in tokens."""
        for length in runs:
            self.lengths.add(length)
            self._n += 1
            self._sum += length
            self._squares += length * length
        for before, after in pairwise(runs):
            self._pairs += 1
            self._before += before
            self._after += after
            self._products += before * after
            self._before_squares += before * before
            self._after_squares += after * after

    def burstiness(self) -> float | None:
        """Return `(σ - μ) / (σ + μ)` of all run lengths, with the population standard deviation."""
        if not self._n:
            return None
        mean = self._sum / self._n
        sd = math.sqrt(self._n * self._squares - self._sum**2) / self._n
        return (sd - mean) / (sd + mean)

    def memory(self) -> float | None:
        """Return the correlation of neighbouring run lengths over all neighbours; None without variation."""
        n = self._pairs
        before = n * self._before_squares - self._before**2
        after = n * self._after_squares - self._after**2
        if not before or not after:
            return None
        return (n * self._products - self._before * self._after) / (math.sqrt(before) * math.sqrt(after))

    def span_entropy(self) -> float | None:
        """Return the entropy in bits of the run lengths (those beyond 1,000 taken to three digits)."""
        if not self._n:
            return None
        shares = [count / self._n for _, count in self.lengths.values()]
        return -sum(share * math.log2(share) for share in shares) + 0.0
