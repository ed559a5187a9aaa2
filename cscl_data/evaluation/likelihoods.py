"""How well a model foretells text: bits a byte, which compare over tokenizers, and nats and perplexity a token."""

from __future__ import annotations

import math
from typing import Any, NamedTuple


class TextLoss(NamedTuple):
    """The negative log-likelihood of texts, summed over them.

    Attributes:
        nats: the sum over all tokens of the texts, in nats.
        tokens: how many tokens that are; marks around a text are not counted.
        n_bytes: of the texts, in UTF-8.
        texts: how many.
        unknown: tokens that stand for text the tokenizer does not know; their bytes count as foretold.
    """

    nats: float = 0.0
    tokens: int = 0
    n_bytes: int = 0
    texts: int = 0
    unknown: int = 0

    @property
    def bits_per_byte(self) -> float | None:
        """Bits a byte, nats / (ln 2 · bytes); None without text.

        Source:
            gao-etal-2020-pile, §3.1. Deviations: none known.
        """
        return self.nats / (math.log(2) * self.n_bytes) if self.n_bytes else None

    @property
    def nats_per_token(self) -> float | None:
        """The mean over tokens, what training calls the loss; None without text. Depends on the tokenizer."""
        return self.nats / self.tokens if self.tokens else None

    @property
    def perplexity_per_byte(self) -> float | None:
        """2 to the power of the bits a byte; None without text."""
        return None if self.bits_per_byte is None else 2.0**self.bits_per_byte

    @property
    def perplexity_per_token(self) -> float | None:
        """The base e to the power of the nats a token; None without text, infinite where a float does not reach."""
        if self.nats_per_token is None:
            return None
        return math.exp(self.nats_per_token) if self.nats_per_token < 700 else math.inf

    def document(self) -> dict[str, Any]:
        """Return counts and measures as JSON values."""
        measures = ("bits_per_byte", "nats_per_token", "perplexity_per_byte", "perplexity_per_token")
        return {**self._asdict(), **{name: getattr(self, name) for name in measures}}
