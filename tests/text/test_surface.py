"""Particles, capitals and spaces fit the word that now stands there."""

from __future__ import annotations

import unicodedata

import pytest

from cscl_data.text.surface import final_sound, fit_particle, fits_place, needs_space, recased

PARTICLES = [
    # tail, word, expected; consonant and vowel by Standard Korean, Latin words by how they are read
    ("을", "녹차", "를"),
    ("를", "책", "을"),
    ("은", "나", "는"),
    ("는", "사람", "은"),
    ("이", "학교", "가"),
    ("가", "물", "이"),
    ("과", "커피", "와"),
    ("와", "빵", "과"),
    ("으로", "학교", "로"),
    ("로", "집", "으로"),
    ("으로", "서울", "로"),  # after ㄹ as after a vowel
    ("을", "서울", "을"),  # only 으로 treats ㄹ as a vowel
    ("이나", "우유", "나"),
    ("나", "빵", "이나"),
    ("이랑", "친구", "랑"),
    ("랑", "동생", "이랑"),
    ("이며", "의사", "며"),
    ("아", "민수", "야"),
    ("야", "지민", "아"),
    ("으로서", "교사", "로서"),
    ("로부터", "집", "으로부터"),
    ("으로는", "버스", "로는"),
    ("로도", "책", "으로도"),
    ("과의", "나라", "와의"),
    ("이나마", "나라", "나마"),
    ("나마", "책", "이나마"),
    ("이라도", "커피", "라도"),
    ("라고", "집", "이라고"),
    ("라는", "사람", "이라는"),
    ("이란", "자유", "란"),
    ("든지", "밥", "이든지"),
    # Latin words
    ("을", "factor", "를"),
    ("는", "system", "은"),
    ("가", "republic", "이"),
    ("를", "bomb", "을"),
    ("를", "book", "을"),
    ("를", "file", "을"),
    ("으로", "role", "로"),
    ("을", "set", "를"),
    ("으로", "school", "로"),
    ("이", "tea", "가"),
    ("가", "train", "이"),
    ("을", "coffee", "를"),
    ("를", "kitchen", "을"),
    ("와", "program", "과"),
    ("은", "apple", "은"),  # 애플
    ("로", "apple", "로"),
    ("을", "game", "을"),  # 게임
    ("를", "market", "을"),
    # acronyms by the name of their last letter
    ("을", "NATO", "를"),
    ("이", "AI", "가"),
    ("가", "RAM", "이"),
    ("으로", "URL", "로"),
    ("를", "VPN", "을"),
    ("는", "GPS", "는"),
    # digits by their Sino-Korean reading
    ("을", "2", "를"),
    ("를", "3", "을"),
    ("으로", "7", "로"),
    ("은", "1", "은"),
    ("이", "2025", "가"),
    ("가", "10", "이"),
    # what stands behind punctuation counts from the last letter
    ("을", "“tea”", "를"),
    # particles with one form
    ("에서", "school", "에서"),
    ("의", "book", "의"),
    ("도", "tea", "도"),
    ("에게", "Anna", "에게"),
    ("까지", "Friday", "까지"),
    ("만", "water", "만"),
    ("", "tea", ""),
    # what we cannot read stays as it is
    ("을", "茶", "을"),
    ("을", "🌱", "을"),
    ("을", "", "을"),
    ("했다", "tea", "했다"),
]


@pytest.mark.parametrize(("tail", "word", "expected"), PARTICLES)
def test_fit_particle_table(tail: str, word: str, expected: str) -> None:
    assert fit_particle(tail, word) == expected


@pytest.mark.parametrize(("tail", "word", "expected"), PARTICLES)
def test_fit_particle_of_a_fitted_one_changes_nothing(tail: str, word: str, expected: str) -> None:
    assert fit_particle(expected, word) == expected


def test_fit_particle_of_decomposed_hangul() -> None:
    decomposed = unicodedata.normalize("NFD", "을")
    assert fit_particle(decomposed, "tea") == "를"
    assert fit_particle(decomposed, "책") == decomposed, "what fits stays byte for byte"
    assert fit_particle("를", unicodedata.normalize("NFD", "책")) == "을"


@pytest.mark.parametrize(
    ("word", "sound"),
    [
        ("나무", "vowel"),
        ("산", "consonant"),
        ("물", "rieul"),
        ("0", "consonant"),
        ("8", "rieul"),
        ("9", "vowel"),
        ("HTML", "rieul"),
        ("...", None),
        ("漢", None),
        ("Ω", None),
    ],
)
def test_final_sound(word: str, sound: str | None) -> None:
    assert final_sound(word) == sound


@pytest.mark.parametrize(
    ("text", "opens_source", "opens_result", "is_name", "expected"),
    [
        ("The cat", True, False, False, "the cat"),
        ("The cat", True, True, False, "The cat"),
        ("the cat", False, False, False, "the cat"),
        ("the cat", False, True, False, "The cat"),
        ("Anna", True, False, True, "Anna"),
        ("NASA", True, False, False, "NASA"),
        ("iPhone", False, True, False, "IPhone"),
        ("McDonald", True, False, False, "McDonald"),
        ("I", True, False, False, "I"),
        ("고양이", True, False, False, "고양이"),
        ("ßa", False, True, False, "ßa"),  # its capital is two letters
        ("éclair", False, True, False, "Éclair"),
        ("3 cats", False, True, False, "3 cats"),
        ("“The", True, False, False, "“The"),
        ("", True, False, False, ""),
    ],
)
def test_recased_table(text: str, opens_source: bool, opens_result: bool, is_name: bool, expected: str) -> None:
    assert recased(text, opens_source=opens_source, opens_result=opens_result, is_name=is_name) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("a", "b", True),
        ("a", "1", True),
        ("é", "я", True),
        ("a", "가", False),
        ("가", "a", False),
        ("가", "나", False),
        ("す", "a", False),
        ("漢", "字", False),
        ("ก", "a", False),
        ("a", ".", False),
        (" ", "a", False),
        ("“", "a", False),
        ("ع", "ب", True),
    ],
)
def test_needs_space_table(left: str, right: str, expected: bool) -> None:
    assert needs_space(left, right) is expected


@pytest.mark.parametrize(
    ("word", "predicate", "marked", "fits"),
    [
        ("call", True, True, True),
        ("called", True, True, False),
        ("calling", True, True, False),
        ("access", True, True, True),
        ("calls", True, True, False),
        ("found", True, True, False),
        ("cards", False, True, True),
        ("usually", False, True, False),
        ("ordered", False, True, False),
        ("need", False, True, True),
        ("usually", False, False, True),
        ("발표", True, True, True),
    ],
)
def test_english_forms_that_nothing_may_follow(word, predicate, marked, fits):
    assert fits_place(word, predicate=predicate, marked=marked) is fits
