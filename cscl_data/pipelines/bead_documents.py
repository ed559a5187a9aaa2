"""Documents as beads, whatever they were read from."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from cscl_data.errors import InputError
from cscl_data.pipelines.chunks import Document
from cscl_data.records import Bead, Pair, Reject


class BeadDocument(NamedTuple):
    """A document whose sentences are matched.

    Attributes:
        doc_id: the document.
        beads: its sentences, in order.
        n_rows: input rows that it was made from.
        rejects: what of it could not become a bead.
    """

    doc_id: str
    beads: tuple[Bead, ...]
    n_rows: int
    rejects: tuple[Reject, ...] = ()


def bead_document(document: Document) -> BeadDocument:
    """Make every pair of a document a bead; a pair with an empty side is a reject.

    Raises:
        InputError: two pairs have the same id.
    """
    ids = Counter(pair.id for pair in document.pairs)
    twice = next((pair_id for pair_id, count in ids.items() if count > 1), None)
    if twice is not None:
        raise InputError(
            f"document {document.doc_id!r}: more than one row with the id {twice!r}",
            hint="name another column with --id-column",
        )
    beads: list[Bead] = []
    rejects: list[Reject] = []
    for pair in document.pairs:
        texts = {pair.src_lang: pair.src_text.strip(), pair.tgt_lang: pair.tgt_text.strip()}
        if all(texts.values()):
            beads.append(Bead(id=pair.id, texts=texts))
        else:
            rejects.append(_empty_side(pair))
    return BeadDocument(document.doc_id, tuple(beads), len(document.pairs), tuple(rejects))


def _empty_side(pair: Pair) -> Reject:
    return Reject(id=pair.id, stage="sentence_cs", reason="empty_side", detail="a side has no text", source=pair.row())
