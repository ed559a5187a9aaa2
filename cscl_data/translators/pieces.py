"""A long or many-line text as pieces that a translation model can take, and whole again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from cscl_data.records import Span
from cscl_data.text.languages import language
from cscl_data.text.sentences import sentence_spans
from cscl_data.translators.tables import cells, escaped, table_spans

_BREAK = re.compile(r"[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_CELL = re.compile(r"[^\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
_LINE_PREFIX = re.compile(r"\s*(?:(?:[-*+•>]|\d{1,3}[.)]|#{1,6}|\[[ xX]\])\s+)*")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_BLOCK = re.compile(
    r"<(pre|code|script|style|math)\b[^<>]{0,200}>.{0,5000}?</\1\s*>|\$\$.{1,2000}?\$\$|\\\[.{1,2000}?\\\]"
    r"|\\begin\{(\w{1,20}\*?)\}.{0,5000}?\\end\{\2\}",
    re.DOTALL | re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;:](?=\s)|[、，；：]")
_GAP = re.compile(r"\s+")
_UNSPACED_END = re.compile(r"[。．！？｡」』）】]\s*$")


def has_letters(text: str) -> bool:
    """Tell whether there is anything to translate: numbers, rules and emoji alone are left as they are."""
    return any(char.isalpha() for char in text)


def translatable_spans(text: str, source: str) -> list[Span]:
    r"""Find the sentences of a text that are to be translated, each alone.

    Line breaks, tabs, indentation, list and heading marks, the pipes of Markdown tables, lines without a letter, and
    what stands in several lines of code (fenced, or in `<pre>`) or of math (`$$`, `\[`, `\begin{}`) lie outside the
    spans and stay as they are.

    Args:
        text: any text.
        source: its language tag.

    Returns:
        Spans in order, without spaces around them; each lies inside one line.

    Example:
        >>> text = "# Notes\n\n- One here. Two there.\n"
        >>> [text[start:end] for start, end in translatable_spans(text, "en")]
        ['Notes', 'One here.', 'Two there.']
    """
    spans: list[Span] = []
    for cell in _cells(text):
        start = cell.start + _prefix_length(text[cell.start : cell.end])
        for sentence in sentence_spans(text[start : cell.end], source):
            span = _trimmed(text, start + sentence[0], start + sentence[1])
            if has_letters(text[span.start : span.end]):
                spans.append(span)
    return spans


def shorten(text: str, spans: Sequence[Span], fits: Callable[[str], bool]) -> list[Span]:
    """Cut sentences that a model cannot take: behind the clause mark nearest to the middle, else at a space.

    Args:
        text: the text.
        spans: sentences in it.
        fits: whether a piece can be sent. A piece that does not fit and has no place to cut stays as it is.

    Example:
        >>> text = "one two, three four"
        >>> [text[s:e] for s, e in shorten(text, [Span(0, 19)], lambda piece: len(piece) < 12)]
        ['one two,', 'three four']
    """
    done: list[Span] = []
    waiting = list(reversed(spans))
    while waiting:
        span = waiting.pop()
        piece = text[span.start : span.end]
        place = None if fits(piece) else _middle(piece)
        if place is None:
            done.append(span)
        else:
            halves = (_trimmed(text, span.start, span.start + place), _trimmed(text, span.start + place, span.end))
            waiting += [half for half in reversed(halves) if half.start < half.end]
    return done


def rebuild(text: str, spans: Sequence[Span], translations: Sequence[str], target: str) -> str:
    """Put translations in the place of spans; everything between them stays as it is.

    Two exceptions: between two sentences of a line, a single space goes where the target language writes none, and
    comes where it writes one and the source did not; and in a cell of a Markdown table a pipe is escaped.

    Raises:
        ValueError: there are not as many translations as spans.
    """
    spaced = language(target).spaced
    tables = table_spans(text)
    out: list[str] = []
    at = 0
    for (start, end), translation in zip(spans, translations, strict=True):
        gap = text[at:start]
        out.append(_joint(gap, out[-1], spaced=spaced) if out and at else gap)
        in_table = any(table.start <= start < table.end for table in tables)
        out.append(escaped(translation) if in_table else translation)
        at = end
    return "".join(out) + text[at:]


def _middle(piece: str) -> int | None:
    for places in (_CLAUSE_END, _GAP):
        ends = [match.end() for match in places.finditer(piece) if match.end() < len(piece)]
        if ends:
            return min(ends, key=lambda end: abs(2 * end - len(piece)))
    return None


def _joint(gap: str, before: str, *, spaced: bool) -> str:
    if gap == "" and spaced:
        return " "
    if gap == " " and not spaced and _UNSPACED_END.search(before):
        return ""
    return gap


def _prefix_length(cell: str) -> int:
    prefix = _LINE_PREFIX.match(cell)
    return prefix.end() if prefix else 0


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))


def _cells(text: str) -> Iterator[Span]:
    """Find what stands between line breaks, tabs and the pipes of tables, outside of code and math of several lines."""
    at = 0
    tables = table_spans(text)
    for start, end in sorted([*_fenced_spans(text), *_block_spans(text), Span(len(text), len(text))]):
        for match in _CELL.finditer(text, at, max(at, start)):
            yield from cells(text, *match.span(), tables)
        at = max(at, end)


def _block_spans(text: str) -> list[Span]:
    found = (Span(*match.span()) for match in _BLOCK.finditer(text))
    return [span for span in found if _BREAK.search(text, *span)]


def _fenced_spans(text: str) -> list[Span]:
    spans: list[Span] = []
    at, opened, fence = 0, -1, ""
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if opened < 0 and mark:
            opened, fence = at, mark.group(1)
        elif opened >= 0 and mark and mark.group(1).startswith(fence) and not line[mark.end() :].strip():
            spans.append(Span(opened, at + len(line)))
            opened = -1
        at += len(line)
    return spans if opened < 0 else [*spans, Span(opened, len(text))]
