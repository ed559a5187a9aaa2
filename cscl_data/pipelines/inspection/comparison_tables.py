"""Comparisons as tables and notes: the same words on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cscl_data.evaluation.natural import SOURCE
from cscl_data.pipelines.inspection.comparisons import PARTS, Comparison
from cscl_data.pipelines.inspection.tables import Table

_PART_NAMES = dict(zip(PARTS, ("mean", "25 %", "median", "75 %"), strict=True))
_NAMES = {
    "rows": ("rows", ",.0f"),
    "mixed_share": ("share of mixed texts", ".3f"),
    "cmi_mixed": ("CMI, mixed texts", ".1f"),
    "spf": ("SPF, mixed texts", ".3f"),
    "run_length": ("length of a run", ".1f"),
    "tokens": ("length of a text", ".1f"),
    "characters": ("characters of a text", ",.0f"),
    "switch_ratio": ("switch ratio", ".3f"),
    "switches_per_text": ("switches a text (SPAvg)", ".2f"),
    "i_index": ("I-index", ".3f"),
    "m_index": ("M-index", ".3f"),
    "language_entropy": ("language entropy, bits", ".3f"),
    "corpus_complexity": ("C_c, CMI of the corpus", ".1f"),
    "complexity": ("C_u, mean", ".1f"),
    "burstiness": ("burstiness, mean", ".3f"),
    "memory": ("memory, mean", ".3f"),
    "span_entropy": ("span entropy, mean, bits", ".3f"),
    "switch_surprisal": ("switch surprisal, mean, bits", ".3f"),
    "pooled.burstiness": ("burstiness, all runs", ".3f"),
    "pooled.memory": ("memory, all runs", ".3f"),
    "pooled.span_entropy": ("span entropy, all runs, bits", ".3f"),
}
_CORPUS_HEADER = ("sentences", "mixed", "CMI mean", "25 %", "median", "75 %", "SPF mean")


def comparison_tables(comparison: Comparison) -> list[Table]:
    """Return what a comparison says, as tables with headers."""
    if comparison.corpora:
        return [_standing(comparison), _corpora(comparison)]
    lines = [
        (name, _number(values["this"], form), _number(values["other"], form), _signed(values["difference"], form))
        for key, values in comparison.measures.items()
        for name, form in [_name(key)]
    ]
    distances = [(_NAMES[key][0], _number(value, ".3f")) for key, value in comparison.distances.items()]
    return [
        Table(f"Against {comparison.path}", tuple(lines), ("this", "other", "difference")),
        Table("Distance of the distributions", tuple(distances), ("Wasserstein",)),
    ]


def comparison_notes(comparisons: Sequence[Comparison]) -> list[list[str]]:
    """Return, for each comparison, what has to be known to read its tables and was not said of one before."""
    said: set[str] = set()
    notes = []
    for comparison in comparisons:
        notes.append([note for note in _notes(comparison) if note not in said])
        said.update(notes[-1])
    return notes


def _notes(comparison: Comparison) -> Iterator[str]:
    if comparison.corpora:
        yield f"Natural corpora: {SOURCE}. They differ widely: compare quartiles, not only means."
    else:
        yield "Distance: by how much a text (or a run) of one would have to move, on average, to give the other."
    if comparison.mixed_words:
        yield (
            f"{100 * comparison.mixed_words:.1f} % of the words of the generated text hold two languages (a stem and "
            "its particle) and were measured as two tokens. Corpora tagged by hand count such a word for no language; "
            "--by-word does so too."
        )
    if comparison.problem_count:
        yield f"{comparison.path}: {comparison.problem_count:,} invariants broken; run inspect on it."


def _standing(comparison: Comparison) -> Table:
    lines = []
    for key, values in comparison.measures.items():
        name, form = _name(key)
        this, low, high = values["this"], values["lowest"], values["highest"]
        lines.append(
            (name, _number(this, form), f"{_number(low, form)} to {_number(high, form)}", _place(this, low, high))
        )
    return Table("Against natural code-switching", tuple(lines), ("this", "natural", ""))


def _corpora(comparison: Comparison) -> Table:
    lines = [
        (
            row["name"],
            f"{row['sentences']:,}",
            "" if row["mixed"] is None else f"{row['mixed']:,}",
            f"{row['cmi_mean']:.1f}",
            *(f"{row[f'cmi_{part}']:.0f}" for part in PARTS[1:]),
            f"{row['spf_mean']:.3f}",
        )
        for row in comparison.corpora
    ]
    return Table("Natural corpora, mixed sentences", tuple(lines), _CORPUS_HEADER)


def _place(this: float | None, low: float | None, high: float | None) -> str:
    if this is None or low is None or high is None:
        return ""
    return "below" if this < low else "above" if this > high else "inside"


def _name(key: str) -> tuple[str, str]:
    if key in _NAMES:
        return _NAMES[key]
    name, _, part = key.rpartition(".")
    label, form = _NAMES[name]
    return f"{label}: {_PART_NAMES[part]}", form


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _signed(value: float | None, form: str) -> str:
    return "" if value is None else format(value, f"+{form}")
