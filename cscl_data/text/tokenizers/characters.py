"""Tokens for scripts without spaces: written units, or runs of them; other letters stay together in both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from cscl_data.records import Span
from cscl_data.text.clusters import EXTENDERS, MARKS
from cscl_data.text.tokenizers.base import Token

_UNSPACED = (
    "\u0e01-\u0eff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u19e0-\u19ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029"
    "\u3041-\u3096\u309d-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)


@dataclass(frozen=True, slots=True)
class CharacterTokenizer:
    """Cuts Han, kana, Thai, Lao, Khmer and Burmese into written units, Tibetan into syllables.

    A unit is a base character with its marks, stacked consonants and, in Thai and Lao, the vowel written before it.
    Letters and digits of other scripts stay together (`GPT4`); any other character stands alone.
    """

    @property
    def name(self) -> str:
        """Name as it stands in `sig`."""
        return "characters"

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in order."""
        return tuple(Token(match.start(), match.end()) for match in _units().finditer(text))

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the tokens."""
        return tuple(Span(match.start(), match.end()) for match in _units().finditer(text))


@dataclass(frozen=True, slots=True)
class RunTokenizer:
    """Cuts as `CharacterTokenizer` does, with the letters of Han, kana, Thai and so on that touch in one token."""

    @property
    def name(self) -> str:
        """Name as it stands in `sig`."""
        return "runs"

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in order."""
        found: list[Token] = []
        grows = False
        for token in CharacterTokenizer().tokens(text):
            first = text[token.start]
            letter = first.isalpha() and _unspaced().match(first) is not None
            if grows and letter and found[-1].end == token.start:
                found[-1] = found[-1]._replace(end=token.end)
            else:
                found.append(token)
            grows = letter
        return tuple(found)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the tokens."""
        return tuple(Span(token.start, token.end) for token in self.tokens(text))


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}]")


@cache
def _units() -> re.Pattern[str]:
    tail = rf"(?:[\u1039\u17d2]\S|[{MARKS}\u0e33\u0eb3\uff9e\uff9f])*"
    return re.compile(
        rf"[\u0f40-\u0fbc]+"
        rf"|[\u0e40-\u0e44\u0ec0-\u0ec4][\u0e01-\u0eae]{tail}"
        rf"|[{_UNSPACED}]{tail}"
        rf"|(?:(?![{_UNSPACED}])\w(?:[{MARKS}\u200c]|\u200d\S?)*)+(?:(?<=[0-9])[.,:][0-9]+)*"
        rf"|[\U0001f1e6-\U0001f1ff]{{2}}"
        rf"|\S(?:[{EXTENDERS}]|(?<=\u200d)\S)*"
    )
