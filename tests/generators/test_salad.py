"""Word salad: as many words as asked, random ones at random places, written like any other switch."""

from __future__ import annotations

from collections import Counter

import pytest

from cscl_data.generators.item import Made
from cscl_data.records import Reject, TokenCsRow, restore, rng_for
from cscl_data.text.words import WordSplitter
from tests.factories import make_pair, make_words
from tests.generators.switching import made_by, make_item

EN, KO = "green tea tastes good in the morning , 7", "아침에 마시는 녹차가 참 맛이 좋다 요 . 7"
_KINDS = "ccccffcnn"


def salad(
    seed: int = 0, *, src: str = EN, tgt: str = KO, split: bool = False, **options: object
) -> TokenCsRow | Reject:
    pair = make_pair(src, tgt)
    if split:
        words = WordSplitter("en").words(src), WordSplitter("ko").words(tgt)
    else:
        words = make_words(src, _KINDS), make_words(tgt, _KINDS)
    matrix = options.pop("matrix", "src")
    item = make_item(pair, None, words, matrix=matrix, patterns=options.get("protect", ()))
    made = made_by(item, rng_for(seed, item.row_id, "token_cs"), name="salad", **options)
    return made.row if isinstance(made, Made) else made


def test_every_place_and_every_word_comes_up_alike() -> None:
    rows = [salad(seed, ratio=0.3) for seed in range(700)]
    places = Counter(edit.matrix_start for row in rows for edit in row.edits)
    words = Counter(KO[edit.embedded_start : edit.embedded_end] for row in rows for edit in row.edits)
    for counted in (places, words):
        assert len(counted) == 7
        assert min(counted.values()) > 0.75 * max(counted.values())
    assert sum(row.switch_ratio for row in rows) / 700 == pytest.approx(0.3, abs=0.02)


def test_all_words_are_drawn_once() -> None:
    row = salad(ratio=1.0)
    assert row.switch_ratio == 1.0
    assert sorted(KO[e.embedded_start : e.embedded_end] for e in row.edits) == sorted(KO.split()[:7])
    assert row.text.endswith(" , 7")
    assert restore(row.text, row.edits, EN) == EN


def test_words_are_written_like_any_switch() -> None:
    """The particle stays in the form that the new word asks for."""
    row = salad(src="tea", tgt="회의를", split=True, matrix="tgt", ratio=1.0)
    assert row.text == "tea를"
    assert [(row.text[t.start : t.end], t.lang, t.switched) for t in row.tokens] == [
        ("tea", "en", True),
        ("를", "ko", False),
    ]
    assert salad(src="film", tgt="회의를", split=True, matrix="tgt", ratio=1.0).text == "film을"


@pytest.mark.parametrize(("src", "tgt"), [("7 !", "차"), ("tea", "7 ."), ("React", "React")])
def test_nothing_to_draw_is_a_reject(src: str, tgt: str) -> None:
    made = salad(src=src, tgt=tgt, split=True)
    assert isinstance(made, Reject)
    assert made.reason == "no_candidate"


def test_words_of_a_name_of_several_stay() -> None:
    names = make_words(EN, _KINDS), make_words(KO, _KINDS)
    marked = tuple(tuple(w._replace(continues=i in (1, 2)) for i, w in enumerate(words)) for words in names)
    item = make_item(make_pair(EN, KO), None, marked)
    row = made_by(item, rng_for(0, item.row_id, "token_cs"), name="salad", ratio=1.0).row
    assert row.text.startswith("green tea tastes ")
    assert {KO[edit.embedded_start : edit.embedded_end] for edit in row.edits} == set(KO.split()[3:7])


def test_words_kept_out_are_neither_moved_nor_taken() -> None:
    row = salad(ratio=1.0, protect=("tea", "녹차가"))
    assert "tea" in row.text
    assert "녹차가" not in row.text
    row = salad(src="The tea is good", tgt="차가 좋다", split=True, ratio=1.0, exclude_stopwords=True)
    assert row.text.startswith("The ")
    assert " is " in row.text
