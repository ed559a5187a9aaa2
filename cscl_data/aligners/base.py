"""What every aligner takes and gives: tokenised pairs in, one alignment per pair out, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from cscl_data.records import Alignment, Link, Span
from cscl_data.text.tokenizers.base import Token


class TokenizedPair(NamedTuple):
    """One pair with its tokens; token offsets are 0-based code points into the texts."""

    id: str
    src_text: str
    tgt_text: str
    src_tokens: tuple[Token, ...]
    tgt_tokens: tuple[Token, ...]


class Aligner(Protocol):
    """Aligns tokenised pairs. The answer for a pair depends on the aligner and on that pair alone."""

    @property
    def name(self) -> str:
        """The name in the table of aligners."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the links for the same input change."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether the same input gives the same links, bit for bit, in any batch and on any run."""
        ...

    def sig_parts(self) -> Mapping[str, str]:
        """Return everything that decides the links, as ordered `sig` keys and values."""
        ...

    def align(self, pairs: Sequence[TokenizedPair]) -> list[Alignment]:
        """Return one alignment per pair, in order; one that could not be aligned says so in `skipped`."""
        ...


def alignment_of(pair: TokenizedPair, links: Iterable[Link], skipped: str | None = None) -> Alignment:
    """Build the alignment of a pair: its tokens as spans, the links sorted."""
    return Alignment(
        pair_id=pair.id,
        src_tokens=tuple([Span(start, end) for start, end, _, _ in pair.src_tokens]),
        tgt_tokens=tuple([Span(start, end) for start, end, _, _ in pair.tgt_tokens]),
        links=tuple(sorted(links)),
        skipped=skipped,
    )


def has_empty_side(pair: TokenizedPair) -> bool:
    """Tell whether one side has no token, so that nothing can be aligned."""
    return not pair.src_tokens or not pair.tgt_tokens


def surfaces(text: str, tokens: Sequence[Token]) -> list[str]:
    """Return the strings of the tokens."""
    return [text[token.start : token.end] for token in tokens]
