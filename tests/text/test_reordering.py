from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cscl_data.records import Span
from cscl_data.text.reordering import reordered


def spans(text: str, pattern: str) -> list[Span]:
    return [Span(*match.span()) for match in re.finditer(pattern, text)]


def sorted_by(text: str, places: list[float | None], sentences: list[Span] | None = None) -> str:
    return reordered(text, spans(text, r"\w+"), places, [Span(0, len(text))] if sentences is None else sentences)


def test_words_take_the_order_of_the_source_and_punctuation_stays() -> None:
    assert sorted_by("나는 녹차를, 오늘 마신다.", [0, 3, 4, 1]) == "나는 마신다, 녹차를 오늘."


def test_word_without_a_place_stays_with_its_left_neighbour_or_at_the_beginning() -> None:
    assert sorted_by("a b c d", [None, 5, None, 1]) == "a d b c"


def test_words_do_not_leave_their_sentence() -> None:
    text = "c b. a d."
    assert sorted_by(text, [3, 2, 1, 0], [Span(0, 4), Span(5, 9)]) == "b c. d a."
    assert sorted_by(text, [3, 2, 1, 0], [Span(0, 4)]) == "b c. a d."


@given(st.text(alphabet="ab ,.", max_size=30), st.data())
def test_nothing_is_lost_and_an_order_that_is_there_changes_nothing(text: str, data: st.DataObject) -> None:
    words = spans(text, r"\w+")
    places = data.draw(st.lists(st.none() | st.integers(0, 9), min_size=len(words), max_size=len(words)))
    made = sorted_by(text, places)
    assert sorted(made) == sorted(text)
    assert re.split(r"\w+", made) == re.split(r"\w+", text)
    assert sorted_by(text, sorted(place or 0 for place in places)) == text
