"""`sentence_cs/1` under inspection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cscl_data.errors import SchemaError
from cscl_data.evaluation.corpus import SwitchingTally
from cscl_data.evaluation.distribution import Distribution
from cscl_data.pipelines.inspection.counts import shares, summary_values, switching_values
from cscl_data.pipelines.inspection.shown import Line, Piece, ShownRow, cut_pieces
from cscl_data.records import Segment, SentenceCsRow

_ROLES = ("text", "translation")


class SentenceLook:
    """Checks that segments stand in order and that neighbours are no translations of each other."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        settings = manifest.get("settings") or {}
        self._base = str(settings.get("src_lang", ""))
        self._made = _of_report(manifest.get("report"))
        self.tally = SwitchingTally()
        self._sentences, self._switches, self._characters = Distribution(1), Distribution(1), Distribution(1)
        self._rows = Distribution(1)
        self._document = ""
        self._open = [0, 0, 0]
        self._modes: Counter[str] = Counter()
        self._by_characters: Counter[str] = Counter()
        self._by_sentences: Counter[str] = Counter()

    def row_id(self, row: Mapping[str, Any]) -> str:
        """Return the row's id."""
        return str(row["id"])

    def take(self, row: Mapping[str, Any]) -> list[str]:
        """Count a row and return what is wrong with it."""
        made = sentence_row(row)
        self.tally.add([segment.lang for segment in made.segments])
        if made.doc_id != self._document:
            self._end_document()
        self._document = made.doc_id
        sentences = sum(segment.role != "translation" for segment in made.segments)
        self._open = [a + b for a, b in zip(self._open, (1, sentences, made.n_switches), strict=True)]
        self._characters.add(len(made.text))
        self._modes[made.mode] += 1
        for segment in made.segments:
            self._by_characters[segment.lang] += segment.end - segment.start
            self._by_sentences[segment.lang] += 1
        return sentence_faults(made, row["n_switches"])

    def end_shard(self) -> list[str]:
        """Count the last document; there is nothing wrong with a shard as a whole."""
        self._end_document()
        return []

    def _end_document(self) -> None:
        """Count the rows that were one document; they are neighbours."""
        rows, sentences, switches = self._open
        if rows:
            self._rows.add(rows)
            self._sentences.add(sentences)
            self._switches.add(switches)
        self._open = [0, 0, 0]

    def statistics(self) -> dict[str, Any]:
        """Return document lengths, switches a document, and the languages' shares; a sentence counts as one token.

        Of how they were made, what the job's report says: beads by type, and what stands in another language.
        """
        return {
            "modes": shares(self._modes),
            "rows_per_document": summary_values(self._rows.summary()),
            "sentences_per_document": summary_values(self._sentences.summary()),
            "switches_per_document": summary_values(self._switches.summary()),
            "switching": switching_values(self.tally.scores()),
            "characters": summary_values(self._characters.summary()),
            "languages_by_characters": shares(self._by_characters),
            "languages_by_sentences": shares(self._by_sentences),
            **self._made,
        }

    def show(self, rows: Sequence[Mapping[str, Any]]) -> list[ShownRow]:
        """Return documents with the sentences in the second language marked."""
        return [_shown(sentence_row(row), self._base) for row in rows]


def sentence_row(row: Mapping[str, Any]) -> SentenceCsRow:
    """Build the row from its columns, without checking it."""
    return SentenceCsRow(
        id=row["id"],
        doc_id=row["doc_id"],
        text=row["text"],
        mode=row["mode"],
        segments=tuple(Segment(**segment) for segment in row["segments"]),
    )


def sentence_faults(row: SentenceCsRow, n_switches: int) -> list[str]:
    """Return the invariants that a row breaks, as messages; `n_switches` is the number stored with it."""
    faults = []
    try:
        row.check()
    except SchemaError as error:
        faults.append(error.message.removeprefix(f"sentence_cs row {row.id}: "))
    if n_switches != row.n_switches:
        faults.append(f"n_switches {n_switches} is stored, its segments give {row.n_switches}")
    unknown = sorted({segment.role for segment in row.segments}.difference(_ROLES))
    if unknown:
        faults.append(f"unknown role of a segment: {', '.join(unknown)}")
    return faults


def _of_report(report: Any) -> dict[str, Any]:
    """Return what rows do not show and a report holds; what is not as it was written is left out."""
    if not isinstance(report, Mapping):
        return {}
    numbers = {name: report[name] for name in ("lacking_a_language", "translated") if isinstance(report.get(name), int)}
    counts = {name: report[name] for name in ("beads", "not_translated") if isinstance(report.get(name), Mapping)}
    return numbers | {
        name: shares(found) for name, found in counts.items() if all(isinstance(count, int) for count in found.values())
    }


def _shown(row: SentenceCsRow, base: str) -> ShownRow:
    langs = [segment.lang for segment in row.segments]
    base = base if base in langs else (langs[0] if langs else "")
    marks = [(s.start, s.end, Piece("", s.lang, marked=s.lang != base)) for s in row.segments]
    facts = {"mode": row.mode, "sentences": str(len(langs)), "switches": str(row.n_switches)}
    return ShownRow(row.id, facts, (Line("text", base, cut_pieces(row.text, marks)),))
