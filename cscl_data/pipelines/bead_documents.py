"""Documents as beads, from rows of a bitext in two languages or more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cscl_data.errors import InputError
from cscl_data.pipelines.chunks import Document
from cscl_data.records import Bead, Pair, Reject
from cscl_data.text.blocks import DIVIDED, HEADING

STAGE = "sentence_cs"
_BLOCKS = ("<", "```", "~~~", "|", "---")
"""How sentences begin that are none, where no markup says more: HTML, code, tables, front matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One row of the input: a sentence in its languages, without white space around it; blank ones are left out.

    `source` are the input's texts by language, as they stood.
    """

    id: str
    doc_id: str | None
    texts: Mapping[str, str]
    source: Mapping[str, str]

    def row(self) -> dict[str, Any]:
        """Return its columns, for a reject."""
        return {"id": self.id, "doc_id": self.doc_id, **self.source}


class BeadDocument(NamedTuple):
    """A document whose sentences are matched.

    Attributes:
        doc_id: the document.
        beads: its sentences, in order.
        n_rows: input rows that it was made from.
        rejects: what of it could not become a bead.
        fixed: numbers, from 0, of the beads that are never translated: code, tables.
        closed: those that `annotate` puts nothing behind: the same, and underlined headings.
    """

    doc_id: str
    beads: tuple[Bead, ...]
    n_rows: int
    rejects: tuple[Reject, ...] = ()
    fixed: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()


def is_fixed(kind: str) -> bool:
    """Tell whether a block of this kind is never translated; see `text.blocks`."""
    return kind not in DIVIDED and not kind.startswith(HEADING)


def is_closed(text: str, kind: str) -> bool:
    """Tell whether a unit of this kind would break if a translation stood behind it."""
    return is_fixed(kind) or (kind.startswith(HEADING) and len(text.splitlines()) > 1)


def closed_by_text(beads: Sequence[Bead]) -> frozenset[int]:
    """Return which beads are closed by their looks alone: rows and plain text have no kinds of blocks."""
    return frozenset(n for n, bead in enumerate(beads) if any(t.startswith(_BLOCKS) for t in bead.texts.values()))


def n_rows(item: BeadDocument | Reject) -> int:
    """Return how many input rows an item stands for."""
    return 1 if isinstance(item, Reject) else item.n_rows


def sentences(bitexts: Sequence[Iterable[Pair | Reject]]) -> Iterator[Sentence | Reject]:
    """Read the same input for each target language, row by row; a row that no language can read is one reject."""
    for row in zip(*bitexts, strict=True):
        pairs = [item for item in row if isinstance(item, Pair)]
        if not pairs:
            yield next(item for item in row if isinstance(item, Reject))
            continue
        source = {pairs[0].src_lang: pairs[0].src_text, **{pair.tgt_lang: pair.tgt_text for pair in pairs}}
        texts = {lang: text.strip() for lang, text in source.items()}
        yield Sentence(
            id=pairs[0].id,
            doc_id=pairs[0].doc_id,
            texts={lang: text for lang, text in texts.items() if text},
            source=source,
        )


def bead_documents(found: Iterable[Document[Sentence] | Reject]) -> Iterator[BeadDocument | Reject]:
    """Make every sentence of a document a bead; one that stands in one language alone is a reject.

    Raises:
        InputError: two sentences of a document have the same id.
    """
    for item in found:
        yield item if isinstance(item, Reject) else _bead_document(item)


def _bead_document(document: Document[Sentence]) -> BeadDocument:
    ids = Counter(sentence.id for sentence in document.rows)
    twice = next((found for found, count in ids.items() if count > 1), None)
    if twice is not None:
        raise InputError(
            f"document {document.doc_id!r}: more than one row with the id {twice!r}",
            hint="name another column with --id-column",
        )
    whole = [found for found in document.rows if len(found.texts) > 1]
    beads = tuple(
        Bead(id=found.id, texts=found.texts, before={} if last is None else _line_breaks(last.source, found.source))
        for last, found in zip((None, *whole), whole, strict=False)
    )
    rejects = tuple(
        Reject(id=found.id, stage=STAGE, reason="empty_side", detail="a side has no text", source=found.row())
        for found in document.rows
        if len(found.texts) < 2
    )
    return BeadDocument(document.doc_id, beads, len(document.rows), rejects, closed=closed_by_text(beads))


def _line_breaks(last: Mapping[str, str], text: Mapping[str, str]) -> dict[str, str]:
    """Return the white space between two rows in each language, where their texts bring line breaks along."""
    gaps = {
        lang: last[lang][len(last[lang].rstrip()) :] + text[lang][: len(text[lang]) - len(text[lang].lstrip())]
        for lang in last.keys() & text.keys()
    }
    return {lang: gap for lang, gap in sorted(gaps.items()) if "\n" in gap}
