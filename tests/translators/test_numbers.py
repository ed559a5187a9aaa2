from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.translators.numbers import numbers_difference


@pytest.mark.parametrize(
    ("source_text", "text", "lost", "more"),
    [
        ("3 of 1,200", "1.200 중 3", "", False),
        ("12 300", "12300", "", False),
        ("12300", "12 300", "", False),
        ("in 1999 100 people", "1999년 100명", "", False),
        ("३ men", "3명", "", False),
        ("7 and 7", "7", "the number 7 is missing", False),
        ("two", "2", "", True),
        ("10:30", "10시 30분", "", False),
        ("at 11:00", "11시에", "", False),
        ("at 11:00", "um 11.00 Uhr", "", False),
        ("um 11.00 Uhr", "at 11:00", "", False),
        ("at 8:46", "pukul 08.46", "", False),
        ("July 07", "7월 7일", "", False),
        ("10,000 people", "1만 명", "", False),
        ("1.2 million signatures", "120万", "", False),
        ("10 billion euros", "100 亿欧元", "", False),
        ("2.5 Million", "250만", "", False),
        ("3 thousand", "300", "the number 3 is missing", True),
        ("3 of 4", "4 중 3, 그리고 5", "", True),
    ],
)
def test_numbers_are_compared_whatever_their_marks(source_text, text, lost, more):
    assert numbers_difference(source_text, text) == (lost, more)


@given(st.text(alphabet="0123456789 .,:만万a٣३²½", max_size=30))
def test_a_text_has_its_own_numbers(text):
    assert numbers_difference(text, text) == ("", False)


@given(st.lists(st.integers(1, 10**30), max_size=6))
def test_every_number_is_asked_for(numbers):
    text = " and ".join(f"{number:,}" for number in numbers)
    lost, more = numbers_difference(text, "none")
    assert (lost.count("missing"), more) == (len(set(numbers)), False)
    assert numbers_difference("none", text) == ("", bool(numbers))
