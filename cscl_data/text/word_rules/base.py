"""The word as the code-switch generators see it."""

from __future__ import annotations

import re
from typing import NamedTuple

from cscl_data.records import Span
from cscl_data.text.clusters import EXTENDERS
from cscl_data.text.tokenizers.base import Token

CONTENT, FUNCTION, NONE, PROTECTED = "content", "function", "none", "protected"
PROTECTED_POS = "cscl:protected"
"""Tag of the piece that stands for a protected span."""

_MEASURE = re.compile(r"[+\-−±~]?[$€£¥₩]?\d[\d.,:/\-–−×]*(?:[^\W\d_]{1,3}|[%‰°′″])?")
_LETTERS = rf"\w[\w{EXTENDERS}]*"
_PART = re.compile(rf"{_LETTERS}(?:[-'’]{_LETTERS})*|[^\w\s](?:[{EXTENDERS}]|(?<=\u200d)\S)*")


class Word(NamedTuple):
    """One word: `text[start:end]`, 0-based code points.

    `stem_end` is where a Korean tail begins (particles, the copula, 하다): `text[stem_end:end]` stays when the stem is
    replaced; it equals `end` where there is no tail. `kind` is `content`, `function`, `none` (punctuation, digits,
    symbols, emoji: language `zxx`) or `protected` (never touched). `name` marks proper nouns.
    """

    start: int
    end: int
    stem_end: int
    kind: str
    name: bool = False


def mask(text: str, tokens: tuple[Token, ...], spans: tuple[Span, ...]) -> list[Token]:
    """Put one piece for each protected span in the place of the tokens there.

    What sticks out of it stays, cut at its punctuation: a link's text must not keep the bracket that held it.
    """
    if not spans:
        return list(tokens)
    out = [Token(start, end, PROTECTED_POS) for start, end in spans]
    i = 0
    for token in tokens:
        at = token.start
        while i < len(spans) and spans[i].end <= at:
            i += 1
        k = i
        while at < token.end:
            if k == len(spans) or spans[k].start >= token.end:
                out.extend([token] if at == token.start else _parts(text, token, at, token.end))
                break
            if spans[k].start > at:
                out.extend(_parts(text, token, at, spans[k].start))
            at = spans[k].end
            k += 1
    return sorted(out, key=lambda piece: piece.start)


def _parts(text: str, token: Token, start: int, end: int) -> list[Token]:
    return [token._replace(start=m.start(), end=m.end()) for m in _PART.finditer(text, start, end)]


def has_letter(text: str) -> bool:
    """Tell whether any character is a letter."""
    return any(char.isalpha() for char in text)


def is_measure(text: str) -> bool:
    """Tell whether the text is a number, perhaps with a short unit or ordinal ending (`12`, `3.5km`, `20th`)."""
    return _MEASURE.fullmatch(text) is not None


def word(start: int, end: int, kind: str) -> Word:
    """Build a word without a tail."""
    return Word(start, end, end, kind)
