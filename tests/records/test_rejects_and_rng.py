"""Rejects keep what was read; randomness depends on seed, id and stage alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import SchemaError
from cscl_data.records import Reject, printable, rng_for, shuffled
from tests.factories import make_pair, make_reject


def test_reject_of_an_unknown_reason_is_refused() -> None:
    with pytest.raises(SchemaError, match="unknown reason 'because'"):
        make_reject(reason="because")


def test_reject_row_keeps_the_input_row_as_json() -> None:
    pair = make_pair("a\ud83d", "나")
    row = make_reject(source=pair.row()).row()
    assert row["row"].isascii()
    assert json.loads(row["row"]) == pair.row()
    assert make_reject(source=pair.row()).row(with_text=False)["row"] == ""


def test_reject_row_of_values_that_json_has_not() -> None:
    assert json.loads(make_reject(source={"x": b"\xff"}).row()["row"]) == {"x": "b'\\xff'"}


@given(st.text(st.characters(exclude_categories=())))
def test_printable_changes_lone_surrogates_alone(text: str) -> None:
    shown = printable(text)
    assert shown.encode("utf-8").decode() == shown
    if not any("\ud800" <= char <= "\udfff" for char in text):
        assert shown == text


def test_printable_example() -> None:
    assert printable("가\ud83d.") == "가\\ud83d."


def test_rng_values_never_change() -> None:
    """Golden numbers: with others, every seeded output changes."""
    rng = rng_for(0, "p0/en/0", "token_cs")
    assert [round(rng.random(), 12) for _ in range(3)] == [0.105393982051, 0.773331362112, 0.744998335806]


@pytest.mark.parametrize("other", [(1, "a", "s"), (0, "b", "s"), (0, "a", "t"), (0, "a\x1fs", "")])
def test_rng_differs_by_seed_id_and_stage(other: tuple[int, str, str]) -> None:
    assert rng_for(0, "a", "s").random() != rng_for(*other).random()


def test_rng_of_an_id_with_a_lone_surrogate() -> None:
    assert 0 <= rng_for(0, "\ud83d", "s").random() < 1


@given(items=st.lists(st.integers()), seed=st.integers(0, 100))
def test_shuffled_is_a_permutation_that_can_be_repeated(items: list[int], seed: int) -> None:
    once, twice = (shuffled(items, rng_for(seed, "a", "s")) for _ in range(2))
    assert once == twice
    assert sorted(once) == sorted(items)


def test_shuffled_compares_no_items() -> None:
    assert len(shuffled([{}, {}, None], rng_for(0, "a", "s"))) == 3


def test_reject_is_frozen() -> None:
    with pytest.raises(AttributeError):
        make_reject().reason = "too_long"
    assert Reject(id="a", stage="s", reason="too_long").source == {}
