"""How the languages of one text alternate: the measures of code-switching, each a pure function.

Every function takes the tags of one text, a tag a token, in order. Tokens tagged `zxx` (punctuation, digits, symbols)
have no language: they are taken out first, so that a run of one language goes on across them. Below, N is the number
of tokens left, w_i those of language i, p_i = w_i / N, `runs` the lengths of the maximal runs in one language, and
P = len(runs) - 1 the switches. A measure that is not defined on a text is None, never 0.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from cscl_data.records import NO_LANGUAGE, TaggedToken, cmi


class SwitchingScores(NamedTuple):
    """All measures of one text.

    `languages` counts tokens by language, `zxx` left out; `switches` is P. `burstiness` and `memory` use the population
    standard deviation, as their source does; the `_sample` twins use the sample one (n - 1).
    """

    languages: dict[str, int]
    switches: int
    runs: tuple[int, ...]
    cmi: float
    complexity: float
    m_index: float | None
    language_entropy: float | None
    i_index: float | None
    burstiness: float | None
    burstiness_sample: float | None
    memory: float | None
    memory_sample: float | None
    span_entropy: float | None
    switch_entropy: float | None
    switch_surprisal: float | None

    @property
    def is_mixed(self) -> bool:
        """Whether more than one language occurs."""
        return len(self.languages) > 1


def switching_scores(tags: Iterable[str]) -> SwitchingScores:
    """Return every measure of one text.

    Args:
        tags: language of each token; `zxx` for none.
    """
    spoken = with_language(tags)
    counts, runs = Counter(spoken), run_lengths(spoken)
    fraction = _fraction(runs)
    return SwitchingScores(
        languages=dict(sorted(counts.items())),
        switches=max(0, len(runs) - 1),
        runs=tuple(runs),
        cmi=code_mixing_index(spoken),
        complexity=_complexity(counts, runs),
        m_index=m_index(counts),
        language_entropy=language_entropy(counts),
        i_index=fraction,
        burstiness=burstiness(runs),
        burstiness_sample=burstiness(runs, sample=True),
        memory=memory(runs),
        memory_sample=memory(runs, sample=True),
        span_entropy=span_entropy(runs),
        switch_entropy=None if fraction is None else switch_entropy(fraction),
        switch_surprisal=switch_surprisal(fraction) if fraction else None,
    )


def with_language(tags: Iterable[str]) -> list[str]:
    """Return the tags without `zxx`."""
    return [tag for tag in tags if tag != NO_LANGUAGE]


def run_lengths(tags: Iterable[str]) -> list[int]:
    """Return the lengths, in tokens, of the maximal runs in one language; `zxx` neither counts nor breaks a run.

    Example:
        >>> run_lengths(["en", "en", "zxx", "en", "ko"])
        [3, 1]
    """
    return [sum(1 for _ in run) for _, run in groupby(with_language(tags))]


def code_mixing_index(tags: Iterable[str]) -> float:
    """Return the CMI in [0, 100]: `100 (1 - max w_i / N)`, 0 where N is 0.

    Source:
        das-gambaeck-2014. Deviations: none known.
    """
    return cmi(TaggedToken(0, 0, tag, False) for tag in tags)


def m_index(counts: Mapping[str, int]) -> float | None:
    """Return how equally the languages share the tokens, `(1 - Σp²) / ((k - 1) Σp²)`, in [0, 1]; 0 for one language.

    Args:
        counts: tokens of each of the k languages that occur.

    Returns:
        None where there is no token.

    Source:
        barnett-etal-2000. Deviations: k is the number of languages that occur, not of those that might.
    """
    total = sum(counts.values())
    if not total:
        return None
    squares = sum((count / total) ** 2 for count in counts.values())
    return (1 - squares) / ((len(counts) - 1) * squares) if len(counts) > 1 else 0.0


def language_entropy(counts: Mapping[str, int]) -> float | None:
    """Return `-Σ p log2 p` in bits, at most log2 k; None where there is no token.

    Source:
        guzman-etal-2017. Deviations: none known.
    """
    return _entropy(counts.values())


def i_index(tags: Iterable[str]) -> float | None:
    """Return P / (N - 1), the share of neighbouring tokens between which the language changes, in [0, 1].

    On one text it is also called the switch-point fraction (SPF).

    Returns:
        None where N is below 2.

    Source:
        guzman-etal-2017 (I-index); pratapa-etal-2018-language (SPF). Deviations: none known.
    """
    return _fraction(run_lengths(tags))


def burstiness(runs: Sequence[int], *, sample: bool = False) -> float | None:
    """Return `(σ - μ) / (σ + μ)` of the run lengths: -1 for even runs, 0 as by chance, towards 1 for bursts.

    Args:
        runs: run lengths in tokens.
        sample: use the sample standard deviation (n - 1) instead of the population one.

    Returns:
        None for no run, and for fewer than two with `sample`.

    Source:
        goh-barabasi-2008, applied to language spans by guzman-etal-2017. Deviations: none with the population
        standard deviation; published code often takes the sample one, so both are given.
    """
    if not runs or (sample and len(runs) < 2):
        return None
    mean, sd = _mean_sd(runs, sample=sample)
    return (sd - mean) / (sd + mean)


def memory(runs: Sequence[int], *, sample: bool = False) -> float | None:
    """Return the correlation of neighbouring run lengths: above 0 when long runs follow long ones.

    `1/(r-1) Σ (τ_i - m1)(τ_{i+1} - m2) / (σ1 σ2)`, m1 and σ1 over the runs without the last, m2 and σ2 without the
    first. In [-1, 1] with the population standard deviation.

    Args:
        runs: run lengths in tokens.
        sample: use the sample standard deviation (n - 1) for σ1 and σ2; the factor in front stays.

    Returns:
        None for fewer than three runs, or where a standard deviation is 0.

    Source:
        goh-barabasi-2008, applied to language spans by guzman-etal-2017. Deviations: as for `burstiness`.
    """
    if len(runs) < 3:
        return None
    before, after = runs[:-1], runs[1:]
    (mean_1, sd_1), (mean_2, sd_2) = _mean_sd(before, sample=sample), _mean_sd(after, sample=sample)
    if sd_1 == 0 or sd_2 == 0:
        return None
    products = [(a - mean_1) * (b - mean_2) for a, b in zip(before, after, strict=True)]
    return sum(products) / (len(products) * sd_1 * sd_2)


def span_entropy(runs: Sequence[int]) -> float | None:
    """Return the entropy in bits of the distribution of run lengths; None for no run.

    Source:
        guzman-etal-2017. Deviations: none known.
    """
    return _entropy(Counter(runs).values())


def switch_entropy(fraction: float) -> float:
    """Return `-I log2 I` for an I-index in [0, 1]; 0 at 0.

    Source:
        cs-metrics (the public code that computes it). Deviations: none known.
    """
    return -fraction * math.log2(fraction) if fraction else 0.0


def switch_surprisal(fraction: float) -> float | None:
    """Return `log2(1 / I)`, the bits of surprise in one switch; None at 0, where none happens.

    Source:
        cs-metrics. Deviations: None at 0 instead of infinity.
    """
    return -math.log2(fraction) if fraction else None


def _complexity(counts: Counter[str], runs: Sequence[int]) -> float:
    """Return C_u, the CMI that counts switches too: `100 (½ (N - max w_i) + ½ P) / N`, 0 where N is 0.

    Source:
        gambaeck-das-2016. Deviations: none known.
    """
    total = counts.total()
    return 100.0 * (total - max(counts.values()) + len(runs) - 1) / (2 * total) if total else 0.0


def _fraction(runs: Sequence[int]) -> float | None:
    gaps = sum(runs) - 1
    return (len(runs) - 1) / gaps if gaps > 0 else None


def _entropy(counts: Iterable[int]) -> float | None:
    weights = [count for count in counts if count]
    total = sum(weights)
    return -sum(w / total * math.log2(w / total) for w in weights) + 0.0 if total else None


def _mean_sd(values: Sequence[int], *, sample: bool) -> tuple[float, float]:
    mean = sum(values) / len(values)
    freedom = len(values) - 1 if sample else len(values)
    return mean, math.sqrt(sum((value - mean) ** 2 for value in values) / freedom)
