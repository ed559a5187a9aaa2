"""What makes every tokenizer lossless: gaps become tokens, whitespace never does, long texts are cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cscl_data.records import Span
from cscl_data.text.clusters import is_inside_cluster
from cscl_data.text.tokenizers.base import Token

_NONSPACE = re.compile(r"\S+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def covering(text: str, tokens: Iterable[Token]) -> tuple[Token, ...]:
    """Make tokens cover every non-whitespace code point exactly once.

    Args:
        text: the raw text.
        tokens: in order of their starts; they may leave gaps, hold whitespace, overlap or pass the end.

    Returns:
        The tokens, cut where they held whitespace or overlapped, with every run of characters that none of them
        covered as a token of its own (no part of speech, no lemma). Where a cut parts a letter from its marks, or an
        emoji, the token before it takes them.
    """
    out: list[Token] = []
    at, n = 0, len(text)
    for token in tokens:
        start, end = token[0], token[1]
        if start < at or end > n:
            start, end = max(start, at), min(end, n)
        if start >= end:
            continue
        if start > at and not text[at:start].isspace():
            out.extend(Token(*span) for span in nonspace_runs(text, at, start))
        pieces = text[start:end].split()
        if len(pieces) == 1 and len(pieces[0]) == end - start:
            out.append(token if start == token[0] and end == token[1] else token._replace(start=start, end=end))
        else:
            out.extend(token._replace(start=s, end=e) for s, e in nonspace_runs(text, start, end))
        at = end
    if at < n:
        out.extend(Token(*span) for span in nonspace_runs(text, at, n))
    return tuple(out if text.isascii() else with_whole_clusters(text, out))


def with_whole_clusters(text: str, tokens: list[Token]) -> list[Token]:
    """Let every token have the marks and joiners that combine with its last character."""
    out: list[Token] = []
    for token in tokens:
        start = token.start
        if out and out[-1].end == start:
            while start < token.end and is_inside_cluster(text, start):
                start += 1
            if start > token.start:
                out[-1] = out[-1]._replace(end=start)
                token = token._replace(start=start)
        if start < token.end:
            out.append(token)
    return out


def nonspace_runs(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the runs without whitespace inside `text[start:end]`."""
    for match in _NONSPACE.finditer(text, start, len(text) if end is None else end):
        yield Span(match.start(), match.end())


def encodable(text: str) -> str:
    """Replace lone surrogates, which no analyser takes, by U+FFFD; the length stays."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def pieces(text: str, max_chars: int) -> Iterator[Span]:
    """Cut a text into pieces of at most `max_chars` code points that tile it.

    A piece ends behind a line break, else behind a sentence mark or whitespace, else before a character that does not
    combine with the one before it, else at the limit.
    """
    start, n = 0, len(text)
    while n - start > max_chars:
        end = _cut(text, start, start + max_chars)
        yield Span(start, end)
        start = end
    if start < n:
        yield Span(start, n)


def _cut(text: str, start: int, limit: int) -> int:
    middle = start + (limit - start) // 2
    for marks in ("\n", "。！？", " \u3000", None):
        for end in range(limit, middle, -1):
            last = text[end - 1]
            if last.isspace() if marks is None else last in marks:
                return end
    for end in range(limit, max(middle, limit - 64), -1):
        if not is_inside_cluster(text, end):
            return end
    return limit
