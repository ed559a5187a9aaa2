"""A sentence pair, and the word alignment of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from cscl_data.errors import SchemaError
from cscl_data.records.spans import Span, spans_are_ordered


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two texts that translate each other, verbatim (`pair/1`)."""

    id: str
    src_lang: str
    tgt_lang: str
    src_text: str
    tgt_text: str
    doc_id: str | None = None
    sent_index: int | None = None

    def row(self) -> dict[str, Any]:
        """Return the columns of `pair/1`."""
        return {
            "id": self.id,
            "doc_id": self.doc_id,
            "sent_index": self.sent_index,
            "src_lang": self.src_lang,
            "tgt_lang": self.tgt_lang,
            "src_text": self.src_text,
            "tgt_text": self.tgt_text,
        }


class Link(NamedTuple):
    """One aligned token pair: 0-based token indices, and the aligner's score in [0, 1] if it gives one."""

    src: int
    tgt: int
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """The word alignment of one pair (`alignment/1`).

    `skipped` holds a reject reason when the pair could not be aligned; no links then means "did not look". With
    `skipped` None, no links means "looked, found none".
    """

    pair_id: str
    src_tokens: tuple[Span, ...]
    tgt_tokens: tuple[Span, ...]
    links: tuple[Link, ...]
    skipped: str | None = None

    def check(self, src_text: str, tgt_text: str) -> None:
        """Check spans and link indices against the texts.

        Raises:
            SchemaError: a span is empty, out of order or outside its text, or a link points at no token.
        """
        if not spans_are_ordered(self.src_tokens, len(src_text)) or not spans_are_ordered(
            self.tgt_tokens, len(tgt_text)
        ):
            raise SchemaError(f"alignment of {self.pair_id}: token spans do not fit the text")
        n_src, n_tgt = len(self.src_tokens), len(self.tgt_tokens)
        for link in self.links:
            if not (0 <= link.src < n_src and 0 <= link.tgt < n_tgt):
                raise SchemaError(f"alignment of {self.pair_id}: link {link.src}-{link.tgt} points at no token")

    def row(self, sig: str) -> dict[str, Any]:
        """Return the columns of `alignment/1`."""
        return {
            "pair_id": self.pair_id,
            "src_tokens": [span._asdict() for span in self.src_tokens],
            "tgt_tokens": [span._asdict() for span in self.tgt_tokens],
            "links": [link._asdict() for link in self.links],
            "pharaoh": " ".join(f"{link.src}-{link.tgt}" for link in self.links),
            "skipped": self.skipped,
            "sig": sig,
        }

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Alignment:
        """Read an alignment back from the columns of `alignment/1`."""
        return cls(
            pair_id=row["pair_id"],
            src_tokens=tuple(Span(t["start"], t["end"]) for t in row["src_tokens"]),
            tgt_tokens=tuple(Span(t["start"], t["end"]) for t in row["tgt_tokens"]),
            links=tuple(Link(x["src"], x["tgt"], x["score"]) for x in row["links"]),
            skipped=row["skipped"],
        )
