"""Neighbouring lines of documents are more alike than lines far apart; shuffled ones are not."""

from __future__ import annotations

import math
from random import Random

import pytest

from cscl_data.text.cohesion import cohesion
from tests.cohesive import make_documents, shuffled_lines


def lift(documents: list[list[dict[str, str]]]) -> float:
    return cohesion(documents, Random(0)).lift


@pytest.mark.parametrize("n_documents", [1, 12])
def test_neighbours_are_alike_in_documents_and_not_in_shuffled_lines(n_documents: int) -> None:
    documents = make_documents(n_documents, 360 // n_documents)
    found = cohesion(documents, Random(0))
    assert found.pairs == 3 * 360 - 6 * n_documents
    assert found.lift - 2 * found.error > 1.5
    assert lift(shuffled_lines(documents)) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    "words",
    [
        ("kettle garden window morning", "주전자를 정원에서 창문으로 아침에"),
        ("薬缶庭園窓辺朝日", "ยามเช้าหน้าต่าง"),
    ],
)
def test_words_of_any_script_are_compared(words: tuple[str, str]) -> None:
    for text in words:
        alike = [[{"x": f"{text} {i}"}, {"x": f"{text} {i}"}] for i in range(3)]
        other = [[{"x": f"{c}{c}bcd {c}{c}efg {c}{c}hij {c}{c}klm"}] * 2 for c in "pqrs"]
        assert lift([*alike, *other]) > 1.5


def test_headings_alone_say_nothing() -> None:
    """Every second line is `Article 3`: like all other headings, and like nothing beside it."""
    plain = make_documents(1, 200)
    with_headings = [[line for i, text in enumerate(plain[0]) for line in ({"en": f"Article {i}"}, text)]]
    assert cohesion(with_headings, Random(0)) == cohesion(plain, Random(0))


@pytest.mark.parametrize("documents", [[], [[]], [[{"en": "One line of words here."}]], [[{"en": "a b"}, {"en": "c"}]]])
def test_nothing_to_compare_is_no_number(documents: list[list[dict[str, str]]]) -> None:
    found = cohesion(documents, Random(0))
    assert found.pairs == 0
    assert math.isnan(found.lift)
