"""Blocks of a Markdown document, as far as a translation keeps them.

Front matter, fenced and indented code, HTML, tables, headings, list items, quotations and paragraphs are told apart by
their lines, in the manner of CommonMark. Where it is asked what may be divided, the answer is the careful one: an HTML
element is one block up to its closing tag, blank lines in it or not.

Source:
    commonmark-2024, sections 4 and 5. Deviations: HTML up to the closing tag; containers are not nested, every item and
    every paragraph of a quotation is a block of its own; pipe tables and front matter, which it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from cscl_data.records import Span
from cscl_data.text.blocks import (
    CODE,
    FRONT,
    HEADING,
    HTML,
    ITEM,
    QUOTE,
    ROW,
    RULE,
    TEXT,
    Block,
    Line,
    block_of,
    lines_of,
)

_FENCE = re.compile(r"\s*(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_ATX = re.compile(r" {0,3}(?P<marks>#{1,6})(?:\s|$)")
_UNDERLINE = re.compile(r" {0,3}(?P<mark>=+|-+)\s*$")
_BREAK = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_ITEM = re.compile(r"(?P<indent>\s*)(?P<marker>(?:[-*+•]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)(?=\S)")
_QUOTE = re.compile(r"\s{0,3}(?:>[ \t]?)+")
_DEFINITION = re.compile(r" {0,3}\[[^\]\n]+\]:\s*\S")
_DELIMITERS = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_BLOCK_TAGS = (
    "address article aside base blockquote body caption center col colgroup dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li "
    "link main menu menuitem nav noframes ol optgroup option p param picture pre script search section style "
    "summary svg table tbody td template textarea tfoot th thead title tr track ul video"
).replace(" ", "|")
_TAG = re.compile(rf"\s{{0,3}}<(?:(?P<comment>!--)|/?(?P<name>{_BLOCK_TAGS})(?=[\s/>]|$))", re.IGNORECASE)
_LONE_TAG = re.compile(r"\s{0,3}</?(?P<name>[A-Za-z][\w-]*)(?:\s[^<>]*)?>\s*$")
_FRONT = ("---", "+++")


def markdown_blocks(text: str) -> list[Block]:
    r"""Return the blocks of a document in order; every character that is no white space lies in one.

    Example:
        >>> [(block.kind, "# A\n\n* b\n"[block.start : block.end]) for block in markdown_blocks("# A\n\n* b\n")]
        [('heading1', '# A'), ('item', '* b')]
    """
    return _Reader(text).blocks()


class _Reader:
    """Reads a document line by line; each reader of a kind of block returns the number of the line behind it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = lines_of(text)
        self._found: list[Block] = []
        self._in_list = False
        self._readers: tuple[Callable[[int], int | None], ...] = (
            self._code,
            self._html,
            self._heading,
            self._rule,
            self._table,
            self._quote,
            self._item,
            self._indented,
        )

    def blocks(self) -> list[Block]:
        k = self._front()
        while k < len(self._lines):
            if self._lines[k].is_blank:
                k += 1
                continue
            k = next((after for after in (read(k) for read in self._readers) if after is not None), None) or (
                self._paragraph(k)
            )
        return self._found

    def _add(self, first: int, after: int, kind: str, **more: object) -> int:
        self._found.append(block_of(self._text, self._lines[first].start, self._lines[after - 1].end, kind, **more))
        return after

    def _front(self) -> int:
        fence = self._lines[0].text.strip() if self._lines else ""
        if fence in _FRONT:
            for k in range(1, len(self._lines)):
                if self._lines[k].text.strip() == fence:
                    return self._add(0, k + 1, FRONT)
        return 0

    def _code(self, k: int) -> int | None:
        match = _FENCE.match(self._lines[k].text)
        if match is None:
            return None
        fence = match["fence"]
        for after in range(k + 1, len(self._lines)):
            line = self._lines[after].text.strip()
            if len(line) >= len(fence) and not line.strip(fence[0]):
                return self._add(k, after + 1, CODE)
        return self._add(k, len(self._lines), CODE)

    def _html(self, k: int) -> int | None:
        line = self._lines[k].text
        match = _TAG.match(line) or _LONE_TAG.match(line)
        if match is None:
            return None
        if match.groupdict().get("comment"):
            until = next((x for x in range(k, len(self._lines)) if "-->" in self._lines[x].text), len(self._lines) - 1)
            return self._add(k, until + 1, HTML)
        tag = re.compile(rf"<(?P<close>/)?{re.escape(match['name'])}(?=[\s/>]|$)", re.IGNORECASE)
        depth = 0
        for x in range(k, len(self._lines)):
            for found in tag.finditer(self._lines[x].text):
                depth += -1 if found["close"] else 1
            if depth <= 0:
                return self._add(k, x + 1, HTML)
        return self._add(k, self._up_to_blank(k), HTML)

    def _up_to_blank(self, k: int) -> int:
        return next((x for x in range(k, len(self._lines)) if self._lines[x].is_blank), len(self._lines))

    def _heading(self, k: int) -> int | None:
        match = _ATX.match(self._lines[k].text)
        if match is None:
            return None
        self._in_list = False
        return self._add(k, k + 1, f"{HEADING}{len(match['marks'])}")

    def _rule(self, k: int) -> int | None:
        line = self._lines[k].text
        return self._add(k, k + 1, RULE) if _BREAK.match(line) or _DEFINITION.match(line) else None

    def _table(self, k: int) -> int | None:
        lines = self._lines
        if "|" not in lines[k].text or k + 1 >= len(lines):
            return None
        if "|" not in lines[k + 1].text or _DELIMITERS.match(lines[k + 1].text) is None:
            return None
        self._add(k, k + 2, ROW)
        after = k + 2
        while after < len(lines) and "|" in lines[after].text:
            after = self._add(after, after + 1, ROW)
        return after

    def _quote(self, k: int) -> int | None:
        if _QUOTE.match(self._lines[k].text) is None:
            return None
        markers: list[Span] = []
        after = first = k
        filled = False
        while after < len(self._lines):
            line = self._lines[after]
            match = _QUOTE.match(line.text)
            if match is None:
                break
            rest = line.text[match.end() :]
            item = _ITEM.match(rest)
            if filled and (item or not rest.strip()):
                break
            markers.append(Span(line.start, line.start + match.end() + (item.end() if item else 0)))
            filled = filled or bool(rest.strip())
            after += 1
        return self._add(first, after, QUOTE, markers=tuple(markers), breaks=self._hard_breaks(first, after))

    def _item(self, k: int) -> int | None:
        line = self._lines[k]
        match = _ITEM.match(line.text)
        if match is None or (len(match["indent"]) > 3 and not self._in_list):
            return None
        self._in_list = True
        after = self._paragraph_end(k + 1)
        marker = Span(line.start + match.start("marker"), line.start + match.end("marker"))
        return self._add(k, after, ITEM, markers=(marker,), breaks=self._hard_breaks(k, after))

    def _indented(self, k: int) -> int | None:
        if self._in_list or not _is_indented(self._lines[k]):
            return None
        after = k
        for x in range(k, len(self._lines)):
            if not self._lines[x].is_blank:
                if not _is_indented(self._lines[x]):
                    break
                after = x + 1
        return self._add(k, after, CODE)

    def _paragraph(self, k: int) -> int:
        after = self._paragraph_end(k + 1)
        underline = _UNDERLINE.match(self._lines[after].text) if after < len(self._lines) else None
        if underline:
            self._in_list = False
            return self._add(k, after + 1, f"{HEADING}{1 if underline['mark'][0] == '=' else 2}")
        belongs = self._in_list and self._lines[k].text[:2].isspace()
        self._in_list = belongs
        return self._add(k, after, ITEM if belongs else TEXT, breaks=self._hard_breaks(k, after))

    def _paragraph_end(self, k: int) -> int:
        """Return the number of the first line from k on that is blank or begins another block."""
        while k < len(self._lines):
            line = self._lines[k].text
            item = _ITEM.match(line)
            if (
                self._lines[k].is_blank
                or _ATX.match(line)
                or _FENCE.match(line)
                or _TAG.match(line)
                or _BREAK.match(line)
                or _UNDERLINE.match(line)
                or _QUOTE.match(line)
                or (item and (self._in_list or item["marker"][0] in "-*+•" or item["marker"].startswith(("1.", "1)"))))
            ):
                return k
            k += 1
        return k

    def _hard_breaks(self, first: int, after: int) -> frozenset[int]:
        """Return where lines end that two spaces or a backslash break."""
        lines = self._lines[first : after - 1]
        return frozenset(line.end for line in lines if line.text.endswith(("  ", "\\")))


def _is_indented(line: Line) -> bool:
    return line.text.startswith(("    ", "\t"))
