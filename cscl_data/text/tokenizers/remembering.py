"""A tokenizer that remembers the texts it cut last: aligner and word rules ask for the same ones in turn."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cscl_data.records import Span
from cscl_data.text.tokenizers.base import Token, Tokenizer

REMEMBERED = 4096
"""Texts whose tokens are kept (our default): a few megabytes, and more than aligner and word rules are apart."""


class RememberingTokenizer:
    """Gives what another tokenizer gives.

    Args:
        inner: that tokenizer; the same text must give the same tokens.
    """

    def __init__(self, inner: Tokenizer) -> None:
        self.inner = inner
        self._tokens = lru_cache(maxsize=REMEMBERED)(inner.tokens)

    @property
    def name(self) -> str:
        """Name of the tokenizer inside, as it stands in `sig`."""
        return self.inner.name

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in order."""
        return self._tokens(text)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of `tokens(text)`."""
        return tuple(Span(token.start, token.end) for token in self.tokens(text))

    def __reduce__(self) -> tuple[Any, ...]:
        return RememberingTokenizer, (self.inner,)
