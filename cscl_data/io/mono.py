"""Text in one language as a stream of documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from cscl_data.errors import InputError
from cscl_data.io.columns import Getter, column_getter, header_getters
from cscl_data.io.rawrows import TABULAR_FORMS, RawRow, iter_lines, iter_raw_rows
from cscl_data.io.sources import InputFacts, Source, find_sources, input_facts
from cscl_data.records import Reject

STAGE = "read"


class MonoDocument(NamedTuple):
    """One text: its id, the document it is (part of), the text itself, and how many input rows it was made from."""

    id: str
    doc_id: str | None
    text: str
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonoSpec:
    """Where text in one language lies. Columns are names, dotted paths, or numbers from 1 (tabular files only)."""

    path: str
    lang: str
    text_column: str | None = None
    doc_column: str | None = None
    limit: int | None = None


@dataclass(slots=True)
class MonoText:
    """Opened text: `facts` of its files, then one pass over its documents by iterating.

    A `.txt` file has one line a row, and a blank line ends a document; the lines of a document are joined by line
    feeds. In a tabular file every row is a document, unless a document column joins neighbouring rows; one without a
    document's id stays alone.

    Raises:
        InputError: a file is missing or of unknown kind.
    """

    spec: MonoSpec
    sources: list[Source] = field(init=False)
    rows_read: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.sources = find_sources([self.spec.path], ("txt", *TABULAR_FORMS))

    def facts(self) -> list[InputFacts]:
        """Return path, size and sha256 of every file."""
        return [input_facts(source) for source in self.sources]

    def __iter__(self) -> Iterator[MonoDocument | Reject]:
        """Yield documents in order, and each reject as it is met, from at most `limit` rows.

        A caller that stops early has lost nothing that `rows_read` counts.
        """
        return self._read(joined=True)

    def rows(self) -> Iterator[MonoDocument | Reject]:
        """Yield every row as a text of its own, with the id of the document that it is a part of, if any."""
        return self._read(joined=False)

    def _read(self, *, joined: bool) -> Iterator[MonoDocument | Reject]:
        self.rows_read = [0] * len(self.sources)
        for index, source in enumerate(self.sources):
            lines = _text_rows(source) if source.form == "txt" else _tabular_rows(source, self.spec)
            yield from self._documents(index, lines, joined=joined)

    def _documents(self, index: int, rows: Iterator[_Row | Reject], *, joined: bool) -> Iterator[MonoDocument | Reject]:
        open_rows: list[_Row] = []
        left = None if self.spec.limit is None else self.spec.limit - sum(self.rows_read)
        for row in islice(rows, left):
            if isinstance(row, Reject):
                self.rows_read[index] += 1
                yield row
                continue
            if open_rows and row.doc_id != open_rows[-1].doc_id:
                self.rows_read[index] += len(open_rows)
                yield _joined(open_rows)
                open_rows = []
            if row.doc_id is None or not joined:
                self.rows_read[index] += 1
                yield _joined([row])
            else:
                open_rows.append(row)
        if open_rows:
            self.rows_read[index] += len(open_rows)
            yield _joined(open_rows)


class _Row(NamedTuple):
    id: str
    doc_id: str | None
    text: str


def _joined(rows: list[_Row]) -> MonoDocument:
    text = "\n".join(row.text for row in rows)
    return MonoDocument(rows[0].id, rows[0].doc_id, text, len(rows))


def _text_rows(source: Source) -> Iterator[_Row | Reject]:
    """Yield the lines that hold something; a blank one is no row, it only ends a document."""
    document = 1
    blank = True
    for number, text, line in iter_lines(source):
        row_id = f"{source.given}:{number}"
        if text is None:
            yield Reject(id=row_id, stage=STAGE, reason="undecodable", detail="not UTF-8", source={"line": repr(line)})
        elif not text.strip():
            document += not blank
            blank = True
        else:
            blank = False
            yield _Row(row_id, f"{source.given}#{document}", text)


def _tabular_rows(source: Source, spec: MonoSpec) -> Iterator[_Row | Reject]:
    rows = iter_raw_rows(source)
    first = next(rows, None)
    while first is not None and first.problem:
        yield _unreadable(source, first)
        first = next(rows, None)
    if first is None:
        return
    short = spec.lang.split("-")[0]
    wanted: dict[str, tuple[str | None, tuple[str, ...]]] = {
        "text": (spec.text_column, ("text", f"translation.{spec.lang}", f"translation.{short}", spec.lang, short)),
        "doc": (spec.doc_column, ()),
        "id": (None, ("id",)),
    }
    if isinstance(first.values, list):
        found, is_header = header_getters(first.values, wanted, two_columns=("text", "text"))
        if found["text"] is None and len(first.values) == 1:
            found["text"] = Getter(name="1", index=0)
    else:
        found, is_header = {key: column_getter(first.values, *want) for key, want in wanted.items()}, False
    text, doc = found["text"], found["doc"]
    if text is None:
        raise _no_column(source, first, spec.text_column or "text", "--text-column")
    if doc is None and spec.doc_column is not None:
        raise _no_column(source, first, spec.doc_column, "--doc-column")
    own_id = None if text.name == "id" else found["id"]
    if not is_header:
        yield _tabular_row(source, first, first.number, text, doc, own_id)
    for row in rows:
        yield _tabular_row(source, row, row.number - is_header, text, doc, own_id)


def _no_column(source: Source, row: RawRow, asked: str, flag: str) -> InputError:
    have = ", ".join(row.values) if isinstance(row.values, dict) else f"{len(row.values)} columns"
    return InputError(f"{source.given}: no column {asked!r} (it has: {have})", hint=f"name it with {flag}")


def _tabular_row(
    source: Source, row: RawRow, number: int, text: Getter, doc: Getter | None, own_id: Getter | None
) -> _Row | Reject:
    if row.problem:
        return _unreadable(source, row)
    values = _by_name(row)
    given_id = own_id.get(row.values) if own_id else None
    row_id = str(given_id) if given_id not in (None, "") else f"{source.given}:{number}"
    value = text.get(row.values)
    if not isinstance(value, str):
        found = "nothing" if value is None else type(value).__name__
        detail = f"column {text.name}: expected text, found {found}"
        return Reject(id=row_id, stage=STAGE, reason="missing_field", detail=detail, source=values)
    if not value.strip():
        return Reject(id=row_id, stage=STAGE, reason="empty_side", detail="no text", source=values)
    given_doc = doc.get(row.values) if doc else None
    doc_id = None if given_doc in (None, "") else str(given_doc)
    if any("\ud800" <= char <= "\udfff" for char in f"{row_id}{doc_id}{value}"):
        return Reject(id=row_id, stage=STAGE, reason="undecodable", detail="a lone surrogate", source=values)
    return _Row(row_id, doc_id, value)


def _unreadable(source: Source, row: RawRow) -> Reject:
    reason, detail = row.problem or ("undecodable", "")
    return Reject(id=f"{source.given}:{row.number}", stage=STAGE, reason=reason, detail=detail, source=_by_name(row))


def _by_name(row: RawRow) -> dict[str, Any]:
    return row.values if isinstance(row.values, dict) else {str(i): v for i, v in enumerate(row.values, 1)}
