"""Cuts a stream of rows into the payloads of shards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from cscl_data.errors import InputError
from cscl_data.records import Reject

T = TypeVar("T")


class Row(Protocol):
    """What is part of a document: a pair, or a sentence in more languages."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def doc_id(self) -> str | None:
        """The document that it is part of, if it says so."""
        ...

    def row(self) -> dict[str, Any]:
        """Its columns."""
        ...


R = TypeVar("R", bound=Row)


class Document(NamedTuple, Generic[R]):
    """A document: its id and its rows in order."""

    doc_id: str
    rows: tuple[R, ...]


def by_rows(rows: Iterable[T], shard_rows: int) -> Iterator[list[T]]:
    """Yield lists of `shard_rows` rows; the last one may be shorter."""
    chunk: list[T] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == shard_rows:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def by_size(items: Iterable[T], shard_rows: int, size: Callable[[T], int]) -> Iterator[list[T]]:
    """Yield lists of whole items that hold at least `shard_rows` rows each, but for the last.

    Args:
        items: documents, rejects.
        shard_rows: rows of a list.
        size: the rows of an item.
    """
    chunk: list[T] = []
    n_rows = 0
    for item in items:
        chunk.append(item)
        n_rows += size(item)
        if n_rows >= shard_rows:
            yield chunk
            chunk, n_rows = [], 0
    if chunk:
        yield chunk


def documents(rows: Iterable[R | Reject]) -> Iterator[Document[R] | Reject]:
    """Group neighbouring rows by document id; a row without one becomes a reject `no_document`.

    Memory grows by 8 bytes and a little for each document, to notice one that comes back.

    Raises:
        InputError: a document's rows are not contiguous.
    """
    open_rows: list[R] = []
    once = Once()
    for item in rows:
        if isinstance(item, Reject):
            yield item
            continue
        if not item.doc_id:
            yield Reject(id=item.id, stage="documents", reason="no_document", detail="no id", source=item.row())
            continue
        if open_rows and open_rows[-1].doc_id != item.doc_id:
            yield Document(str(open_rows[0].doc_id), tuple(open_rows))
            open_rows = []
        if not open_rows:
            once.take(item.doc_id, item.id)
        open_rows.append(item)
    if open_rows:
        yield Document(str(open_rows[0].doc_id), tuple(open_rows))


class Once:
    """Notices a document that comes back, in 8 bytes and a little for each document."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def take(self, doc_id: str, row_id: str) -> None:
        """Remember a document.

        Args:
            doc_id: the document.
            row_id: its first row, for the message.

        Raises:
            InputError: it has been there before.
        """
        key = _key(doc_id)
        if key in self._seen:
            raise InputError(
                f"{row_id}: document {doc_id!r} comes back; its rows must stand together",
                hint="sort the input by document, keeping the order inside each",
            )
        self._seen.add(key)


def _key(doc_id: str) -> bytes:
    return blake2b(doc_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
