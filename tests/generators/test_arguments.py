"""A unit of Korean or Japanese never runs over a particle of subject, object or topic."""

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


def test_subject_and_another_noun_are_no_unit() -> None:
    assert switched("The dog sleeps there", "개가 탁자 아래에서 잔다", [(1, 0), (1, 1)]) is None


def test_nouns_that_a_genitive_joins_are_one() -> None:
    assert switched("Some guidance helps", "구루의 길 안내", [(1, 0), (1, 1)]) == "Some 구루의 길 helps"
