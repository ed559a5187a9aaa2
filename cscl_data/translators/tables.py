r"""Markdown tables in a text: where they stand, and their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cscl_data.records import Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|[\r\n]|$)")
_DASHES = r"[ \t]*+:?-++:?[ \t]*+"
_RULE = re.compile(rf"[ \t>]*+\|?{_DASHES}(?:\|{_DASHES})*+\|?\s*+")  # never tries again: lines may be very long
_CELL = re.compile(r"(?:\\.|[^|\\])+")
_PIPE = re.compile(r"(\\.)|\|")


def table_spans(text: str) -> list[Span]:
    r"""Find the tables of a text: a row, a rule of dashes below it, and the rows that follow; all have pipes.

    Source:
        GitHub Flavored Markdown, 4.10 Tables (https://github.github.com/gfm/#tables-extension-). Deviations: the number
        of cells is not compared, and a row without a pipe ends the table.

    Example:
        >>> text = "See:\n| a | b |\n|---|---|\n| c | d |\nEnd."
        >>> [text[start:end] for start, end in table_spans(text)]
        ['| a | b |\n|---|---|\n| c | d |\n']
    """
    if "|" not in text:
        return []
    lines = [Span(*match.span()) for match in _LINE.finditer(text)]
    rows = ["|" in text[start:end] for start, end in lines]
    found: list[Span] = []
    at = 1
    while at < len(lines):
        if rows[at - 1] and rows[at] and _RULE.fullmatch(text, *lines[at]):
            last = at
            while last + 1 < len(lines) and rows[last + 1]:
                last += 1
            found.append(Span(lines[at - 1].start, lines[last].end))
            at = last
        at += 1
    return found


def cells(text: str, start: int, end: int, tables: Sequence[Span]) -> Iterator[Span]:
    """Yield the cells of a part of a line that stands in one of some tables; else the part as it is."""
    if any(table.start <= start < table.end for table in tables):
        yield from (Span(*match.span()) for match in _CELL.finditer(text, start, end))
    else:
        yield Span(start, end)


def escaped(cell: str) -> str:
    r"""Return the text of a cell with the pipes escaped that would end it.

    Example:
        >>> print(escaped(r"one | two \| three"))
        one \| two \| three
    """
    return _PIPE.sub(lambda match: match[1] or r"\|", cell)
