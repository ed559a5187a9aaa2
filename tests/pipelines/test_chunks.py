"""Rows are cut into shards without losing or reordering any; documents stay whole."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import InputError
from cscl_data.pipelines.chunks import Document, by_rows, by_size, documents
from cscl_data.records import Pair, Reject
from tests.factories import make_pair, make_reject


@given(rows=st.lists(st.integers()), shard_rows=st.integers(1, 10))
def test_by_rows_tiles_the_rows(rows: list[int], shard_rows: int) -> None:
    chunks = list(by_rows(rows, shard_rows))
    assert [row for chunk in chunks for row in chunk] == rows
    assert all(len(chunk) == shard_rows for chunk in chunks[:-1])
    assert all(chunks)


def make_rows(doc_ids: list[str | None]) -> list[Pair]:
    return [make_pair(id=f"p{i}", doc_id=doc_id) for i, doc_id in enumerate(doc_ids)]


_DOCUMENT_SIZES = st.lists(st.integers(1, 4), max_size=8)


@given(sizes=_DOCUMENT_SIZES, shard_rows=st.integers(1, 10))
def test_by_size_keeps_documents_whole_and_in_order(sizes: list[int], shard_rows: int) -> None:
    rows = make_rows([f"d{i}" for i, size in enumerate(sizes) for _ in range(size)])
    chunks = list(by_size(documents(rows), shard_rows, lambda document: len(document.rows)))
    flat = [document for chunk in chunks for document in chunk]
    assert [pair for document in flat for pair in document.rows] == rows
    assert [document.doc_id for document in flat] == [doc_id for doc_id, _ in groupby(row.doc_id for row in rows)]
    for chunk in chunks[:-1]:
        n_rows = [len(document.rows) for document in chunk]
        assert sum(n_rows) >= shard_rows
        assert sum(n_rows[:-1]) < shard_rows, "a shard ends with the document that fills it"


@given(
    rows=st.lists(
        st.sampled_from(["a", "b", "c", None, ""]).map(lambda doc_id: make_pair(doc_id=doc_id)) | st.just(make_reject())
    )
)
def test_documents_accounts_for_every_row_or_stops(rows: list[Pair | Reject]) -> None:
    present = [row.doc_id for row in rows if isinstance(row, Pair) and row.doc_id]
    runs = [doc_id for doc_id, _ in groupby(present)]
    if len(runs) != len(set(runs)):
        with pytest.raises(InputError):
            list(documents(rows))
        return
    items = list(documents(rows))
    assert sum(1 if isinstance(item, Reject) else len(item.rows) for item in items) == len(rows)
    assert [item.doc_id for item in items if isinstance(item, Document)] == runs


@pytest.mark.parametrize("doc_id", [None, ""])
def test_documents_rejects_a_pair_without_document(doc_id: str | None) -> None:
    first, reject, second = documents(make_rows(["a", doc_id, "b"]))
    assert isinstance(reject, Reject) or isinstance(first, Reject)
    rejects = [item for item in (first, reject, second) if isinstance(item, Reject)]
    assert [(item.id, item.reason) for item in rejects] == [("p1", "no_document")]
    assert rejects[0].source["src_text"] == "one two", "the row is kept"


def test_documents_names_the_row_at_which_a_document_comes_back() -> None:
    with pytest.raises(InputError, match="p3: document 'a' comes back") as caught:
        list(documents(make_rows(["a", "a", "b", "a"])))
    assert "sort the input by document" in str(caught.value.hint)


def test_documents_a_reject_inside_a_document_does_not_divide_it() -> None:
    rows = make_rows(["a", "a"])
    items = list(documents([rows[0], make_reject(), rows[1]]))
    assert [len(item.rows) for item in items if isinstance(item, Document)] == [2]


def test_documents_ids_with_lone_surrogates_are_no_trouble() -> None:
    assert [item.doc_id for item in documents(make_rows(["\ud83d", "b"]))] == ["\ud83d", "b"]
