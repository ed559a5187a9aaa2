"""Sentences in pieces that can be compared: the stems of words, and what is written behind them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from cscl_data.text.scripts import letters_by_script
from cscl_data.text.words import Word

_ALIKE = str.maketrans("’ʼ‘`´“”„«»–—−‐‑…", "'''''\"\"\"\"\"-----.")


class Piece(NamedTuple):
    """A word's stem, or the particles and endings behind it (`tail`): `text[start:end]`, 0-based code points.

    `word` is the index of its word, `key` what it is compared by, `kind` the word's.
    """

    start: int
    end: int
    word: int
    tail: bool
    kind: str
    key: str

    @property
    def bare(self) -> bool:
        """Whether it is punctuation or a symbol: it holds no letter and no digit."""
        return not any(char.isalnum() for char in self.key)

    @property
    def lettered(self) -> bool:
        """Whether it holds a letter."""
        return any(char.isalpha() for char in self.key)

    @property
    def counts(self) -> bool:
        """Whether it stands for a word that has a language."""
        return not self.tail and self.kind in ("content", "function")


def pieces_of(text: str, words: Sequence[Word]) -> list[Piece]:
    """Return the pieces of a sentence in order; together they hold everything but white space."""
    found: list[Piece] = []
    for i, word in enumerate(words):
        cut = word.stem_end if word.start < word.stem_end < word.end else word.end
        found.append(Piece(word.start, cut, i, False, word.kind, key_of(text[word.start : cut])))
        if cut < word.end:
            found.append(Piece(cut, word.end, i, True, word.kind, key_of(text[cut : word.end])))
    return found


def key_of(text: str) -> str:
    """Return what a piece of text is compared by: composed, without case and white space, quotes of one form."""
    return "".join(unicodedata.normalize("NFC", text).translate(_ALIKE).casefold().split())


def scripts_of(text: str) -> frozenset[str]:
    """Return the scripts of the letters of a text."""
    return frozenset(letters_by_script([text]))


def resembles(one: str, other: str) -> bool:
    """Tell whether two keys may be forms of one word: they begin alike, for 3/5 of the longer one (our default).

    Hangul is compared letter by letter. Of words without spaces, two signs in common are enough where one begins the
    other.

    Example:
        >>> resembles("factors", "factor"), resembles("마시는", "마신다"), resembles("tea", "team")
        (True, True, False)
    """
    if one[:1] != other[:1]:
        return False
    a, b = unicodedata.normalize("NFD", one), unicodedata.normalize("NFD", other)
    common = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        common += 1
    shorter, longer = sorted((len(a), len(b)))
    if common >= 4 and common >= 0.6 * longer:
        return True
    dense = not (one.isascii() or other.isascii()) and bool(scripts_of(one) & {"Hang", "Hani", "Kana"})
    return dense and common == shorter and min(len(one), len(other)) >= 2
