"""From the text of an answer to a row: what was switched, where it comes from, what stays as it was."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.generators.item import SwitchItem
from cscl_data.pipelines.inspection.tokens import token_faults
from cscl_data.records import restore
from tests.factories import texts
from tests.generators.llm.items import EN, ID, JA, KO, item_of, read

EN_KO, KO_EN = item_of(), item_of(("ko", KO), ("en", EN))
EN_JA, JA_EN = item_of(("en", EN), ("ja", JA)), item_of(("ja", JA), ("en", EN))
EN_ID = item_of(("en", EN), ("id", ID))


def edits(item: SwitchItem, answer: str) -> list[tuple[str, str, str]]:
    """Return every edit of the row: its text, the matrix words, the embedded words."""
    row, _, _ = read(item, answer)
    frame, other = item.frame.text, item.other.text
    return [
        (
            row.text[edit.start : edit.end],
            frame[edit.matrix_start : edit.matrix_end],
            other[edit.embedded_start : edit.embedded_end],
        )
        for edit in row.edits
    ]


GRANDMOTHER = ("grandmother", "할머니", "grandmother")
FOUND = [
    (EN_KO, "My grandmother drinks 녹차 every morning.", [("녹차", "green tea", "녹차")]),
    (
        EN_KO,
        "My 할머니 drinks 녹차를 every morning.",
        [("할머니", "grandmother", "할머니"), ("녹차를", "green tea", "녹차를")],
    ),
    (KO_EN, "우리 grandmother는 매일 아침 녹차를 마신다.", [GRANDMOTHER]),
    (KO_EN, "우리 할머니는 매일 아침 녹차를 drink한다.", [("drink한다", "마신다", "drinks")]),
    (KO_EN, "우리 할머니는 every morning 녹차를 마신다.", [("every morning", "매일 아침", "every morning")]),
    (
        JA_EN,
        "私のgrandmotherは毎朝green teaを飲んでいる。",
        [("grandmother", "祖母", "grandmother"), ("green tea", "緑茶", "green tea")],
    ),
    (
        EN_JA,
        "My 祖母 drinks 緑茶 every morning.",
        [("祖母", "grandmother", "祖母"), ("緑茶", "green tea", "緑茶")],
    ),
    (
        EN_ID,
        "My nenek drinks teh hijau every morning.",
        [("nenek", "grandmother", "Nenek"), ("teh hijau", "green tea", "teh hijau")],
    ),
]


@pytest.mark.parametrize(("item", "answer", "found"), FOUND, ids=[answer for _, answer, _ in FOUND])
def test_switched_words_are_found_in_both_sentences(
    item: SwitchItem, answer: str, found: list[tuple[str, str, str]]
) -> None:
    row, _, _ = read(item, answer)
    assert row.text == answer
    assert edits(item, answer) == found


def test_tokens_tell_their_language_and_a_particle_is_a_token_of_its_own() -> None:
    row, _, _ = read(KO_EN, "우리 grandmother는 매일 아침 green tea를 마신다.")
    assert [(row.text[t.start : t.end], t.lang, t.switched) for t in row.tokens] == [
        ("우리", "ko", False),
        ("grandmother", "en", True),
        ("는", "ko", False),
        ("매일", "ko", False),
        ("아침", "ko", False),
        ("green", "en", True),
        ("tea", "en", True),
        ("를", "ko", False),
        ("마신다", "ko", False),
        (".", "zxx", False),
    ]
    assert row.switch_ratio == pytest.approx(2 / 6)


def test_words_written_together_are_tokens_of_their_own() -> None:
    row, _, _ = read(EN_JA, "My grandmother drinks 毎朝緑茶 now.")
    assert [row.text[t.start : t.end] for t in row.tokens if t.switched] == ["毎朝", "緑茶"]


DONT = item_of(("en", "\tDon’t drink tea.\r\n"), ("ko", "차를 마시지 마."))
GPU = item_of(("ja", "GPU予約をする。"), ("en", "Make a GPU reservation."))
SPELT = {
    "space and case": (
        EN_KO,
        "my grandmother  drinks 녹차 every\tmorning",
        "My grandmother drinks 녹차 every morning.",
    ),
    "punctuation": (EN_KO, "My grandmother, drinks 녹차 every day!", "My grandmother drinks 녹차 every day."),
    "particles": (
        KO_EN,
        "우리 grandmother은 매일 아침 green tea을 마신다.",
        "우리 grandmother는 매일 아침 green tea를 마신다.",
    ),
    "space before a particle": (
        KO_EN,
        "우리 할머니는 매일 아침 green tea 를 마신다.",
        "우리 할머니는 매일 아침 green tea를 마신다.",
    ),
    "spaces in Japanese": (
        JA_EN,
        "私の grandmother は毎朝緑茶を飲んでいる",
        "私のgrandmotherは毎朝緑茶を飲んでいる。",
    ),
    "quotes and ends": (DONT, "Don't drink 차.", "\tDon’t drink 차.\r\n"),
    "space between words that now touch": (GPU, "GPU reservationをする。", "GPU reservationをする。"),
}


@pytest.mark.parametrize(("item", "answer", "text"), SPELT.values(), ids=SPELT)
def test_spelling_is_that_of_the_matrix(item: SwitchItem, answer: str, text: str) -> None:
    assert read(item, answer)[0].text == text


def test_words_of_neither_sentence_are_told_apart_by_their_letters() -> None:
    _, reading, _ = read(EN_KO, "My grandmother drinks 커피 every single morning.")
    assert (reading.unfound, reading.invented) == (["커피"], ["single"])
    _, reading, _ = read(EN_ID, "My grandmother drinks kopi every morning.")
    assert (reading.unfound, reading.invented) == ([], ["kopi"]), "letters tell nothing between English and Indonesian"


def test_other_form_of_a_matrix_word_is_no_invention() -> None:
    _, reading, _ = read(EN_KO, "My grandmothers drink 녹차 every morning.")
    assert (reading.unfound, reading.invented, reading.idle) == ([], [], [])
    assert len(reading.replaced) == 2


def test_translation_beside_its_word_is_told() -> None:
    _, reading, _ = read(EN_KO, "My grandmother drinks green tea (녹차) every morning.")
    assert (reading.added, reading.replaced) == (["녹차"], [])


def test_switched_word_that_moves_is_no_addition() -> None:
    item = item_of(("en", "Start MPD and keep the console open."), ("ko", "콘솔을 열어 두고 MPD 시작"))
    _, reading, _ = read(item, "MPD 시작 and keep the console open.")
    assert (reading.added, reading.idle) == ([], [])
    assert [item.frame.text[word.start : word.end] for word in reading.replaced] == ["Start"]


def test_mark_that_joins_two_words_stays() -> None:
    item = item_of(("ja", "NUL で終端された文字列"), ("en", "a NUL-terminated string"))
    row, reading, _ = read(item, "NUL-terminated された文字列")
    assert row.text == "NUL-terminatedされた文字列"
    assert (reading.unfound, reading.invented) == ([], [])


def test_words_that_spaces_cut_are_found() -> None:
    item = item_of(("en", "let 's enjoy the long vacation ."), ("ja", "長 い 休暇 を 楽し み ま しょ う 。"))
    row, reading, _ = read(item, "let 's enjoy the 長 い 休暇 .")
    assert (row.text, reading.unfound, reading.invented) == ("let 's enjoy the 長 い 休暇 .", [], [])
    assert edits(item, "let 's enjoy the 長 い 休暇 .") == [("長 い 休暇", "long vacation", "長 い 休暇")]


def test_word_that_only_goes_takes_one_space_with_it() -> None:
    assert read(EN_KO, "My grandmother drinks tea every morning.")[0].text == "My grandmother drinks tea every morning."
    assert read(EN_KO, "My grandmother drinks green tea every.")[0].text == "My grandmother drinks green tea every."
    assert read(EN_KO, "grandmother drinks")[0].text == "grandmother drinks."


_SENTENCES = (EN, KO, JA, ID, "Anna paid 18,000 won (₩) for `x`, didn’t she?", "안나가 `x`에 18,000원을 냈지?")
_LANGS = ("en", "ko", "ja", "id", "en", "ko")
_WORDS = sorted({*chain.from_iterable(sentence.split(" ") for sentence in _SENTENCES), "tea를", "녹차", "緑茶を", "\n"})


@st.composite
def answers(draw: st.DrawFn) -> tuple[SwitchItem, str]:
    """Any answer to any pair of sentences: their words in any order, and anything else."""
    one, other = draw(st.permutations(range(len(_SENTENCES))))[:2]
    item = item_of((_LANGS[one], _SENTENCES[one]), (_LANGS[other], _SENTENCES[other]))
    words = _SENTENCES[one].split(" ")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(words)))
        words[at : at + draw(st.integers(0, 2))] = draw(
            st.lists(st.sampled_from(_WORDS) | texts(max_size=8), max_size=2)
        )
    return item, draw(st.sampled_from([" ", "", "  "])).join(words)


@given(case=answers())
@settings(max_examples=150)
def test_row_of_any_answer_keeps_its_invariants(case: tuple[SwitchItem, str]) -> None:
    item, answer = case
    row, reading, _ = read(item, answer)
    assert token_faults(row) == []
    assert restore(row.text, row.edits, item.frame.text) == item.frame.text
    assert 0 <= row.switch_ratio <= 1
    assert bool(reading.replaced or reading.added) == any(token.switched for token in row.tokens)
    covered = set(chain.from_iterable(range(token.start, token.end) for token in row.tokens))
    assert all(row.text[i].isspace() for i in range(len(row.text)) if i not in covered), "every word is a token"
    for edit in row.edits:
        switched = [t for t in row.tokens if t.switched and edit.start <= t.start and t.end <= edit.end]
        assert bool(switched) == (edit.embedded_start < edit.embedded_end)


@pytest.mark.parametrize("item", [EN_KO, KO_EN, EN_JA, JA_EN, EN_ID])
def test_matrix_sentence_given_back_changes_nothing(item: SwitchItem) -> None:
    row, reading, _ = read(item, item.frame.text)
    assert (row.text, row.edits, row.switch_ratio) == (item.frame.text, (), 0.0)
    assert (reading.invented, reading.idle) == ([], [])
