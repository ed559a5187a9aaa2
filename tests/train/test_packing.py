from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cscl_data.train.packing import Document, LoaderState, pack_wrapped

BEGIN = LoaderState()


def documents(lengths: list[int], start: LoaderState = BEGIN) -> list[Document]:
    """Documents of the given lengths whose tokens are numbered through, from a place on."""
    made, first = [], 0
    for i, length in enumerate(lengths):
        place = LoaderState(row=i, rows=i)
        if i == start.row:
            place = start
        if i >= start.row:
            made.append(Document(f"d{i}", range(first, first + length), place, LoaderState(row=i + 1, rows=i + 1)))
        first += length
    return made


lengths = st.lists(st.integers(1, 25), min_size=1, max_size=20)


@given(lengths, st.integers(1, 12))
def test_pack_wrapped_hands_out_every_token_once_in_order(lengths, context):
    rows = list(pack_wrapped(documents(lengths), context))
    assert [token for row in rows for token in row.tokens] == list(range(sum(lengths)))
    assert all(len(row.tokens) == context for row in rows[:-1])
    assert rows[-1].after == LoaderState(row=len(lengths), rows=len(lengths))


@given(lengths, st.integers(1, 12), st.data())
def test_pack_wrapped_goes_on_from_any_row(lengths, context, data):
    rows = list(pack_wrapped(documents(lengths), context))
    cut = data.draw(st.integers(0, len(rows) - 1))
    rest = list(pack_wrapped(documents(lengths, rows[cut].after), context))
    assert rest == rows[cut + 1 :]


def test_pack_wrapped_names_the_documents_of_a_row():
    rows = list(pack_wrapped(documents([3, 6, 1]), 4))
    assert [row.ids for row in rows] == [["d0", "d1"], ["d1"], ["d1", "d2"]]
    assert rows[0].after == LoaderState(row=1, token=1, rows=1)


def test_pack_wrapped_of_nothing_is_nothing():
    assert list(pack_wrapped([], 4)) == []
