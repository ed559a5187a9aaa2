from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.train.forms.base import Encoded
from cscl_data.train.order import Row
from cscl_data.train.packing import PACKERS, EncodedChunk, pack_best_fit, pack_none, pack_units, pack_wrapped
from cscl_data.train.place import LoaderState
from cscl_data.train.stream import Chunk

lengths = st.lists(st.integers(1, 25), min_size=1, max_size=20)
packings = st.sampled_from(sorted(PACKERS))


def in_chunks(lengths: list[int], start: LoaderState = LoaderState(), *, size: int = 6) -> list[EncodedChunk]:  # noqa: B008
    """Rows of these lengths whose tokens are numbered through, in chunks of some rows, from a place on."""
    ends = np.cumsum([0, *lengths])
    chunks = []
    at = start.row
    while at < len(lengths):
        end = min((at // size + 1) * size, len(lengths))
        rows = [Row(f"d{i}", i, (None,)) for i in range(at, end)]
        begins = start._replace(rows=at) if at == start.row else LoaderState(row=at, rows=at)
        encoded = Encoded(np.arange(ends[at], ends[end], dtype=np.int32), None, lengths[at:end], 1)
        chunks.append(EncodedChunk(Chunk(rows, begins, LoaderState(row=end, rows=end)), encoded))
        at = end
    return chunks


def tokens_of(row) -> list[int]:
    return [int(token) for piece in row.pieces for token in piece.tokens]


@given(packings, lengths, st.integers(1, 12))
def test_every_packing_hands_out_every_token_once(packing, lengths, context):
    rows = list(PACKERS[packing](in_chunks(lengths), context))
    assert sorted(token for row in rows for token in tokens_of(row)) == list(range(sum(lengths)))
    assert max(len(tokens_of(row)) for row in rows) <= context
    assert rows[-1].after == LoaderState(row=len(lengths), rows=len(lengths))


@given(packings, lengths, st.integers(1, 12), st.data())
def test_every_packing_goes_on_from_any_row(packing, lengths, context, data):
    rows = list(PACKERS[packing](in_chunks(lengths), context))
    cut = data.draw(st.integers(0, len(rows) - 1))
    rest = list(PACKERS[packing](in_chunks(lengths, rows[cut].after), context))
    assert [tokens_of(row) for row in rest] == [tokens_of(row) for row in rows[cut + 1 :]]
    assert [row.after for row in rest] == [row.after for row in rows[cut + 1 :]]


@given(lengths, st.integers(1, 12))
def test_pack_wrapped_keeps_the_order_and_fills_every_row_but_the_last(lengths, context):
    rows = list(pack_wrapped(in_chunks(lengths), context))
    assert [token for row in rows for token in tokens_of(row)] == list(range(sum(lengths)))
    assert all(len(tokens_of(row)) == context for row in rows[:-1])


@given(lengths, st.integers(1, 12), st.integers(1, 20))
def test_pack_wrapped_gives_the_same_rows_and_places_for_chunks_of_any_size(lengths, context, size):
    rows, others = (list(pack_wrapped(in_chunks(lengths, size=n), context)) for n in (6, size))
    assert [(tokens_of(row), row.after) for row in rows] == [(tokens_of(row), row.after) for row in others]


@given(lengths, st.integers(1, 12))
def test_pack_best_fit_cuts_no_row_that_fits_and_begins_a_row_with_what_is_left_of_a_longer_one(lengths, context):
    rows = list(pack_best_fit(in_chunks(lengths), context))
    pieces = [(piece.row.number, len(piece.tokens), at) for row in rows for at, piece in enumerate(row.pieces)]
    for number, length in enumerate(lengths):
        own = [(size, at) for of_row, size, at in pieces if of_row == number]
        if length <= context:
            assert [size for size, _ in own] == [length]
        else:
            assert [size for size, _ in own] == [context] * (length // context) + [length % context] * (
                length % context > 0
            )
            assert [at for _, at in own] == [0] * len(own)


def test_pack_best_fit_puts_a_row_where_it_leaves_the_least_room():
    rows = list(pack_best_fit(in_chunks([5, 7, 3, 2, 1]), 10))
    assert [[piece.row.id for piece in row.pieces] for row in rows] == [["d0", "d3", "d4"], ["d1", "d2"]]


def test_pack_best_fit_fills_rows_nearly_whole():
    random = np.random.default_rng(0)
    sizes = [int(size) for size in random.integers(5, 60, 500)]
    rows = list(pack_best_fit(in_chunks(sizes, size=500), 128))
    assert sum(sizes) / (128 * len(rows)) > 0.98


def test_pack_best_fit_does_not_put_the_longest_first():
    sizes = [1 + i % 9 for i in range(60)]
    rows = list(pack_best_fit(in_chunks(sizes, size=60), 10))
    opened = [row.pieces[0].row.number for row in rows]
    assert opened == sorted(opened)


def test_pack_none_gives_each_row_its_own():
    rows = list(pack_none(in_chunks([3, 6, 1]), 4))
    assert [tokens_of(row) for row in rows] == [[0, 1, 2], [3, 4, 5, 6], [7, 8], [9]]
    assert [row.after.rows for row in rows] == [1, 1, 2, 3]


def test_pack_units_keeps_the_answers_of_a_record_together():
    records = ["a", "a", "b", None, None, "c", "c"]
    rows = [Row(f"r{i}", i, (record,)) for i, record in enumerate(records)]
    encoded = Encoded(np.arange(14, dtype=np.int32), None, [1] * 14, 2)
    chunk = Chunk(rows, LoaderState(), LoaderState(epoch=1, rows=7))
    packed = list(pack_units([EncodedChunk(chunk, encoded)], 8))
    assert [tokens_of(row) for row in packed] == [[0, 1, 2, 3], [4, 5], [6, 7], [8, 9], [10, 11, 12, 13]]
    assert [row.after.rows for row in packed] == [2, 3, 4, 5, 7]
    half = EncodedChunk(Chunk(rows, packed[1].after._replace(rows=0), chunk.ends), encoded)
    assert [tokens_of(row) for row in pack_units([half], 8)] == [tokens_of(row) for row in packed[2:]]


@given(packings, lengths, st.integers(1, 12))
def test_every_row_that_no_row_has_room_for_is_marked_once_where_rows_are_not_wrapped(packing, lengths, context):
    pieces = [piece for row in PACKERS[packing](in_chunks(lengths), context) for piece in row.pieces]
    longer = [number for number, length in enumerate(lengths) if length > context]
    assert sorted(p.row.number for p in pieces if p.is_cut) == ([] if packing == "wrapped" else longer)


def test_pack_wrapped_names_the_documents_of_a_row():
    rows = list(pack_wrapped(in_chunks([3, 6, 1]), 4))
    assert [[piece.row.id for piece in row.pieces] for row in rows] == [["d0", "d1"], ["d1"], ["d1", "d2"]]
    assert rows[0].after == LoaderState(row=1, skip=1, rows=1)


@pytest.mark.parametrize("pack", PACKERS.values())
def test_packing_nothing_gives_nothing(pack):
    assert list(pack([], 4)) == []
