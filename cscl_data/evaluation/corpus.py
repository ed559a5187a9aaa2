"""The switching measures over a corpus, gathered sentence by sentence in memory that does not grow with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cscl_data.evaluation.distribution import Distribution, Summary
from cscl_data.evaluation.runs import RunPool
from cscl_data.evaluation.switching import language_entropy, m_index, switching_scores, with_language

POSITION_BINS = 10
_MIXED_WEIGHT = 5 / 6
_PER_MIXED_TEXT = (
    "complexity", "burstiness", "burstiness_sample", "memory", "memory_sample", "span_entropy", "switch_entropy",
    "switch_surprisal",
)  # fmt: skip


class CorpusScores(NamedTuple):
    """What a corpus of tagged texts looks like.

    Attributes:
        texts: texts counted, also those in which no token has a language: their CMI is 0.
        mixed: texts with more than one language.
        switches: P, over all texts.
        switches_per_text: mean of P over all texts (SPAvg).
        languages: tokens by language, `zxx` included.
        tokens: length of a text in tokens, `zxx` included.
        cmi: over all texts.
        cmi_mixed: over the mixed ones alone.
        corpus_complexity: C_c, the CMI of the corpus (see `corpus_complexity`).
        spf: P / (N - 1) of a text, over the mixed ones alone.
        i_index: ΣP / Σ(N - 1) over all texts.
        m_index: of the tokens of all texts together.
        language_entropy: the same, in bits.
        run_length: tokens of a run, over the runs of the mixed texts.
        pooled: burstiness, memory and span_entropy of those runs together; population standard deviation.
        means: plain means over the mixed texts on which the measure is defined: complexity (C_u), burstiness, memory,
            span_entropy, switch_entropy, switch_surprisal; standard deviations are of the population, but for the
            `_sample` twins.
        positions: switches in each tenth of the text, from its beginning to its end (see `switch_positions`).
    """

    texts: int
    mixed: int
    switches: int
    switches_per_text: float | None
    languages: dict[str, int]
    tokens: Summary | None
    cmi: Summary | None
    cmi_mixed: Summary | None
    corpus_complexity: float | None
    spf: Summary | None
    i_index: float | None
    m_index: float | None
    language_entropy: float | None
    run_length: Summary | None
    pooled: dict[str, float | None]
    means: dict[str, float | None]
    positions: tuple[float, ...]


class SwitchingTally:
    """Gathers `CorpusScores`: `add` each text, then `scores`. What is spread can be compared: `cmi`, `spf`, ..."""

    def __init__(self) -> None:
        self.tokens, self.runs = Distribution(1), RunPool()
        self.cmi, self.cmi_mixed, self.spf = Distribution(0.1), Distribution(0.1), Distribution(0.001)
        self._languages: Counter[str] = Counter()
        self._positions = [0.0] * POSITION_BINS
        self._sums = dict.fromkeys(_PER_MIXED_TEXT, 0.0)
        self._defined = dict.fromkeys(_PER_MIXED_TEXT, 0)
        self._switches = self._gaps = 0
        self._complexity = 0.0

    def add(self, tags: Sequence[str]) -> None:
        """Count one text, given the language of each of its tokens (`zxx` for none)."""
        self.tokens.add(len(tags))
        self._languages.update(tags)
        scores = switching_scores(tags)
        self.cmi.add(scores.cmi)
        self._complexity += scores.complexity
        self._switches += scores.switches
        self._gaps += max(0, sum(scores.runs) - 1)
        if not scores.is_mixed:
            return
        for part, count in enumerate(switch_positions(tags)):
            self._positions[part] += count
        self.cmi_mixed.add(scores.cmi)
        self.spf.add(scores.i_index or 0.0)
        self.runs.add(scores.runs)
        for name in _PER_MIXED_TEXT:
            value = getattr(scores, name)
            if value is not None:
                self._sums[name] += value
                self._defined[name] += 1

    def scores(self) -> CorpusScores:
        """Return the measures over the texts so far."""
        spoken = Counter({lang: n for lang, n in self._languages.items() if with_language([lang])})
        texts, mixed, runs = self.cmi.count, self.cmi_mixed.count, self.runs
        return CorpusScores(
            texts=texts,
            mixed=mixed,
            switches=self._switches,
            switches_per_text=self._switches / texts if texts else None,
            languages=dict(sorted(self._languages.items())),
            tokens=self.tokens.summary(),
            cmi=self.cmi.summary(),
            cmi_mixed=self.cmi_mixed.summary(),
            corpus_complexity=corpus_complexity(self._complexity / texts, mixed / texts) if texts else None,
            spf=self.spf.summary(),
            i_index=self._switches / self._gaps if self._gaps else None,
            m_index=m_index(spoken),
            language_entropy=language_entropy(spoken),
            run_length=runs.lengths.summary(),
            pooled={
                "burstiness": runs.burstiness(),
                "memory": runs.memory(),
                "span_entropy": runs.span_entropy(),
            },
            means={n: self._sums[n] / self._defined[n] if self._defined[n] else None for n in _PER_MIXED_TEXT},
            positions=tuple(round(count, 3) for count in self._positions),
        )


def corpus_complexity(mean_complexity: float, mixed_share: float) -> float:
    """Return C_c, the CMI of a corpus: `100/U (½ Σ (1 - (max w_i - P) / N) + 5/6 S)`; it can exceed 100.

    Since C_u is 100 times half of each summand, this is the mean of C_u plus 5/6 of the share of mixed texts, in %.

    Args:
        mean_complexity: mean of C_u over all U texts, 0 for those without language.
        mixed_share: S / U, the share of texts with more than one language, in [0, 1].

    Source:
        gambaeck-das-2016. Deviations: the published sum also adds δ = 1 for a text whose main language is another one
        than that of the text before it. The rows of a corpus do not follow one another as in a talk, so δ is left out.
    """
    return mean_complexity + 100 * _MIXED_WEIGHT * mixed_share


def switch_positions(tags: Iterable[str]) -> list[float]:
    """Return how many switches fall into each of `POSITION_BINS` equal parts of a text; they add up to P.

    With N tokens there are N - 1 gaps; gap i (from 0) covers [i / (N - 1), (i + 1) / (N - 1)) of the text, and a switch
    there counts in every part that it covers, by the share it covers. So a text that switches everywhere gives equal
    parts whatever its length.

    Source: our default.
    """
    spoken = with_language(tags)
    gaps = len(spoken) - 1
    parts = [0.0] * POSITION_BINS
    for i in range(gaps):
        if spoken[i] == spoken[i + 1]:
            continue
        first, last = i * POSITION_BINS / gaps, (i + 1) * POSITION_BINS / gaps
        for part in range(int(first), min(POSITION_BINS, int(last) + 1)):
            parts[part] += (min(last, part + 1) - max(first, part)) / (last - first)
    return parts
