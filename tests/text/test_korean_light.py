"""하다 forms of Korean predicates, as the analyser cuts them."""

import pytest

from cscl_data.text.words import WordSplitter

FORMS = [
    ("부르는", "하는"),
    ("높습니다", "합니다"),
    ("받았다", "했다"),
    ("갈", "할"),
    ("갔다", "했다"),
    ("간다", "한다"),
    ("부른다고", "한다고"),
    ("어렵고", "하고"),
    ("아름다운", "한"),
    ("읽으면", "하면"),
    ("먹어서", "해서"),
    ("크지만", "하지만"),
    ("갑니다", "합니다"),
    ("높을수록", "할수록"),
    ("만났습니다", "했습니다"),
    ("움직이는데", "하는데"),
    ("찾기", "하기"),
]


@pytest.fixture(scope="module")
def korean():
    return WordSplitter("ko")


@pytest.mark.parametrize(("eojeol", "form"), FORMS)
def test_the_endings_of_a_predicate_stay_behind_a_foreign_stem(korean, eojeol, form):
    text = f"그는 {eojeol}"
    word = korean.words(text)[-1]
    assert text[word.start : word.end] == eojeol
    assert word.light == form
    assert word.pos in {"VERB", "ADJ"}


@pytest.mark.parametrize(
    ("eojeol", "form"),
    [
        ("닫는다", "한다"),
        ("앉는다고", "한다고"),
        ("먹는데", "하는데"),
        ("걸으면서", "하면서"),
        ("떠난다는", "한다는"),
        ("재미있는", "한"),
    ],
)
def test_endings_that_a_stem_in_a_consonant_takes_otherwise(korean, eojeol, form):
    assert korean.words(f"그는 {eojeol} 말")[-2].light == form


@pytest.mark.parametrize("eojeol", ["학교는", "발표했다", "있습니다", "매우", "알려진", "값은"])
def test_what_is_no_bare_predicate_or_has_no_known_form_has_none(korean, eojeol):
    assert korean.words(f"그는 {eojeol}")[-1].light == ""


@pytest.mark.parametrize(
    ("eojeol", "pos"),
    [
        ("학교는", "NOUN"),
        ("서울에서", "PROPN"),
        ("발표했다", "VERB"),
        ("유명한", "ADJ"),
        ("매우", "ADV"),
        ("갔다", "VERB"),
    ],
)
def test_korean_words_know_their_part_of_speech(korean, eojeol, pos):
    assert korean.words(f"그는 {eojeol}")[-1].pos == pos
