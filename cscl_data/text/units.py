"""The units of a document: its sentences, and its blocks that are never divided, as spans of the raw text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cscl_data.errors import unknown_name
from cscl_data.records import Span
from cscl_data.text.blocks import DIVIDED, Block, plain_blocks
from cscl_data.text.markdown import markdown_blocks
from cscl_data.text.protected import protected_spans
from cscl_data.text.sentences import sentence_spans

VERSION = 1
"""Raised when other units are found in the same text."""
PLAIN = "text"
MARKUPS = (PLAIN, "markdown")
_EMPHASIS = re.compile(
    r"(?P<two>\*\*|(?<!\w)__(?=\S)|(?<=\S)__(?!\w))|(?P<one>(?<!\*)\*(?=[^\s*])|(?<=[^\s*])\*(?!\*))"
    r"|(?P<low>(?<![\w_])_(?=[^\s_])|(?<=[^\s_])_(?![\w_]))"
)
_BREAKS = re.compile(r"\r\n|[\r\n]")


class Unit(NamedTuple):
    """`text[start:end]` of a document: a sentence, or a block that is never divided.

    `kind` is that of its block (`blocks`), `block` the block's number from 0.
    """

    start: int
    end: int
    kind: str
    block: int


def document_units(text: str, lang: str, markup: str = PLAIN) -> tuple[Unit, ...]:
    r"""Divide a document into units; white space alone lies between them, so that nothing is lost.

    Paragraphs, list items and quotations are divided into sentences, across the line breaks that wrap them; the mark
    of an item or a quotation goes with the sentence behind it. Headings, rows of tables, code, HTML and front matter
    are one unit each. No emphasis is divided, and marks without a letter or digit are no sentence.

    Args:
        text: the document.
        lang: its language tag.
        markup: `text` or `markdown`.

    Raises:
        ConfigError: the tag is malformed, or there is no such markup.

    Example:
        >>> text = "# Hi\n\n* One. Two\n  lines."
        >>> [text[unit.start : unit.end] for unit in document_units(text, "en", "markdown")]
        ['# Hi', '* One.', 'Two\n  lines.']
    """
    if markup not in MARKUPS:
        raise unknown_name("markup", markup, MARKUPS)
    blocks = markdown_blocks(text) if markup == "markdown" else plain_blocks(text)
    units: list[Unit] = []
    for number, block in enumerate(blocks):
        spans = _sentences(text, block, lang, markup) if block.kind in DIVIDED else [Span(block.start, block.end)]
        units += [Unit(start, end, block.kind, number) for start, end in spans]
    return tuple(units)


def _sentences(text: str, block: Block, lang: str, markup: str) -> list[Span]:
    """Return the sentences of a block; together they cover all of it but white space."""
    plain = _without_structure(text, block)
    spans = [Span(block.start + start, block.start + end) for start, end in sentence_spans(plain, lang)]
    whole = _emphasised(text, block) if markup == "markdown" else []
    joined: list[Span] = []
    for span in spans:
        inside = bool(joined) and any(start < span.start < end for start, end in whole)
        if joined and (inside or not _says_something(text, span) or not _says_something(text, joined[-1])):
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return list(_covering(text, block, joined)) if joined else [Span(block.start, block.end)]


def _without_structure(text: str, block: Block) -> str:
    """Return the block's text with spaces in the place of its marks and of the line breaks that wrap it."""
    piece = list(text[block.start : block.end])
    for start, end in block.markers:
        for k in range(max(start, block.start), min(end, block.end)):
            piece[k - block.start] = " "
    for match in _BREAKS.finditer(text, block.start, block.end):
        if match.start() not in block.breaks:
            piece[match.start() - block.start : match.end() - block.start] = " " * len(match[0])
    return "".join(piece)


def _emphasised(text: str, block: Block) -> list[Span]:
    """Return the stretches between marks of emphasis that come in pairs; one that does not says nothing."""
    piece = text[block.start : block.end]
    skipped = [(s - block.start, e - block.start) for s, e in block.markers] + list(protected_spans(piece))
    found: dict[str, list[int]] = {}
    for match in _EMPHASIS.finditer(piece):
        if (
            not any(start < match.start() < end - 1 for start, end in skipped)
            and piece[match.start() - 1 : match.start()] != "\\"
        ):
            found.setdefault(str(match.lastgroup), []).append(block.start + match.start())
    return [
        Span(start, end)
        for places in found.values()
        if len(places) % 2 == 0
        for start, end in zip(places[::2], places[1::2], strict=True)
    ]


def _says_something(text: str, span: Span) -> bool:
    return any(char.isalnum() for char in text[span.start : span.end])


def _covering(text: str, block: Block, spans: Sequence[Span]) -> Iterator[Span]:
    """Give each sentence the marks of structure that stand before it, and the last one those behind it."""
    at = block.start
    for k, span in enumerate(spans):
        end = span.end if k < len(spans) - 1 else block.end
        gap = text[at : span.start]
        yield Span(at + len(gap) - len(gap.lstrip()), end)
        at = end
