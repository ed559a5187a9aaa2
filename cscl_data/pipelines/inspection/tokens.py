"""`token_cs/1` under inspection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cscl_data.errors import SchemaError
from cscl_data.evaluation.corpus import SwitchingTally
from cscl_data.evaluation.distribution import Distribution
from cscl_data.pipelines.inspection.counts import (
    RATIO_EDGES,
    histogram_values,
    shares,
    summary_values,
    switching_histograms,
    switching_values,
)
from cscl_data.pipelines.inspection.shown import Line, Piece, ShownRow, cut_pieces, plain_line
from cscl_data.pipelines.inspection.words import MIXED_WORD, without_mixed, word_tags
from cscl_data.records import NO_LANGUAGE, Edit, TaggedToken, TokenCsRow, cmi, restore

_CMI_TOLERANCE = 1e-3


class TokenLook:
    """Checks that every row is its matrix sentence outside the edits, and measures its switching."""

    def __init__(self, manifest: Mapping[str, Any], *, by_word: bool = False) -> None:
        self._ratio, self._characters = Distribution(0.001), Distribution(1)
        self.tally, self._by_word = SwitchingTally(), by_word
        self._switched_rows = self._words = self._mixed_words = 0
        self._matrices: Counter[str] = Counter()

    def row_id(self, row: Mapping[str, Any]) -> str:
        """Return the row's id."""
        return str(row["id"])

    def take(self, row: Mapping[str, Any]) -> list[str]:
        """Count a row and return what is wrong with it."""
        made = token_row(row)
        if 0 <= made.switch_ratio <= 1:
            self._ratio.add(made.switch_ratio)
        self._characters.add(len(made.text))
        self._matrices[made.matrix_lang] += 1
        self._switched_rows += any(token.switched for token in made.tokens)
        words = word_tags(made.tokens)
        self._words += len(words) - words.count(NO_LANGUAGE)
        self._mixed_words += words.count(MIXED_WORD)
        self.tally.add(without_mixed(words) if self._by_word else [token.lang for token in made.tokens])
        return token_faults(made)

    def end_shard(self) -> list[str]:
        """Nothing concerns a shard as a whole."""
        return []

    def statistics(self) -> dict[str, Any]:
        """Return ratio, lengths, switching measures and languages."""
        scores = self.tally.scores()
        return {
            "switched_rows": self._switched_rows,
            "by_word": self._by_word,
            "words": self._words,
            "mixed_words": self._mixed_words,
            "switch_ratio": summary_values(self._ratio.summary()),
            "switching": switching_values(scores),
            "characters": summary_values(self._characters.summary()),
            "tokens": summary_values(scores.tokens),
            "matrix_languages": shares(self._matrices),
            "languages_by_tokens": shares(scores.languages),
            "histograms": {
                "switch_ratio": histogram_values(self._ratio, RATIO_EDGES),
                **switching_histograms(self.tally),
            },
        }

    def show(self, rows: Sequence[Mapping[str, Any]]) -> list[ShownRow]:
        """Return rows with the switched tokens marked, each with both sentences below."""
        return [_shown(token_row(row)) for row in rows]


def token_row(row: Mapping[str, Any]) -> TokenCsRow:
    """Build the row from its columns, without checking it."""
    return TokenCsRow(
        tokens=tuple(TaggedToken(**token) for token in row["tokens"]),
        edits=tuple(Edit(**edit) for edit in row["edits"]),
        **{name: value for name, value in row.items() if name not in ("tokens", "edits", "sig")},
    )


def token_faults(row: TokenCsRow) -> list[str]:
    """Return the invariants that a row breaks, as messages.

    The matrix sentence is whichever of `src_text` and `tgt_text` comes back when the edits are undone.
    """
    faults = _number_faults(row)
    sides = ((row.src_text, row.tgt_text), (row.tgt_text, row.src_text))
    restored = [side for side in sides if restore(row.text, row.edits, side[0]) == side[0]]
    if not restored:
        return [*faults, "the text outside the edits is neither src_text nor tgt_text"]
    failures = [_side_fault(row, matrix, embedded) for matrix, embedded in restored]
    return faults if None in failures else [*faults, str(failures[0])]


def _number_faults(row: TokenCsRow) -> list[str]:
    faults = []
    if not 0 <= row.switch_ratio <= 1:
        faults.append(f"switch_ratio {row.switch_ratio} is not between 0 and 1")
    recomputed = cmi(row.tokens)
    if not abs(row.cmi - recomputed) <= _CMI_TOLERANCE:
        faults.append(f"cmi {row.cmi:.4f} is stored, its tokens give {recomputed:.4f}")
    if any(token.switched and _edit_at(row, token) is None for token in row.tokens):
        faults.append("a switched token lies outside the edits")
    return faults


def _side_fault(row: TokenCsRow, matrix: str, embedded: str) -> str | None:
    try:
        row.check(matrix, embedded)
    except SchemaError as error:
        return error.message.removeprefix(f"token_cs row {row.id}: ")
    at = matrix_at = 0
    for edit in row.edits:
        if not (at <= edit.start <= edit.end and matrix_at <= edit.matrix_start <= edit.matrix_end):
            return f"edit {edit.start}-{edit.end} is out of order"
        if row.text[at : edit.start] != matrix[matrix_at : edit.matrix_start]:
            return f"edit {edit.start}-{edit.end} names other matrix words than it replaced"
        at, matrix_at = edit.end, edit.matrix_end
    return None if at <= len(row.text) and matrix_at <= len(matrix) else "an edit lies outside the text"


def _edit_at(row: TokenCsRow, token: TaggedToken) -> Edit | None:
    return next((edit for edit in row.edits if edit.start <= token.start and token.end <= edit.end), None)


def _shown(row: TokenCsRow) -> ShownRow:
    matrix, other = row.src_text, row.tgt_text
    if restore(row.text, row.edits, matrix) != matrix:
        matrix, other = other, matrix
    marks: list[tuple[int, int, Piece]] = []
    last: Edit | None = None
    for token in row.tokens:
        edit = _edit_at(row, token) if token.switched else None
        if edit is not None and edit == last:
            start, _, piece = marks.pop()
            marks.append((start, token.end, piece))
        elif edit is not None:
            replaced = matrix[edit.matrix_start : edit.matrix_end]
            marks.append((token.start, token.end, Piece("", token.lang, marked=True, replaced=replaced)))
        else:
            marks.append((token.start, token.end, Piece("", token.lang, marked=token.switched)))
        last = edit
    lines = (
        Line("text", row.matrix_lang, cut_pieces(row.text, marks)),
        plain_line("matrix", row.matrix_lang, matrix),
        plain_line("embedded", row.embedded_lang, other),
    )
    return ShownRow(row.id, {"ratio": f"{row.switch_ratio:.2f}", "CMI": f"{row.cmi:.1f}"}, lines)
