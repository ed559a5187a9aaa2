"""Tokens are the runs between whitespace."""

from __future__ import annotations

from dataclasses import dataclass

from cscl_data.records import Span
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.cover import nonspace_runs


@dataclass(frozen=True, slots=True)
class WhitespaceTokenizer:
    """Cuts at whitespace and nowhere else."""

    @property
    def name(self) -> str:
        """Name as it stands in `sig`."""
        return "whitespace"

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in order."""
        return tuple(Token(start, end) for start, end in nonspace_runs(text))

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the tokens."""
        return tuple(nonspace_runs(text))
