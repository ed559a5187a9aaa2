"""Statistics as JSON values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from cscl_data.evaluation.corpus import CorpusScores, SwitchingTally
from cscl_data.evaluation.distribution import Distribution, Summary

RATIO_EDGES = tuple(i / 20 for i in range(21))
SPF_EDGES = RATIO_EDGES
CMI_EDGES = tuple(5.0 * i for i in range(21))


def summary_values(summary: Summary | None) -> dict[str, float] | None:
    """Return a summary as an object, numbers rounded to six decimals."""
    if summary is None:
        return None
    return {name: rounded(value) for name, value in summary._asdict().items()}


def histogram_values(distribution: Distribution, edges: tuple[float, ...]) -> dict[str, list[float]]:
    """Return a histogram as `edges` and `counts`."""
    return {"edges": list(edges), "counts": [float(count) for count in distribution.histogram(edges)]}


def switching_histograms(tally: SwitchingTally) -> dict[str, Any]:
    """Return the histograms of CMI (all texts, and the mixed ones) and of SPF."""
    return {
        "cmi": histogram_values(tally.cmi, CMI_EDGES),
        "cmi_mixed": histogram_values(tally.cmi_mixed, CMI_EDGES),
        "spf": histogram_values(tally.spf, SPF_EDGES),
    }


def switching_values(scores: CorpusScores) -> dict[str, Any]:
    """Return the switching measures of a corpus as an object."""
    return {
        "texts": scores.texts,
        "mixed": scores.mixed,
        "switches": scores.switches,
        "run_length": summary_values(scores.run_length),
        "cmi": summary_values(scores.cmi),
        "cmi_mixed": summary_values(scores.cmi_mixed),
        "spf": summary_values(scores.spf),
        **_rounded(
            {
                "switches_per_text": scores.switches_per_text,
                "i_index": scores.i_index,
                "m_index": scores.m_index,
                "language_entropy": scores.language_entropy,
                "corpus_complexity": scores.corpus_complexity,
                **scores.means,
            }
        ),
        "pooled": _rounded(scores.pooled),
        "positions": list(scores.positions),
    }


def shares(counts: Counter[str] | dict[str, int], total: int | None = None) -> dict[str, dict[str, float]]:
    """Return counts with their shares of `total` (by default of their sum), by name."""
    total = sum(counts.values()) if total is None else total
    return {name: {"count": n, "share": rounded(n / total)} for name, n in sorted(counts.items()) if total}


def _rounded(values: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else rounded(value) for name, value in values.items()}


def rounded(value: float) -> float:
    """Round to six decimals, the same on every machine."""
    return round(value, 6)
