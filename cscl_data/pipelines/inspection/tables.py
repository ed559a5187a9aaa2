"""Statistics as lines of a table: the same words on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from cscl_data.pipelines.inspect import Inspection


class Table(NamedTuple):
    """A titled table: a name and one or more values a line, the values under `header` if there is one."""

    title: str
    lines: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] = ()


_ASKED = {
    "target_cmi": "CMI, mean and deviation,",
    "target_spf": "SPF, mean and deviation,",
    "ratio_range": "switch ratios",
    "ratio": "switch ratio",
}
"""What a run can ask for, by setting: the first one that it has counts."""
_CORPUS_MEASURES = (
    ("switches_per_text", "switches a text (SPAvg)"),
    ("i_index", "I-index, ΣP / Σ(N-1)"),
    ("m_index", "M-index"),
    ("language_entropy", "language entropy, bits"),
    ("corpus_complexity", "C_c, CMI of the corpus"),
)
_POOLED = (
    ("burstiness", "burstiness, all runs"),
    ("memory", "memory, all runs"),
    ("span_entropy", "span entropy, all runs, bits"),
)
_MEANS = (
    ("complexity", "C_u, CMI with switches"),
    ("burstiness", "burstiness (population sd)"),
    ("burstiness_sample", "burstiness (sample sd)"),
    ("memory", "memory (population sd)"),
    ("memory_sample", "memory (sample sd)"),
    ("span_entropy", "span entropy, bits"),
    ("switch_entropy", "switch entropy, bits"),
    ("switch_surprisal", "switch surprisal, bits"),
)
_SWITCHING_SUMMARIES = (
    ("cmi", "CMI, all texts", ".1f"),
    ("cmi_mixed", "CMI, mixed texts", ".1f"),
    ("spf", "SPF, mixed texts", ".3f"),
    ("run_length", "length of a run, mixed texts", ",.0f"),
)
_SUMMARIES = (
    ("switch_ratio", "switch ratio", ".3f"),
    ("tokens", "tokens a row", ",.0f"),
    ("rows_per_document", "rows a document", ",.0f"),
    ("sentences_per_document", "sentences a document", ",.0f"),
    ("switches_per_document", "switches a document", ",.0f"),
    ("characters", "characters a row", ",.0f"),
    ("prompt_characters", "characters of a prompt", ",.0f"),
    ("response_characters", "characters of a response", ",.0f"),
    ("chosen_characters", "characters of a chosen text", ",.0f"),
    ("rejected_characters", "characters of a rejected text", ",.0f"),
    ("links_per_pair", "links a pair", ",.0f"),
    ("link_score", "score of a link", ".3f"),
    ("fields_per_record", "fields a record", ",.0f"),
    ("score", "score of a translation", ".3f"),
    ("qe_encoder", "cosine of source and translation", ".3f"),
    ("qe_backtranslation", "chrF of the round trip", ".1f"),
)
_SHARES = (
    ("modes", "Modes"),
    ("languages_by_tokens", "Languages by tokens"),
    ("tags_not_counted", "Tags not counted as languages"),
    ("matrix_languages", "Matrix languages by rows"),
    ("languages_by_characters", "Languages by characters"),
    ("languages_by_sentences", "Languages by sentences"),
    ("beads", "Beads, by the sentences of both sides"),
    ("not_translated", "Left in the source language"),
    ("languages_by_bytes", "Languages by bytes"),
    ("languages_by_rows", "Languages by rows"),
    ("tokens_used", "Tokens of the budget's tokenizer"),
    ("tokens_left_over", "Tokens left over in the texts"),
    ("skipped", "Skipped pairs"),
    ("status", "Status"),
    ("level", "Level"),
    ("attempts", "Sequences tried"),
    ("fell", "What first tries fell on"),
    ("indicators", "Indicators"),
    ("flags", "Flags"),
)


def tables(inspection: Inspection) -> list[Table]:
    """Return everything countable about a directory."""
    made = [_overview(inspection), _distributions(inspection.statistics), *_switching(inspection.statistics)]
    made += [
        Table(
            title, tuple((name, f"{entry['count']:,}", f"{100 * entry['share']:.1f} %") for name, entry in part.items())
        )
        for key, title in _SHARES
        if (part := inspection.statistics.get(key))
    ]
    made.append(_reversibility(inspection.statistics))
    made.append(_stages(inspection.statistics))
    made.append(Table("Rejects", tuple((k, f"{v:,}") for k, v in inspection.rejects_by_reason.items())))
    made.append(Table("Time of the last run", () if inspection.pace is None else inspection.pace.table()))
    return [table for table in made if table.lines]


def _numbers(value: Any) -> str:
    return ", ".join(f"{number:g}" for number in value) if isinstance(value, list) else f"{value:g}"


def _overview(inspection: Inspection) -> Table:
    statistics, counts = inspection.statistics, inspection.counts
    lines = [("kind", inspection.kind)]
    names = {"rows_in": "input rows", "items": "items", "rows": "rows", "rejects": "rejects"}
    lines += [(names[key], f"{counts[key]:,}") for key in names if key in counts]
    settings = inspection.manifest.get("settings") or {}
    if "switch_ratio" in statistics:
        asked = next((name for name in _ASKED if settings.get(name) is not None), None)
        lines += [(f"{_ASKED[asked]} asked for", _numbers(settings[asked]))] if asked else []
        lines += [("highest risk of a row", _numbers(settings["max_risk"]))] if settings.get("max_risk") else []
    if "repeated_ids" in statistics:
        examples = ", ".join(statistics.get("repeated_id_examples", ()))
        lines.append(("repeated ids", f"{statistics['repeated_ids']:,}" + (f" ({examples})" if examples else "")))
    if "switched_rows" in statistics:
        lines.append(("rows with a switch", _part(statistics["switched_rows"], counts["rows"])))
    for key, name in (("lacking_a_language", "sentences that lack a language"), ("translated", "sentences translated")):
        if key in statistics:
            lines.append((name, f"{statistics[key]:,}"))
    if statistics.get("words"):
        lines.append(("words in two languages", _part(statistics["mixed_words"], statistics["words"])))
        lines.append(("measured", "by words (--by-word)" if statistics["by_word"] else "by tokens"))
    if statistics.get("first_try") is not None:
        lines.append(("held at the first try", f"{100 * statistics['first_try']:.1f} %"))
    for side in ("src", "tgt"):
        if f"{side}_tokens_aligned" in statistics:
            lines.append((f"{side} tokens with a link", f"{100 * statistics[f'{side}_tokens_aligned']:.1f} %"))
    for key in ("steps", "tokens", "parameters", "vocabulary"):
        if inspection.kind == "train" and statistics.get(key) is not None:
            lines.append((key, f"{statistics[key]:,}"))
    return Table("Overview", tuple(lines))


def _switching(statistics: Mapping[str, Any]) -> Iterator[Table]:
    measures = statistics.get("switching")
    if not measures:
        return
    lines = [("mixed texts", _part(measures["mixed"], measures["texts"])), ("switches", f"{measures['switches']:,}")]
    lines += _values(measures, _CORPUS_MEASURES)
    lines += _values(measures["pooled"], _POOLED)
    yield Table("Switching in the corpus", tuple(lines))
    yield Table("Switching in a text, mean of the mixed ones", tuple(_values(measures, _MEANS)))


def _values(measures: Mapping[str, Any], names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, f"{measures[key]:.3f}") for key, name in names if measures.get(key) is not None]


def _distributions(statistics: Mapping[str, Any]) -> Table:
    measures = statistics.get("switching") or {}
    lines = [_spread(name, measures.get(key), form) for key, name, form in _SWITCHING_SUMMARIES]
    lines += [_spread(name, statistics.get(key), form) for key, name, form in _SUMMARIES]
    return Table("Distributions", tuple(filter(None, lines)), ("mean", "25 %", "median", "75 %", "min", "max"))


def _reversibility(statistics: Mapping[str, Any]) -> Table:
    counts = ("tried", "strict", "lenient", "accepted")
    lines = [
        (f"{row.get('indicator')} {row.get('catalyst')}".strip(), f"{row['tried']:,}",
         *(f"{100 * row[key] / max(1, row['tried']):.1f} %" for key in counts[1:]))
        for row in statistics.get("reversibility") or ()
        if all(isinstance(row.get(key), int) for key in counts)
    ]  # fmt: skip
    return Table("Reversible at the first try", tuple(lines), counts)


def _stages(statistics: Mapping[str, Any]) -> Table:
    lines = []
    for stage in statistics.get("stages") or ():
        tokens = "" if stage.get("tokens") is None else f"{stage['tokens']:,}"
        losses = ["" if stage[f"{k}_loss"] is None else f"{stage[f'{k}_loss']:.4f}" for k in ("first", "last", "min")]
        lines.append((str(stage["name"]), tokens, f"{stage['first_step']:,} to {stage['last_step']:,}", *losses))
    return Table("Stages", tuple(lines), ("tokens", "steps", "first loss", "last loss", "lowest"))


def _spread(name: str, summary: Any, form: str) -> tuple[str, ...]:
    """Return a line of the distributions: whole numbers have a mean with one decimal."""
    if not isinstance(summary, Mapping):
        return ()
    keys = ("quartile_1", "median", "quartile_3", "minimum", "maximum")
    mean = format(summary["mean"], ",.1f" if form == ",.0f" else form)
    return (name, mean, *(format(summary[key], form) for key in keys))


def _part(count: float, total: float) -> str:
    return f"{count:,} of {total:,}" + (f" ({100 * count / total:.1f} %)" if total else "")
