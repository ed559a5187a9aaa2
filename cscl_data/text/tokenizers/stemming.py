"""Any tokenizer, with stems for the dictionary forms that it does not know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cscl_data.records import Span
from cscl_data.text.tokenizers.base import Token, Tokenizer


@dataclass(frozen=True, slots=True)
class StemmingTokenizer:
    """Gives words that have neither tag nor dictionary form their stem as one; the spans stay.

    Args:
        inner: the tokenizer.
        stem: the stem of a word, lowercased (`text.stems`).
    """

    inner: Tokenizer
    stem: Callable[[str], str]

    @property
    def name(self) -> str:
        """Name of the tokenizer inside, as it stands in `sig`."""
        return self.inner.name

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in order."""
        return tuple(self._stemmed(text, token) for token in self.inner.tokens(text))

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of `tokens(text)`."""
        return self.inner.spans(text)

    def _stemmed(self, text: str, token: Token) -> Token:
        if token.pos or token.lemma:
            return token
        word = text[token.start : token.end]
        stem = self.stem(word)
        return token if stem == word.lower() else token._replace(lemma=stem)
