"""Korean morphemes by mecab-ko, and what every Korean analyser shares with it."""

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

MAX_CHARS = 4_000
"""How much of a text an analyser gets at once (our default)."""
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
INFLECTING = frozenset({"VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA"})
"""Tags of morphemes that have a dictionary form in 다."""
_TAGGERS = ("mecab", "kiwi")


def has_korean_tags(tokenizer: str) -> bool:
    """Tell whether a tokenizer of this name gives Korean morphemes in the tags of mecab-ko."""
    return tokenizer.startswith(_TAGGERS)


def readable(text: str) -> str:
    """Put a space for control characters and lone surrogates, which no analyser takes; the length stays."""
    return _UNREADABLE.sub(" ", text)


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
        view = readable(composed)
        parse = _load().parse
        found: list[Token] = []
        for start, end in pieces(view, MAX_CHARS):
            for morpheme in parse(view[start:end]):
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
    if pos.split("+", 1)[0] not in INFLECTING:
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
