"""Cuts a stream of rows into the payloads of shards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import NamedTuple, TypeVar

from cscl_data.errors import InputError
from cscl_data.records import Pair, Reject

T = TypeVar("T")


class Document(NamedTuple):
    """A document of a bitext: its id and its pairs in order."""

    doc_id: str
    pairs: tuple[Pair, ...]


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


def by_documents(rows: Iterable[Pair | Reject], shard_rows: int) -> Iterator[list[Document | Reject]]:
    """Yield lists of whole documents (and of rejects) that hold at least `shard_rows` rows each.

    A pair without a document id becomes a reject `no_document`.

    Raises:
        InputError: a document's rows are not contiguous.
    """
    chunk: list[Document | Reject] = []
    n_rows = 0
    for item in documents(rows):
        chunk.append(item)
        n_rows += 1 if isinstance(item, Reject) else len(item.pairs)
        if n_rows >= shard_rows:
            yield chunk
            chunk, n_rows = [], 0
    if chunk:
        yield chunk


def documents(rows: Iterable[Pair | Reject]) -> Iterator[Document | Reject]:
    """Group neighbouring pairs by document id.

    Memory grows by 8 bytes and a little for each document, to notice one that comes back.

    Raises:
        InputError: a document's rows are not contiguous.
    """
    open_pairs: list[Pair] = []
    closed: set[bytes] = set()
    for item in rows:
        if isinstance(item, Reject):
            yield item
            continue
        if not item.doc_id:
            yield Reject(id=item.id, stage="documents", reason="no_document", detail="no id", source=item.row())
            continue
        if open_pairs and open_pairs[-1].doc_id != item.doc_id:
            yield _close(open_pairs, closed)
            open_pairs = []
        if not open_pairs and _key(item.doc_id) in closed:
            raise InputError(
                f"{item.id}: document {item.doc_id!r} comes back; its rows must stand together",
                hint="sort the input by document, keeping the order inside each",
            )
        open_pairs.append(item)
    if open_pairs:
        yield _close(open_pairs, closed)


def _close(pairs: list[Pair], closed: set[bytes]) -> Document:
    doc_id = str(pairs[0].doc_id)
    closed.add(_key(doc_id))
    return Document(doc_id, tuple(pairs))


def _key(doc_id: str) -> bytes:
    return blake2b(doc_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
