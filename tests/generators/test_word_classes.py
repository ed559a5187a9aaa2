"""The classes of words: English by dictionary and neighbours, Korean and Japanese by analysers, others by lists."""

from __future__ import annotations

import pytest

from cscl_data.generators.item import Side
from cscl_data.generators.word_classes import class_of
from cscl_data.text.words import WordSplitter


def classes(lang: str, text: str) -> dict[str, str]:
    words = WordSplitter(lang).words(text)
    side = Side(lang, text, words)
    return {
        text[w.start : w.stem_end]: class_of(side, i) for i, w in enumerate(words) if w.kind in ("content", "function")
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The scientific tool works", {"The": "function", "scientific": "ADJ", "works": "either"}),
        ("They met the highest Korean court", {"highest": "compared", "Korean": "origin"}),
        ("It was physically near Nadal again", {"physically": "ADV", "Nadal": "PROPN", "again": "quantifier"}),
        ("the first request", {"first": "ordinal", "request": "either"}),
        ("They will request it", {"request": "VERB"}),
        ("Requests arrive", {"Requests": "either"}),
        ("a qwertish thing", {"qwertish": "unknown"}),
    ],
)
def test_english(text, expected):
    assert expected.items() <= classes("en", text).items()


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("ko", "올해 서울에서 경제적", {"올해": "time", "서울": "PROPN", "경제적": "adjectival"}),
        ("ko", "번역했다", {"번역": "verbal"}),
        ("ko", "도구를 물리적으로 부르는", {"도구": "NOUN", "물리적으로": "ADV"}),
        ("ja", "昨年、試合後に翻訳した結果", {"昨年": "time", "試合後": "relation", "翻訳": "verbal", "結果": "NOUN"}),
        ("id", "harganya menulis semua", {"harganya": "possessed", "menulis": "VERB", "semua": "quantifier"}),
        ("fr", "une maison blanche", {"maison": "unknown", "une": "function"}),
    ],
)  # fmt: skip
def test_other_languages(lang, text, expected):
    assert expected.items() <= classes(lang, text).items()
