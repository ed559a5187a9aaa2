"""A row as it is shown: its text cut into pieces, each with its language, and what stood there before."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple


class Piece(NamedTuple):
    """A stretch of text: its language (empty for none), whether it stands out, and the words it replaced."""

    text: str
    lang: str = ""
    marked: bool = False
    replaced: str = ""


class Line(NamedTuple):
    """One text of a row under a label (`text`, `source`, `prompt`, ...)."""

    label: str
    lang: str
    pieces: tuple[Piece, ...]


class FieldRow(NamedTuple):
    """One translated field: its path, and its texts; a text that is not at hand is None."""

    field: str
    source: str | None
    translated: str
    reference: str | None


class ShownRow(NamedTuple):
    """One row: id, a few facts about it, its texts, and for a translated record its fields."""

    id: str
    facts: dict[str, str]
    lines: tuple[Line, ...] = ()
    fields: tuple[FieldRow, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        lines = [
            {"label": line.label, "lang": line.lang, "pieces": [piece._asdict() for piece in line.pieces]}
            for line in self.lines
        ]
        return {"id": self.id, "facts": self.facts, "lines": lines, "fields": [row._asdict() for row in self.fields]}


class ShownReject(NamedTuple):
    """One reject: its id, reason and detail, and the input row as JSON text (cut)."""

    id: str
    reason: str
    detail: str
    row: str


def plain_line(label: str, lang: str, text: str) -> Line:
    """Return a line that nothing stands out in."""
    return Line(label, lang, (Piece(text, lang),))


def cut_pieces(text: str, marks: Sequence[tuple[int, int, Piece]]) -> tuple[Piece, ...]:
    """Cut a text at marked stretches; what lies between them becomes pieces without language.

    Args:
        text: the whole text.
        marks: (start, end, piece) in order and disjoint, 0-based half-open; a piece's own text is replaced by the
            slice. Stretches out of order or outside the text are left out.
    """
    pieces: list[Piece] = []
    at = 0
    for start, end, piece in marks:
        if not at <= start < end <= len(text):
            continue
        if at < start:
            pieces.append(Piece(text[at:start]))
        pieces.append(piece._replace(text=text[start:end]))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)


def visible(text: str, *, keep_breaks: bool = False) -> str:
    r"""Spell out what would act on a terminal or a page instead of being seen: controls and direction marks.

    Args:
        text: any text.
        keep_breaks: leave line breaks and tabs as they are.

    Example:
        >>> visible("a\x1b[31mb")
        'a\\x1b[31mb'
    """
    return "".join(_seen(char, keep_breaks) for char in text)


def _seen(char: str, keep_breaks: bool) -> str:
    if keep_breaks and char in "\n\t":
        return char
    if unicodedata.category(char) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(char) in _DIRECTING:
        return char.encode("unicode_escape").decode("ascii")
    return char


_DIRECTING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
