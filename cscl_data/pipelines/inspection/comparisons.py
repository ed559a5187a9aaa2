"""How one corpus differs from another, measure by measure, and where it stands among natural ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cscl_data.errors import ConfigError
from cscl_data.evaluation.distribution import wasserstein
from cscl_data.evaluation.natural import NATURAL, SOURCE
from cscl_data.pipelines.inspection.counts import CMI_EDGES, SPF_EDGES, histogram_values, rounded

if TYPE_CHECKING:
    from cscl_data.evaluation.corpus import SwitchingTally
    from cscl_data.pipelines.inspect import Inspection

NATURAL_NAME = "natural"
"""What stands on the command line for the table of natural corpora."""

SUMMARIES = ("cmi_mixed", "spf", "run_length", "tokens", "characters", "switch_ratio")
PARTS = ("mean", "quartile_1", "median", "quartile_3")
SCALARS = (
    "switches_per_text", "i_index", "m_index", "language_entropy", "corpus_complexity", "complexity", "burstiness",
    "memory", "span_entropy", "switch_surprisal",
)  # fmt: skip
POOLED = ("burstiness", "memory", "span_entropy")
_COLUMNS = {
    "cmi_mean": "cmi_mixed.mean",
    "cmi_quartile_1": "cmi_mixed.quartile_1",
    "cmi_median": "cmi_mixed.median",
    "cmi_quartile_3": "cmi_mixed.quartile_3",
    "spf_mean": "spf.mean",
}
_UNITS = {"token_cs/1": "words", "tagged": "words", "sentence_cs/1": "sentences"}
_COMPARABLE = "what can be compared: rows of make-token-cs, rows of make-sentence-cs, and files of tagged text"


class Comparison(NamedTuple):
    """One corpus beside another, or beside the natural corpora.

    Attributes:
        path: the other one as given, or `natural`.
        kind: of the other one; `natural` for the table.
        measures: by name, such as `spf.median`: `this`, and either `other` and `difference` (this minus other) or, for
            the table, `lowest` and `highest`. A value is None where the measure is not defined.
        distances: Wasserstein distance of the distributions by name, in their own unit.
        histograms: by name: `edges`, and the counts of `this` and `other` in each bin.
        corpora: the rows of the table, empty for another corpus.
        problem_count: broken invariants of the other one.
        mixed_words: share, in [0, 1], of the words of a generated text that hold two languages, where each part was
            counted for its language although the other side counts such a word for none.
    """

    path: str
    kind: str
    measures: dict[str, dict[str, float | None]]
    distances: dict[str, float | None]
    histograms: dict[str, dict[str, list[float]]]
    corpora: tuple[dict[str, Any], ...] = ()
    problem_count: int = 0
    mixed_words: float = 0.0

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**self._asdict(), "corpora": list(self.corpora), "source": SOURCE if self.corpora else None}


def compare(this: Inspection, other: Inspection) -> Comparison:
    """Put two corpora side by side.

    Raises:
        ConfigError: they hold no text in two languages, or one is measured in words and the other in sentences.
    """
    tally, others = _tally(this), _tally(other)
    if _UNITS[this.kind] != _UNITS[other.kind]:
        units = f"in {_UNITS[this.kind]}, {other.path} ({other.kind}) in {_UNITS[other.kind]}"
        raise ConfigError(f"{this.path} ({this.kind}) is measured {units}", hint=_COMPARABLE)
    mine, theirs = _numbers(this), _numbers(other)
    pairs = {key: (mine.get(key), theirs.get(key)) for key in mine if key in theirs}
    spreads = {"cmi_mixed": CMI_EDGES, "spf": SPF_EDGES}
    return Comparison(
        path=other.path,
        kind=other.kind,
        measures={key: {"this": a, "other": b, "difference": _difference(a, b)} for key, (a, b) in pairs.items()},
        distances={
            "cmi_mixed": _rounded(wasserstein(tally.cmi_mixed, others.cmi_mixed)),
            "spf": _rounded(wasserstein(tally.spf, others.spf)),
            "run_length": _rounded(wasserstein(tally.runs.lengths, others.runs.lengths)),
            "tokens": _rounded(wasserstein(tally.tokens, others.tokens)),
        },
        histograms={
            name: {
                "edges": list(edges),
                "this": histogram_values(getattr(tally, name), edges)["counts"],
                "other": histogram_values(getattr(others, name), edges)["counts"],
            }
            for name, edges in spreads.items()
        },
        problem_count=other.problem_count,
        mixed_words=0.0 if this.kind == other.kind else max(_mixed_words(this), _mixed_words(other)),
    )


def compare_with_natural(this: Inspection) -> Comparison:
    """Put a corpus beside the figures of the natural ones.

    Raises:
        ConfigError: it holds no text in two languages, or is measured in sentences.
    """
    tally = _tally(this)
    if _UNITS[this.kind] != "words":
        raise ConfigError(
            f"{this.path} ({this.kind}) is measured in {_UNITS[this.kind]}, natural corpora in words", hint=_COMPARABLE
        )
    mine = _numbers(this)
    measures = {}
    for column, key in _COLUMNS.items():
        figures = [float(getattr(corpus, column)) for corpus in NATURAL]
        measures[key] = {"this": mine.get(key), "lowest": min(figures), "highest": max(figures)}
    spreads = {"cmi_mixed": (tally.cmi_mixed, CMI_EDGES), "spf": (tally.spf, SPF_EDGES)}
    return Comparison(
        path=NATURAL_NAME,
        kind=NATURAL_NAME,
        measures=measures,
        distances={},
        histograms={
            name: {"edges": list(edges), "this": histogram_values(distribution, edges)["counts"]}
            for name, (distribution, edges) in spreads.items()
        },
        corpora=tuple(corpus._asdict() for corpus in NATURAL),
        mixed_words=_mixed_words(this),
    )


def _tally(inspection: Inspection) -> SwitchingTally:
    if inspection.tally is None:
        raise ConfigError(f"{inspection.path} ({inspection.kind}) has no switching measures", hint=_COMPARABLE)
    return inspection.tally


def _numbers(inspection: Inspection) -> dict[str, float | None]:
    """Return every measure of a corpus under its name, in the order in which it is shown."""
    statistics = inspection.statistics
    switching: Mapping[str, Any] = statistics["switching"]
    texts = switching["texts"]
    numbers: dict[str, float | None] = {
        "rows": texts,
        "mixed_share": rounded(switching["mixed"] / texts) if texts else None,
    }
    for name in SUMMARIES:
        if name in switching or name in statistics:
            summary = switching.get(name) or statistics.get(name) or {}
            numbers |= {f"{name}.{part}": summary.get(part) for part in PARTS}
    numbers |= {name: switching.get(name) for name in SCALARS}
    return numbers | {f"pooled.{name}": switching["pooled"][name] for name in POOLED}


def _mixed_words(inspection: Inspection) -> float:
    """Return the share of words in two languages that were measured in parts."""
    statistics = inspection.statistics
    if inspection.kind != "token_cs/1" or statistics["by_word"] or not statistics["words"]:
        return 0.0
    return rounded(statistics["mixed_words"] / statistics["words"])


def _difference(this: float | None, other: float | None) -> float | None:
    return None if this is None or other is None else rounded(this - other)


def _rounded(value: float | None) -> float | None:
    return None if value is None else rounded(value)
