"""Units in their places: capitals, clitics, spaces, the order of neighbours."""

from __future__ import annotations

import pytest

from cscl_data.records import Span
from cscl_data.text.word_rules.base import Word
from tests.factories import make_alignment, make_pair, make_words
from tests.generators.switching import row_of, split


def test_capital_follows_the_place() -> None:
    pair = make_pair("Tea is good", "참 좋은 차")
    alignment = make_alignment(pair, links=[(0, 2)])
    assert row_of(pair, alignment, ratio=0.3, matrix="tgt").text == "참 좋은 tea"
    for text, expected in (("Green tea", "Hijau tea"), ("green tea", "hijau tea")):
        pair = make_pair(text, "Teh hijau", tgt_lang="id")
        assert row_of(pair, make_alignment(pair, links=[(0, 1)]), ratio=0.5).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Really good. Tea works", "참 tea"),
        ("We met Tea here", "참 Tea"),
    ],
)
def test_capital_of_a_later_sentence_says_nothing(text: str, expected: str) -> None:
    pair = make_pair(text, "참 차")
    at = text.split(" ").index("Tea")
    row = row_of(pair, make_alignment(pair, links=[(at, 1)]), split(text, pair.tgt_text), ratio=0.5, matrix="tgt")
    assert row.text == expected


def test_capital_at_the_beginning_stays_where_the_other_language_tells_a_name() -> None:
    pair = make_pair("Luxembourg is small", "작은 룩셈부르크")
    words = make_words(pair.src_text), make_words(pair.tgt_text)
    named = words[0], (words[1][0], words[1][1]._replace(pos="PROPN"))
    alignment = make_alignment(pair, links=[(0, 1)])
    assert row_of(pair, alignment, words, ratio=0.5, matrix="tgt").text == "작은 luxembourg"
    assert row_of(pair, alignment, named, ratio=0.5, matrix="tgt").text == "작은 Luxembourg"


def test_english_genitive_stays_with_the_sentence() -> None:
    pair = make_pair("the moon's light", "달의 빛")
    alignment = make_alignment(pair, links=[(1, 0)], src_tokens=(Span(0, 3), Span(4, 8), Span(8, 10), Span(11, 16)))
    words = split(pair.src_text, pair.tgt_text)
    assert row_of(pair, alignment, words, ratio=0.3).text == "the 달's light"
    assert row_of(pair, alignment, words, ratio=0.5, matrix="tgt").text == "moon의 빛"


def test_neighbours_keep_the_order_of_their_language() -> None:
    pair = make_pair("the first patent here", "paten pertama di sini", tgt_lang="id")
    alignment = make_alignment(pair, links=[(1, 1), (2, 0), (3, 3)])
    for seed in range(10):
        row = row_of(pair, alignment, ratio=0.5, seed=seed)
        assert row.text in ("the pertama patent sini", "the first paten sini")
    assert row_of(pair, alignment, ratio=1.0).text == "the pertama paten sini", "nothing else is left"


def test_name_keeps_its_capital() -> None:
    pair = make_pair("Anna laughs", "웃는 안나")
    words = (make_words("Anna laughs")[0]._replace(name=True), *make_words("Anna laughs")[1:])
    row = row_of(pair, make_alignment(pair, links=[(0, 1)]), (words, make_words("웃는 안나")), ratio=0.5, matrix="tgt")
    assert row.text == "웃는 Anna"


def test_words_that_would_run_together_get_a_space_inside_the_edit() -> None:
    pair = make_pair("drink tea now", "飲茶吧", tgt_lang="zh-Hans")
    words = make_words(pair.src_text), tuple(Word(i, i + 1, i + 1, "content") for i in range(3))
    alignment = make_alignment(pair, links=[(0, 0), (1, 1), (2, 2)], tgt_tokens=tuple(Span(i, i + 1) for i in range(3)))
    row = row_of(pair, alignment, words, ratio=1.0, matrix="tgt")
    assert row.text == "drink tea now"
    row.check(pair.tgt_text, pair.src_text)


@pytest.mark.parametrize(("word", "expected"), [("joined", "join했다"), ("told", "tell했다"), ("tea", "tea했다")])
def test_english_verb_stands_in_its_base_form_before_hada(word: str, expected: str) -> None:
    pair = make_pair(f"we {word} here", "여기서 참가했다")
    alignment = make_alignment(pair, links=[(1, 1)])
    row = row_of(pair, alignment, split(pair.src_text, pair.tgt_text), ratio=0.5, matrix="tgt")
    assert row.text == f"여기서 {expected}"
    edit = row.edits[0]
    assert pair.src_text[edit.embedded_start : edit.embedded_end] == word


@pytest.mark.parametrize(
    ("english", "at", "expected"),
    [
        ("scientific methods", 0, "scientific한 방법"),
        ("principle methods", 0, "principle인 방법"),
        ("methods", 0, "과학적인 methods"),
    ],
)
def test_adjectival_noun_takes_the_ending_that_the_english_word_asks_for(english: str, at: int, expected: str) -> None:
    pair = make_pair(english, "과학적인 방법")
    link = (at, 0 if " " in english else 1)
    row = row_of(pair, make_alignment(pair, links=[link]), split(english, pair.tgt_text), ratio=0.5, matrix="tgt")
    assert row.text == expected


def test_word_with_a_capital_of_its_own_keeps_it_within_a_sentence() -> None:
    pair = make_pair("Japanese is hard", "어려운 일본어")
    row = row_of(pair, make_alignment(pair, links=[(0, 1)]), ratio=0.5, matrix="tgt")
    assert row.text == "어려운 Japanese"
