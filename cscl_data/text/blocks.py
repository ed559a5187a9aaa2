"""Blocks of a document: paragraphs, headings, list items, code; plain text here, Markdown in `markdown`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from cscl_data.records import Span

TEXT, ITEM, QUOTE, HEADING, CODE, HTML, FRONT, ROW, RULE = (
    "text",
    "item",
    "quote",
    "heading",
    "code",
    "html",
    "front",
    "row",
    "rule",
)
"""Kinds of blocks; a heading has its level behind its name: `heading2`."""
DIVIDED = frozenset({TEXT, ITEM, QUOTE})
"""Kinds that are divided into sentences; every other block is one unit."""

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
WIDEST_WRAPPED = 120
"""Columns beyond which lines are paragraphs, not wrapped text. Our default."""
FULL_FROM = 0.6
"""Share of the usual width from which on a line was broken for want of room. Our default."""


class Line(NamedTuple):
    """A line of a document: its text without the break, where it starts, and where the next one does."""

    text: str
    start: int
    next: int

    @property
    def end(self) -> int:
        """Where its text ends."""
        return self.start + len(self.text)

    @property
    def is_blank(self) -> bool:
        """Whether it holds nothing but white space."""
        return not self.text.strip()


class Block(NamedTuple):
    """A stretch of a document; white space alone lies between two of them.

    Attributes:
        start: where it starts, white space before it left out.
        end: where it ends, white space behind it left out.
        kind: one of the kinds above.
        markers: what in it is structure and no text: `*` before an item, `>` before each line of a quotation.
        breaks: line breaks in it that divide sentences, as where they start; others only wrap the text.
    """

    start: int
    end: int
    kind: str = TEXT
    markers: tuple[Span, ...] = ()
    breaks: frozenset[int] = frozenset()


def lines_of(text: str) -> list[Line]:
    r"""Return the lines of a text; `\r\n`, `\r` and `\n` end one."""
    return [Line(m[1], m.start(), m.end()) for m in _LINE.finditer(text) if m[0] or m.start() < len(text)]


def block_of(text: str, start: int, end: int, kind: str = TEXT, **more: object) -> Block:
    """Return the block between two places, without the white space at its ends."""
    piece = text[start:end]
    return Block(
        start + len(piece) - len(piece.lstrip()),
        end - len(piece) + len(piece.rstrip()),
        kind,
        **more,  # type: ignore[arg-type]
    )


def plain_blocks(text: str) -> list[Block]:
    """Return the paragraphs of plain text: what stands between blank lines, or between the lines of unwrapped text.

    A line break wraps a paragraph if the lines of the document are at most `WIDEST_WRAPPED` columns wide and this one
    is nearly full; else it ends the paragraph. Our default.
    """
    lines = lines_of(text)
    usual = _usual_width(lines)
    blocks: list[Block] = []
    start: int | None = None
    for k, line in enumerate(lines):
        if line.is_blank:
            continue
        if start is None:
            start = line.start
        goes_on = k + 1 < len(lines) and not lines[k + 1].is_blank
        if not (goes_on and usual <= WIDEST_WRAPPED and _width(line.text) >= FULL_FROM * usual):
            blocks.append(block_of(text, start, line.end))
            start = None
    return blocks


def _usual_width(lines: Sequence[Line]) -> float:
    """Return the width that nearly all lines keep within; of a text that is not wrapped it is too wide to be one."""
    widths = sorted(_width(line.text) for line in lines if not line.is_blank)
    return widths[int(0.95 * len(widths))] if widths else 0.0


def _width(text: str) -> int:
    """Return the columns of a line; wide characters take two."""
    return len(text) + sum(unicodedata.east_asian_width(char) in "WF" for char in text if char > "\u10ff")
