"""Korean morphemes by mecab-ko."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from cscl_data.errors import missing_package
from cscl_data.records import Span
from cscl_data.text.normal import nfc_view
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.cover import covering, pieces

_MAX_CHARS = 4_000
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_INFLECTING = frozenset({"VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA"})


@dataclass(frozen=True, slots=True)
class MecabTokenizer:
    """Cuts Korean into morphemes with their tags; a compound noun or a contracted form stays one token.

    The analyser reads a composed view without control characters (it would stop at NUL and know no decomposed
    Hangul); the spans are those of the raw text. `pos` is mecab-ko's tag, joined by `+` for contracted forms
    (`VV+EP`); `lemma` is the dictionary form of a verb, adjective or verbal suffix, and empty for others.
    """

    @property
    def name(self) -> str:
        """Name as it stands in `sig`."""
        return "mecab-ko"

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the morphemes in order."""
        composed, offsets = nfc_view(text)
        readable = _UNREADABLE.sub(" ", composed)
        parse = _load().parse
        found: list[Token] = []
        for start, end in pieces(readable, _MAX_CHARS):
            for morpheme in parse(readable[start:end]):
                low, high = morpheme.span
                feature = morpheme.feature
                pos = feature.pos or ""
                lemma = _lemma(morpheme.surface, pos, feature.expression)
                found.append(Token(offsets[start + low], offsets[start + high], pos, lemma))
        return covering(text, found)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the morphemes."""
        return tuple(Span(token.start, token.end) for token in self.tokens(text))


def _lemma(surface: str, pos: str, expression: str | None) -> str:
    if pos.split("+", 1)[0] not in _INFLECTING:
        return ""
    stem = expression.split("/", 1)[0] if expression and "+" in pos else surface
    return f"{stem}다"


@cache
def _load() -> Any:
    try:
        from mecab import MeCab
    except ImportError as error:
        raise missing_package("tokenizer", "mecab", "python-mecab-ko") from error
    return MeCab()
