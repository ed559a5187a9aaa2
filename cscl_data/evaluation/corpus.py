"""The switching measures over a corpus, gathered sentence by sentence in memory that does not grow with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cscl_data.evaluation.distribution import Distribution, Summary
from cscl_data.evaluation.switching import language_entropy, m_index, switching_scores, with_language

POSITION_BINS = 10
_PER_MIXED_TEXT = ("complexity", "burstiness", "burstiness_sample", "memory", "span_entropy", "switch_surprisal")


class CorpusScores(NamedTuple):
    """What a corpus of tagged texts looks like.

    Attributes:
        texts: texts counted, without those in which no token has a language.
        mixed: texts with more than one language.
        switches: P, over all texts.
        languages: tokens by language, `zxx` included.
        cmi: over all texts.
        cmi_mixed: over the mixed ones alone.
        spf: P / (N - 1) of a text, over the mixed ones alone.
        i_index: ΣP / Σ(N - 1) over all texts.
        m_index: of the tokens of all texts together.
        language_entropy: the same, in bits.
        means: plain means over the mixed texts on which the measure is defined: complexity (C_u), burstiness, memory,
            span_entropy, switch_surprisal; standard deviations are of the population, but for burstiness_sample.
        positions: switches in each tenth of the text, from its beginning to its end (see `switch_positions`).
    """

    texts: int
    mixed: int
    switches: int
    languages: dict[str, int]
    cmi: Summary | None
    cmi_mixed: Summary | None
    spf: Summary | None
    i_index: float | None
    m_index: float | None
    language_entropy: float | None
    means: dict[str, float | None]
    positions: tuple[float, ...]


class SwitchingTally:
    """Gathers `CorpusScores`: `add` each text, then `scores`."""

    def __init__(self) -> None:
        self.cmi, self.cmi_mixed, self.spf = Distribution(0.1), Distribution(0.1), Distribution(0.001)
        self._languages: Counter[str] = Counter()
        self._positions = [0.0] * POSITION_BINS
        self._sums = dict.fromkeys(_PER_MIXED_TEXT, 0.0)
        self._defined = dict.fromkeys(_PER_MIXED_TEXT, 0)
        self._switches = self._gaps = 0

    def add(self, tags: Sequence[str]) -> None:
        """Count one text, given the language of each of its tokens (`zxx` for none)."""
        self._languages.update(tags)
        spoken = with_language(tags)
        if not spoken:
            return
        scores = switching_scores(spoken)
        self.cmi.add(scores.cmi)
        self._switches += scores.switches
        self._gaps += len(spoken) - 1
        for part, count in enumerate(switch_positions(spoken)):
            self._positions[part] += count
        if not scores.is_mixed:
            return
        self.cmi_mixed.add(scores.cmi)
        self.spf.add(scores.i_index or 0.0)
        for name in _PER_MIXED_TEXT:
            value = getattr(scores, name)
            if value is not None:
                self._sums[name] += value
                self._defined[name] += 1

    def scores(self) -> CorpusScores:
        """Return the measures over the texts so far."""
        spoken = Counter({lang: n for lang, n in self._languages.items() if with_language([lang])})
        return CorpusScores(
            texts=self.cmi.count,
            mixed=self.cmi_mixed.count,
            switches=self._switches,
            languages=dict(sorted(self._languages.items())),
            cmi=self.cmi.summary(),
            cmi_mixed=self.cmi_mixed.summary(),
            spf=self.spf.summary(),
            i_index=self._switches / self._gaps if self._gaps else None,
            m_index=m_index(spoken),
            language_entropy=language_entropy(spoken),
            means={n: self._sums[n] / self._defined[n] if self._defined[n] else None for n in _PER_MIXED_TEXT},
            positions=tuple(round(count, 3) for count in self._positions),
        )


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
