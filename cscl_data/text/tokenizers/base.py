"""What every tokenizer gives: tokens as spans into untouched text."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from cscl_data.records import Span


class Token(NamedTuple):
    """`text[start:end]` (0-based code points) with what the analyser knows of it.

    `pos` is the analyser's own part-of-speech tag and `lemma` its dictionary form, or the stem of a light stemmer
    (`text.stems`); both are empty where it has none.
    """

    start: int
    end: int
    pos: str = ""
    lemma: str = ""


class Tokenizer(Protocol):
    """Cuts a text into tokens. Whitespace is part of no token but a protected span; no other character is left out."""

    @property
    def name(self) -> str:
        """Name and what decides its result, as it stands in `sig`: `spacy-en`, `mecab-ko`, `sudachi-A`, `moses-en`."""
        ...

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in order, without overlap."""
        ...

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of `tokens(text)`."""
        ...
