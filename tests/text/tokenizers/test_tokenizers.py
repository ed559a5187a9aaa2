"""Every tokenizer is right on ordinary texts; `tests/contracts` says what it must keep on all of them."""

from __future__ import annotations

import unicodedata
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.text.tokenizers import TOKENIZERS, tokenizer_for
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.cover import covering, pieces
from cscl_data.text.tokenizers.japanese import SudachiTokenizer


@cache
def _tokenizer(lang, name):
    return tokenizer_for(lang, name)


@pytest.mark.parametrize(
    ("lang", "name", "text", "expected"),
    [
        ("en", "auto", "I don't know, Mr. Kim.", "I do n't know , Mr. Kim ."),
        ("en", "whitespace", "I don't know, Mr. Kim.", "I don't know, Mr. Kim."),
        ("en", "moses", 'Don\'t quote "me" & you...', 'Don \'t quote " me " & you ...'),
        ("en", "moses", "the word 한국어를 stays", "the word 한국어를 stays"),
        ("ko", "moses", "나는 학교에 갔다.", "나는 학교에 갔다 ."),
        ("ko", "auto", "나는 학교에 갔다.", "나 는 학교 에 갔 다 ."),
        ("ko", "spacy", "나는 학교에 갔다.", "나는 학교에 갔다 ."),
        ("ja", "auto", "東京都に行きました。", "東京 都 に 行き まし た 。"),
        ("zh", "auto", "我用GPT4写了3.5页。", "我 用 GPT4 写 了 3.5 页 。"),
        ("th", "auto", "เก่งไหม", "เก่ ง ไห ม"),
        ("my", "auto", "မြန်မာ", "မြ န် မာ"),
        ("bo", "auto", "བོད་ཡིག", "བོད ་ ཡིག"),
        ("id", "auto", "Saya pergi ke sekolah.", "Saya pergi ke sekolah ."),
    ],
)
def test_tokenizer_cuts(lang, name, text, expected):
    assert " ".join(text[token.start : token.end] for token in _tokenizer(lang, name).tokens(text)) == expected


@pytest.mark.parametrize(
    ("lang", "name", "text", "expected"),
    [
        ("en", "auto", "a 👩‍👩‍👧 👍🏽!", "a 👩‍👩‍👧 👍🏽 !"),
        ("en", "moses", "café now", "café now"),
        ("ko", "auto", "café 가", "café 가"),
        ("zh", "auto", "我学हिन्दी。", "我 学 हिन्दी 。"),
        ("zh", "auto", "🇰🇷🇯🇵", "🇰🇷 🇯🇵"),
    ],
)
def test_tokenizer_parts_no_character(lang, name, text, expected):
    assert " ".join(text[token.start : token.end] for token in _tokenizer(lang, name).tokens(text)) == expected


def test_mecab_gives_tags_and_dictionary_forms():
    text = "업데이트했다"
    found = [(text[t.start : t.end], t.pos, t.lemma) for t in _tokenizer("ko", "mecab").tokens(text)]
    assert found[:2] == [("업데이트", "NNG", ""), ("했", "XSV+EP", "하다")]


def test_mecab_reads_decomposed_hangul():
    text = unicodedata.normalize("NFD", "학교에 간다")
    tokens = _tokenizer("ko", "mecab").tokens(text)
    assert [unicodedata.normalize("NFC", text[t.start : t.end]) for t in tokens[:2]] == ["학교", "에"]
    assert [t.pos for t in tokens[:2]] == ["NNG", "JKB"]


@pytest.mark.parametrize(("mode", "expected"), [("A", "国際 連合"), ("C", "国際連合")])
def test_sudachi_modes(mode, expected):
    text = "国際連合"
    assert " ".join(text[s:e] for s, e in SudachiTokenizer(mode).spans(text)) == expected


def test_sudachi_gives_dictionary_forms():
    tokens = SudachiTokenizer().tokens("食べていた")
    assert (tokens[0].pos, tokens[0].lemma) == ("動詞-一般", "食べる")


def test_sudachi_offsets_hold_behind_a_cut():
    text = "長い文章です。" * 3_000 + "東京"
    assert text[slice(*SudachiTokenizer().spans(text)[-1])] == "東京"


def test_tokenizer_names_are_distinct_in_signatures():
    assert [_tokenizer(*key).name for key in [("en", "auto"), ("ko", "auto"), ("ja", "auto"), ("pt-BR", "moses")]] == [
        "spacy-en",
        "mecab-ko",
        "sudachi-A",
        "moses-pt",
    ]


def test_unknown_tokenizer_lists_the_known_ones():
    with pytest.raises(ConfigError, match=r"unknown tokenizer 'meacb'\. Available: auto, characters") as caught:
        tokenizer_for("ko", "meacb")
    assert caught.value.hint == "did you mean 'mecab'?"
    assert set(TOKENIZERS) >= {"auto", "spacy", "moses", "whitespace", "mecab", "sudachi"}


@pytest.mark.parametrize("lang", ["ja", "zh-Hant", "th"])
def test_moses_refuses_languages_without_spaces(lang):
    with pytest.raises(ConfigError, match="cannot cut"):
        tokenizer_for(lang, "moses")


@given(st.text(st.sampled_from("ab \n"), max_size=20), st.lists(st.tuples(st.integers(0, 22), st.integers(0, 22))))
def test_covering_mends_any_tokens(text, raw):
    tokens = [Token(*pair) for pair in sorted(raw)]
    covered = [i for token in covering(text, tokens) for i in range(token.start, token.end)]
    assert covered == [i for i, char in enumerate(text) if not char.isspace()]


@given(st.text(st.sampled_from("ab.\n。\u0301 "), max_size=80), st.integers(1, 9))
def test_pieces_tile_the_text(text, max_chars):
    cuts = list(pieces(text, max_chars))
    assert "".join(text[start:end] for start, end in cuts) == text
    assert all(0 < end - start <= max_chars for start, end in cuts)
