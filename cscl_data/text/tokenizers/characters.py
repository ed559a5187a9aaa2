"""Tokens for scripts without spaces: one written unit each, with runs of other letters kept whole."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from cscl_data.records import Span
from cscl_data.text.tokenizers.base import Token

_UNSPACED = (
    "\u0e01-\u0eff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u19e0-\u19ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029"
    "\u3041-\u3096\u309d-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
_MARKED_BLOCKS = ((0x0300, 0x0370), (0x0E00, 0x1100), (0x1780, 0x1800), (0x3099, 0x309B), (0xA9E0, 0xAA80))


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


@cache
def _units() -> re.Pattern[str]:
    marks = "".join(
        chr(code)
        for low, high in _MARKED_BLOCKS
        for code in range(low, high)
        if unicodedata.category(chr(code))[0] == "M"
    )
    tail = rf"(?:[\u1039\u17d2]\S|[{marks}\u0e33\u0eb3\ufe00-\ufe0f])*"
    return re.compile(
        rf"[\u0f40-\u0fbc]+"
        rf"|[\u0e40-\u0e44\u0ec0-\u0ec4][\u0e01-\u0eae]{tail}"
        rf"|[{_UNSPACED}]{tail}"
        rf"|(?:(?![{_UNSPACED}])\w[\u0300-\u036f]*)+(?:(?<=[0-9])[.,:][0-9]+)*"
        rf"|\S(?:[\u0300-\u036f\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff]|\u200d\S)*"
    )
