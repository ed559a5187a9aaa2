"""Documents in one language, cut into sentences, from lines, from the rows of a table or from a directory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cscl_data.io.documents import DocumentText, FolderTexts, FolderTextSpec
from cscl_data.io.mono import MonoDocument, MonoSpec, MonoText
from cscl_data.pipelines.bead_documents import BeadDocument, closed_by_text, is_closed, is_fixed
from cscl_data.pipelines.chunks import Once
from cscl_data.pipelines.mono import refuse_columns_of_lines
from cscl_data.records import Bead, Reject
from cscl_data.text.sentences import sentence_spans
from cscl_data.text.units import PLAIN, VERSION, document_units

CHARACTERS_A_ROW = 200
"""A file counts as a row of a shard for so many characters: about a row for a sentence or two. Our default."""


def opened(spec: MonoSpec | FolderTextSpec) -> MonoText | FolderTexts:
    """Open documents in one language.

    Raises:
        ConfigError: columns are named where all text is lines.
        InputError: a file is missing or of unknown kind, or a directory has no documents.
    """
    if isinstance(spec, FolderTextSpec):
        return FolderTexts(spec)
    text = MonoText(spec)
    refuse_columns_of_lines([text])
    return text


def splitter(spec: MonoSpec | FolderTextSpec) -> str:
    """Return the name and version of what cuts documents into sentences, for `sig`."""
    return f"units.{VERSION}" if isinstance(spec, FolderTextSpec) else "sentences.1"


def sampled(text: MonoText | FolderTexts, n: int) -> list[str]:
    """Return the first texts, of at most `n` documents or rejects."""
    return [item.text for item in islice(text, n) if not isinstance(item, Reject)]


def sentence_documents(text: MonoText | FolderTexts) -> Iterator[BeadDocument | Reject]:
    """Cut documents into sentences; a sentence is named `<document>:<n>`, n from 0.

    Files are divided by their markup, and code, tables and the like are marked as `fixed`. Memory grows by 8 bytes and
    a little for each document, to notice one that comes back.

    Raises:
        InputError: a document's rows are not contiguous, or two rows have the same id.
    """
    once = Once()
    for item in text:
        if isinstance(item, Reject):
            yield item
        elif isinstance(item, DocumentText):
            yield _of_file(item, text.spec.lang)
        else:
            once.take(item.doc_id or item.id, item.id)
            yield _of_lines(item, text.spec.lang)


def size(item: BeadDocument | Reject) -> int:
    """Return how many rows of a shard an item stands for: its rows, or more where a file is one."""
    if isinstance(item, Reject):
        return 1
    characters = sum(len(text) for bead in item.beads for text in bead.texts.values())
    return max(item.n_rows, characters // CHARACTERS_A_ROW)


def _of_lines(document: MonoDocument, lang: str) -> BeadDocument:
    doc_id = document.doc_id or document.id
    spans = [(start, end) for start, end in sentence_spans(document.text, lang)]
    beads = _beads(doc_id, document.text, spans, lang)
    return BeadDocument(doc_id, beads, document.n_rows, closed=closed_by_text(beads))


def _of_file(document: DocumentText, lang: str) -> BeadDocument:
    text = document.text
    units = document_units(text, lang, document.markup)
    beads = _beads(document.doc_id, text, [(unit.start, unit.end) for unit in units], lang)
    fixed = frozenset(n for n, unit in enumerate(units) if is_fixed(unit.kind))
    closed = frozenset(n for n, unit in enumerate(units) if is_closed(text[unit.start : unit.end], unit.kind))
    if document.markup == PLAIN:
        closed = closed_by_text(beads)
    return BeadDocument(document.doc_id, beads, 1, fixed=fixed, closed=closed)


def _beads(doc_id: str, text: str, spans: list[tuple[int, int]], lang: str) -> tuple[Bead, ...]:
    beads: list[Bead] = []
    at = 0
    for start, end in spans:
        before = {lang: text[at:start]} if beads else {}
        beads.append(Bead(id=f"{doc_id}:{len(beads)}", texts={lang: text[start:end]}, before=before))
        at = end
    return tuple(beads)
