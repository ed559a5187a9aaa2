"""Sentences as spans of the raw text; nothing but whitespace lies between them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from cscl_data.records import Span
from cscl_data.text.languages import Language, language
from cscl_data.text.protected import protected_spans

_Test = Callable[[int], bool]

_LINE_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CLOSERS = "\"'”’»)\\]}」』）】〉》〕*_"
_OPENING, _CLOSING = "「『（【〈《〔(“[", "」』）】〉》〕)”]"
_WEAK = ".!?…‼⁇⁈⁉;\u037e"
_QUOTED_ON = re.compile(r"[とっのはがをもにでやか、，,]|이?라[고는며]|하[고며는]")
_WINDOW = 80
_HANGUL_END = re.compile(r"[다요까죠네음임함됨]\.[\"'”’)]*(?=[가-힣])")
_INITIALS = re.compile(r"(?:^|(?<=[\s(\[\"“'-]))(?:[^\W\d_]\.)*[^\W\d_]$")
_DOTTED_DATE = re.compile(r"\b\d{4}\.\s*\d{1,2}\.\s*\d{1,2}$")
_LIST_NUMBER = re.compile(r"\s*(?:[-*•#>]\s*)*(?:\d{1,3}|[ivxIVX]{1,4}|[A-Za-z])$")


@dataclass(frozen=True, slots=True)
class _Abbreviations:
    never: frozenset[str]
    before_numbers: frozenset[str]
    maybe: frozenset[str]
    starters: frozenset[str]


def sentence_spans(text: str, lang: str) -> tuple[Span, ...]:
    """Cut a text into sentences.

    Line breaks always end one. Within a line a sentence ends behind a mark of the language (with the quotes and
    brackets that close there), but not inside a protected span or an open bracket, nor behind abbreviations, initials,
    list numbers and decimals. Latin marks need a space and a following word without a small initial; CJK and other
    scripts' marks need neither. The rules are our own.

    Args:
        text: any text; hard-wrapped lines should be joined first.
        lang: a language tag.

    Returns:
        Spans in order, without whitespace at their ends; every non-whitespace code point is in exactly one.

    Raises:
        ConfigError: the tag is malformed.

    Example:
        >>> ["Mr. Kim came. He left."[s:e] for s, e in sentence_spans("Mr. Kim came. He left.", "en")]
        ['Mr. Kim came.', 'He left.']
    """
    entry = language(lang)
    protected = protected_spans(text)
    starts = [span.start for span in protected]

    def inside(position: int) -> bool:
        k = bisect_right(starts, position) - 1
        return k >= 0 and position < protected[k].end

    spans: list[Span] = []
    at = 0
    for end in _line_ends(text, inside):
        for cut in (*_cuts(text, at, end, entry, inside), end):
            low, high = _trimmed(text, at, cut)
            if low < high:
                spans.append(Span(low, high))
            at = cut
    return tuple(spans)


def _line_ends(text: str, inside: _Test) -> Iterator[int]:
    for match in _LINE_BREAK.finditer(text):
        if not inside(match.start()):
            yield match.end()
    yield len(text)


def _cuts(text: str, start: int, end: int, lang: Language, inside: _Test) -> Iterator[int]:
    line = text[start:end]
    depths = _depths(line)
    for match in _marks(lang.sentence_ends).finditer(line):
        if inside(start + match.start()) or match.end() == len(line):
            continue
        last = match.end() - 1
        if depths is not None and depths[last]:
            continue
        if _ends(line, match, lang):
            yield start + match.end()


def _depths(line: str) -> list[int] | None:
    """Count the brackets open behind each character; None where they do not match."""
    depth, depths = 0, []
    for char in line:
        depth += (char in _OPENING) - (char in _CLOSING)
        if depth < 0:
            return None
        depths.append(depth)
    return None if depth else depths


def _ends(line: str, match: re.Match[str], lang: Language) -> bool:
    marks, closers = match["marks"], match["closers"]
    following = line[match.end() : match.end() + _WINDOW].lstrip()
    spaced = line[match.end()].isspace()
    if any(mark not in _WEAK for mark in marks):
        if marks[-1] == "．" and line[match.start() - 1 : match.start()].isdigit() and following[:1].isdigit():
            return False
        return not (closers and not spaced and _QUOTED_ON.match(following))
    if not spaced:
        return _HANGUL_END.match(line, match.start() - 1) is not None if match.start() else False
    if not following:
        return False
    first = following.lstrip("\"'“‘«([{*_¿¡「『")[:1]
    if first.islower():
        return False
    if closers and lang.primary == "ko" and _QUOTED_ON.match(following):
        return False
    return marks != "." or _dot_ends(line, match.start(), following, first, lang)


def _dot_ends(line: str, dot: int, following: str, first: str, lang: Language) -> bool:
    before = line[max(0, dot - _WINDOW) : dot]
    if (dot < _WINDOW and _LIST_NUMBER.fullmatch(before)) or (before[-1:].isdigit() and first.isdigit()):
        return False
    if lang.primary == "ko" and _DOTTED_DATE.search(before):
        return False
    word = before.rsplit(None, 1)[-1].lstrip("\"'“‘(").lower() if before.strip() else ""
    lists = _abbreviations(lang.primary)
    if word in lists.never:
        return False
    if word in lists.before_numbers:
        return not first.isdigit()
    if word in lists.maybe or (lang.cased and _INITIALS.search(before)):
        return re.split(r"\W", following, maxsplit=1)[0] in lists.starters and not (len(word) == 1 and word != "i")
    return True


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


@cache
def _marks(ends: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<marks>[{re.escape(ends + '。！？｡')}]+)(?P<closers>[{_CLOSERS}]*)")


@cache
def _abbreviations(primary: str) -> _Abbreviations:
    raw = yaml.safe_load(files("cscl_data.assets").joinpath("abbreviations.yaml").read_text(encoding="utf-8"))
    never = raw["never"]["all"] + " " + raw["never"].get(primary, "")
    return _Abbreviations(
        *(frozenset(x.split()) for x in (never, raw["before_numbers"], raw["maybe"], raw["starters"]))
    )
