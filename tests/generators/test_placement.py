"""What is no switch: the same word, a word in the letters of the matrix language, digits that are there already."""

from __future__ import annotations

import pytest

from cscl_data.generators.item import Made
from cscl_data.records import Reject, rng_for
from tests.factories import make_alignment, make_pair, make_words
from tests.generators.switching import made_by, make_item


def switched(src: str, tgt: str, link: tuple[int, int], *, matrix: str = "src", **pair: str) -> str | None:
    made = made_by(
        make_item(
            (p := make_pair(src, tgt, **pair)),
            make_alignment(p, links=[link]),
            (make_words(src), make_words(tgt)),
            matrix=matrix,
        ),
        rng_for(0, "row", "token_cs"),
        ratio=0.01,
    )
    if isinstance(made, Reject):
        assert made.reason == "no_candidate"
        return None
    assert isinstance(made, Made)
    return made.row.text


@pytest.mark.parametrize(
    ("src", "tgt", "link"),
    [
        ("the 16th century", "제 16세기", (2, 1)),
        ("for 10 years", "약 10년간", (2, 1)),
        ("Article 247 says", "제247조 말한다", (0, 0)),
        ("use tickets now", "입장권 ticket 지금", (1, 1)),
        ("the iPhone here", "여기 iphone", (1, 1)),
        ("the tellers here", "sini teller", (1, 1)),
    ],
)
def test_what_is_no_switch_is_left_alone(src: str, tgt: str, link: tuple[int, int]) -> None:
    assert switched(src, tgt, link) is None
    assert switched(src, tgt, link, matrix="tgt") is None or "ticket" in tgt


def test_digits_on_both_sides_may_come_along() -> None:
    assert switched("the 1980s begin", "이제 1980년대", (1, 1)) == "the 1980년대 begin"


def test_languages_of_one_script_are_switched() -> None:
    assert switched("green tea", "teh hijau", (1, 0), tgt_lang="id") == "green teh"


def test_english_word_in_a_korean_frame_is_a_switch_though_english_stands_in_it() -> None:
    assert switched("use tickets now", "입장권 ticket 지금", (1, 0), matrix="tgt") == "tickets ticket 지금"
