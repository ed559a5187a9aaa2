"""Bitext of any form as a stream of pairs: columns found, every row a pair or a reject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from cscl_data.errors import InputError
from cscl_data.io.bitext_columns import BitextSpec, Getters, is_blank, opening
from cscl_data.io.rawrows import TABULAR_FORMS, RawRow, iter_lines, iter_raw_rows
from cscl_data.io.sources import InputFacts, Source, count_lines, find_sources, input_facts, text_source
from cscl_data.records import Pair, Reject, rng_for

__all__ = ["Bitext", "BitextSpec"]

STAGE = "read"
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Bitext:
    """An opened bitext: `facts` of its files, then one pass over its rows by iterating.

    `rows_read` counts, per file, the rows of the last pass; `has_documents` tells whether it has met a document id, or
    a blank row between two documents.

    Raises:
        InputError: a file is missing or of unknown kind, or the two sides of a Moses pair differ in length.
    """

    spec: BitextSpec
    sources: list[Source] = field(init=False)
    rows_read: list[int] = field(init=False, default_factory=list)
    has_documents: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        spec = self.spec
        if spec.paths:
            self.sources = find_sources(list(spec.paths), TABULAR_FORMS, spec.stdin)
        else:
            self.sources = [text_source(str(spec.src_file)), text_source(str(spec.tgt_file))]
            n_src, n_tgt = (count_lines(source) for source in self.sources)
            if n_src != n_tgt:
                raise InputError(f"{spec.src_file} has {n_src} lines, {spec.tgt_file} has {n_tgt}")

    def facts(self) -> list[InputFacts]:
        """Return path, size and sha256 of every file."""
        return [input_facts(source) for source in self.sources]

    def __iter__(self) -> Iterator[Pair | Reject]:
        """Yield one pair or reject for every row, in order; at most `limit` in all."""
        self.rows_read, self.has_documents = [0] * len(self.sources), False
        items = self._tabular() if self.spec.paths else self._moses()
        for index, item in islice(items, self.spec.limit):
            if not self._is_drawn(item):
                continue
            self.rows_read[index] += 1
            if not self.spec.paths:
                self.rows_read[1] = self.rows_read[0]
            yield item

    def _is_drawn(self, item: Pair | Reject) -> bool:
        if self.spec.draw is None:
            return True
        share, seed = self.spec.draw
        return rng_for(seed, item.id, STAGE).random() < share

    def _tabular(self) -> Iterator[tuple[int, Pair | Reject]]:
        for index, source in enumerate(self.sources):
            rows = iter_raw_rows(source)
            head, getters, is_header = opening(self.spec, source, rows)
            named = getters is not None and getters.doc is not None
            document = _Numbered(source.given, self.spec.window) if self._numbers(named=named) else None
            for row in chain(head[is_header:], rows):
                if document is not None and self.spec.blank_ends_document and is_blank(row):
                    document.end()
                    continue
                item = _pair(self.spec, source, row, row.number - is_header, getters)
                yield index, self._part(document, item)

    def _moses(self) -> Iterator[tuple[int, Pair | Reject]]:
        src, tgt = self.sources
        document = _Numbered(src.given, self.spec.window) if self._numbers(named=False) else None
        for (number, src_text, src_line), (_, tgt_text, tgt_line) in zip(iter_lines(src), iter_lines(tgt), strict=True):
            row_id = f"{src.given}:{number}"
            if src_text is None or tgt_text is None:
                shown = {"src": repr(src_line), "tgt": repr(tgt_line)}
                item: Pair | Reject = Reject(
                    id=row_id, stage=STAGE, reason="undecodable", detail="not UTF-8", source=shown
                )
            else:
                item = _checked(self.spec, row_id, None, src_text, tgt_text)
            if document is not None and self.spec.blank_ends_document and _is_blank_pair(item):
                document.end()
            else:
                yield 0, self._part(document, item)

    def _numbers(self, *, named: bool) -> bool:
        return self.spec.window is not None or (self.spec.blank_ends_document and not named)

    def _part(self, document: _Numbered | None, item: Pair | Reject) -> Pair | Reject:
        """Say which document a row is part of."""
        if document is None:
            self.has_documents = self.has_documents or (isinstance(item, Pair) and bool(item.doc_id))
            return item
        number = document.take()
        self.has_documents = self.has_documents or number > 1 or self.spec.window is not None
        return replace(item, doc_id=f"{document.given}#{number}") if isinstance(item, Pair) else item


@dataclass(slots=True)
class _Numbered:
    """The document of a file that is being read, counted from 1, its rows so far, and the most that it may have."""

    given: str
    window: int | None
    number: int = 1
    rows: int = 0

    def take(self) -> int:
        """Count a row and return the number of its document."""
        if self.rows == self.window:
            self.end()
        self.rows += 1
        return self.number

    def end(self) -> None:
        """Go on to the next document, unless this one has no row yet."""
        self.number += self.rows > 0
        self.rows = 0


def _is_blank_pair(item: Pair | Reject) -> bool:
    return isinstance(item, Pair) and not item.src_text.strip() and not item.tgt_text.strip()


def _pair(spec: BitextSpec, source: Source, row: RawRow, number: int, getters: Getters | None) -> Pair | Reject:
    row_id = f"{source.given}:{number}"
    values = row.values if isinstance(row.values, dict) else {str(i): v for i, v in enumerate(row.values, 1)}
    if row.problem or getters is None:
        reason, detail = row.problem or ("missing_field", "no columns")
        return Reject(id=row_id, stage=STAGE, reason=reason, detail=detail, source=values)
    if isinstance(row.values, list) and len(row.values) > getters.width:
        detail = f"expected {getters.width} columns, found {len(row.values)}"
        return Reject(id=row_id, stage=STAGE, reason="missing_field", detail=detail, source=values)
    own_id = getters.id.get(row.values) if getters.id else None
    if own_id is not None and own_id != "":
        row_id = str(own_id)
    src_text, tgt_text = getters.src.get(row.values), getters.tgt.get(row.values)
    for name, text in ((getters.src.name, src_text), (getters.tgt.name, tgt_text)):
        if not isinstance(text, str):
            found = "nothing" if text is None else type(text).__name__
            detail = f"column {name}: expected text, found {found}"
            return Reject(id=row_id, stage=STAGE, reason="missing_field", detail=detail, source=values)
    doc = getters.doc.get(row.values) if getters.doc else None
    return _checked(spec, row_id, None if doc is None else str(doc), str(src_text), str(tgt_text))


def _checked(spec: BitextSpec, row_id: str, doc: str | None, src_text: str, tgt_text: str) -> Pair | Reject:
    pair = Pair(
        id=row_id, doc_id=doc, src_lang=spec.src_lang, tgt_lang=spec.tgt_lang, src_text=src_text, tgt_text=tgt_text
    )
    if any(_has_surrogate(text) for text in (row_id, doc or "", src_text, tgt_text)):
        return Reject(id=row_id, stage=STAGE, reason="undecodable", detail="a lone surrogate", source=pair.row())
    return pair


def _has_surrogate(text: str) -> bool:
    return not text.isascii() and _SURROGATE.search(text) is not None
