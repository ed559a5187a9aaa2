"""What of a text a translation must hold as it is: links, code, placeholders, markup, math, emoji."""

from __future__ import annotations

import re
from functools import lru_cache

from cscl_data.records import Span
from cscl_data.text.emoji import emoji_spans
from cscl_data.text.protected import protected_spans

_NAME = re.compile(r"(?!www\.)(?!\()(?!.*://)(?![^@]+@)(?![^\\]*(?<![A-Za-z]:)\\[A-Za-z(\[])[\w@#~./\\:*+=()-]+")
_WHOLE = re.compile(
    r"<(code|pre|kbd|samp|tt|math|script|style)\b[^<>]{0,200}>.{0,2000}?</\1\s*>"
    r"|\\\(.{1,300}?\\\)|\\\[.{1,2000}?\\\]|\\begin\{(\w{1,20}\*?)\}.{0,2000}?\\end\{\2\}",
    re.DOTALL | re.IGNORECASE,
)
_EDGE = " \t:,;|-–—"


@lru_cache(maxsize=1 << 12)
def hard_spans(text: str) -> tuple[Span, ...]:
    r"""Find the parts of a text that a translation must hold character by character.

    These are URLs, e-mail addresses, placeholders, code in backticks or in `<code>`, markup, math and emoji. Names of
    files and things in programs are not among them: languages rightly differ there.

    Returns:
        Spans in order, apart from each other.

    Example:
        >>> text = r"Run `ls` in src/a.py {n} times \(x+1\) 🎉"
        >>> [text[start:end] for start, end in hard_spans(text)]
        ['`ls`', '{n}', '\\(x+1\\)', '🎉']
    """
    found = [span for span in protected_spans(text) if not _NAME.fullmatch(text, *span)]
    found += emoji_spans(text)
    found += [Span(*match.span()) for match in _WHOLE.finditer(text)]
    apart: list[Span] = []
    for span in sorted(found):
        if apart and span.start < apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return tuple(apart)


def protected_difference(source_text: str, text: str) -> str:
    """Return what was lost, doubled or invented of what `hard_spans` finds; empty if nothing was."""
    must, there = _literals(source_text), _literals(text)
    said = []
    for literal in sorted(must):
        before, after = source_text.count(literal), text.count(literal)
        if before != after:
            said.append(f"{literal!r} came back {after} times instead of {before}")
    said += [f"invented {literal!r}" for literal in sorted(there - must) if literal not in source_text]
    return "; ".join(said)


def has_words(text: str) -> bool:
    """Tell whether there are letters outside of what `hard_spans` finds: something to translate."""
    at = 0
    for start, end in (*hard_spans(text), (len(text), len(text))):
        if any(char.isalpha() for char in text[at:start]):
            return True
        at = end
    return False


def between_edges(text: str) -> Span | None:
    """Return what is left of a sentence without the protected spans at its start and its end.

    Returns:
        The span, or None where a protected span stands in its middle, or where nothing is left.

    Example:
        >>> text = "`ls`: list files. 🎉"
        >>> text[slice(*between_edges(text))], between_edges("Open {file} now")
        ('list files.', None)
    """
    spans = hard_spans(text)
    first, last = 0, len(spans)
    start, end = 0, len(text)
    while first < last and not _has_letters(text[start : spans[first].start]):
        start, first = spans[first].end, first + 1
    while first < last and not _has_letters(text[spans[last - 1].end : end]):
        end, last = spans[last - 1].start, last - 1
    piece = text[start:end]
    if first < last or not _has_letters(piece):
        return None
    cut = _EDGE if start else " \t"
    return Span(start + len(piece) - len(piece.lstrip(cut)), end - len(piece) + len(piece.rstrip()))


def _literals(text: str) -> frozenset[str]:
    return frozenset(text[start:end] for start, end in hard_spans(text))


def _has_letters(text: str) -> bool:
    return any(char.isalpha() for char in text)
