"""Whether a model answers alike in two languages, right or wrong: RankC over ranked candidates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def rank_c(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> float | None:
    """Return RankC: the mean over queries of Σ_j w_j |A_j ∩ B_j| / j, A_j and B_j the j best candidates of each.

    w is the softmax of N - j over j = 1 ... N, so that the first ranks count most. 1 says that both orders are the
    same; two orders by chance have an expected value well above 0 (see `chance`).

    Args:
        first: of every query the scores of its candidates in one language; the higher, the better.
        second: the same in the other language; candidate i is the same answer in both.

    Returns:
        A share in [0, 1]; None without queries.

    Raises:
        ValueError: numbers of queries or candidates differ, or a query has no candidates.

    Source:
        qi-etal-2023-cross (§3). Deviations: of equal scores the candidate that stands first is ranked first.
    """
    values = [
        float(weights(len(one)) @ overlaps(ranks(one), ranks(other))) for one, other in zip(first, second, strict=True)
    ]
    return sum(values) / len(values) if values else None


def ranks(scores: Sequence[float]) -> NDArray[np.int64]:
    """Return the rank of every candidate, 0 for the best.

    Example:
        >>> ranks([0.1, 0.7, 0.2]).tolist()
        [2, 0, 1]
    """
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.arange(len(order))
    return found


def overlaps(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return |A_j ∩ B_j| / j for j = 1 ... N, from the ranks of the candidates.

    A candidate is among the j best of both as soon as j is above the worse of its ranks.

    Raises:
        ValueError: there are not as many of the one as of the other, or none.
    """
    if len(first) != len(second) or not len(first):
        raise ValueError(f"{len(first)} candidates in one language, {len(second)} in the other")
    shared = np.cumsum(np.bincount(np.maximum(first, second), minlength=len(first)))
    share: NDArray[np.float64] = shared / np.arange(1, len(first) + 1)
    return share


def weights(n: int) -> NDArray[np.float64]:
    """Return e^(n - j) / Σ_k e^(n - k) for j = 1 ... n."""
    powers = np.exp(-np.arange(n, dtype=np.float64))
    share: NDArray[np.float64] = powers / powers.sum()
    return share


def chance(sizes: Sequence[int]) -> float | None:
    """Return the expected RankC of two orders drawn at random, for queries with so many candidates.

    Of j drawn at random from N, j / N are expected in a given set: |A_j ∩ B_j| / j is j / N on average.

    Args:
        sizes: number of candidates of every query, each at least 1.
    """
    values = [float(weights(n) @ (np.arange(1, n + 1) / n)) for n in sizes]
    return sum(values) / len(values) if values else None
