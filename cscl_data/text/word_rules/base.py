"""The word as the code-switch generators see it."""

from __future__ import annotations

import re
from typing import NamedTuple

CONTENT, FUNCTION, NONE, PROTECTED = "content", "function", "none", "protected"

_MEASURE = re.compile(r"[+\-−±~]?[$€£¥₩]?\d[\d.,:/\-–−×]*(?:[^\W\d_]{1,3}|[%‰°′″])?")


class Word(NamedTuple):
    """One word: `text[start:end]`, 0-based code points.

    `stem_end` is where a tail begins that stays when the stem is replaced: Korean particles, the copula and 하다, an
    English `'s`; it equals `end` where there is none. `kind` is `content`, `function`, `none` (punctuation, digits,
    symbols, emoji: language `zxx`) or `protected` (never touched). `name` marks proper nouns. `pos` is the Universal
    POS tag of a content word where an analyser knows it, `ADP` or `AUX` for function words that cannot stand alone
    (particles, auxiliaries, endings), else empty. `light` is what keeps the endings of a Korean predicate behind a
    foreign stem (`하는` for `부르는`, see `korean_light`), else empty. `lemma` is the dictionary form of a predicate
    where an analyser knows it (`부르다`; `번역하다`, of which the stem is `번역`), else empty. `continues` marks a word
    of one name with the word before it, whatever stands between them (`of` and `England` in `Bank of England`).
    `tagged` says that a spaCy pipeline gave `pos`, which then says nothing of endings.
    """

    start: int
    end: int
    stem_end: int
    kind: str
    name: bool = False
    pos: str = ""
    light: str = ""
    lemma: str = ""
    continues: bool = False
    tagged: bool = False


def has_letter(text: str) -> bool:
    """Tell whether any character is a letter."""
    return any(char.isalpha() for char in text)


def is_measure(text: str) -> bool:
    """Tell whether the text is a number, perhaps with a short unit or ordinal ending (`12`, `3.5km`, `20th`)."""
    return _MEASURE.fullmatch(text) is not None


def word(start: int, end: int, kind: str) -> Word:
    """Build a word without a tail."""
    return Word(start, end, end, kind)
