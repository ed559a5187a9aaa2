"""A unit of Korean or Japanese that runs over a particle of subject, object or topic comes last."""

from __future__ import annotations

from cscl_data.generators.item import Made
from cscl_data.records import rng_for
from cscl_data.text.words import WordSplitter
from tests.factories import make_alignment, make_pair
from tests.generators.switching import made_by, make_item


def switched(src: str, tgt: str, links: list[tuple[int, int]]) -> str | None:
    pair = make_pair(src, tgt)
    words = tuple(WordSplitter(lang).words(text) for lang, text in (("en", src), ("ko", tgt)))
    made = made_by(make_item(pair, make_alignment(pair, links=links), words), rng_for(0, "r", "token_cs"), ratio=0.2)
    return made.row.text if isinstance(made, Made) else None


def test_subject_and_another_noun_are_switched_only_where_nothing_else_is() -> None:
    text, other = "The dog likes tea", "개가 탁자 차 좋다"
    assert switched(text, other, [(1, 0), (1, 1), (3, 2)]) == "The dog likes 차"
    assert switched(text, other, [(1, 0), (1, 1)]) == "The 개가 탁자 likes tea"


def test_nouns_that_a_genitive_joins_are_one() -> None:
    assert switched("Some guidance helps", "구루의 길 안내", [(1, 0), (1, 1)]) == "Some 구루의 길 helps"
