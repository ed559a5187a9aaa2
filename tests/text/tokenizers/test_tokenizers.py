"""Every tokenizer: lossless on any text, and right on ordinary ones."""

from __future__ import annotations

import pickle
import unicodedata
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.text.tokenizers import TOKENIZERS, tokenizer_for
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.cover import covering, pieces
from cscl_data.text.tokenizers.japanese import SudachiTokenizer

ALL = [
    ("en", "auto"), ("id", "auto"), ("ko", "auto"), ("ja", "auto"), ("zh", "auto"), ("th", "auto"), ("bo", "auto"),
    ("my", "auto"), ("ar", "auto"), ("qqq", "auto"), ("ko", "spacy"), ("ja", "spacy"), ("zh", "spacy"), ("vi", "spacy"),
    ("th", "spacy"), ("en", "moses"), ("ko", "moses"), ("fr", "moses"), ("qqq", "moses"), ("en", "whitespace"),
    ("en", "characters"), ("en", "mecab"), ("en", "sudachi"),
]  # fmt: skip

NASTY = [
    "",
    " \n\t ",
    "👨‍👩‍👧 and 👍🏽 e\u0301 🇰🇷",
    unicodedata.normalize("NFD", "나는 학교에 갔다. déjà vu"),
    "שלום עולם (abc) مرحبا",
    "a\u00a0b\u2028c\u2029d\x85e\u3000f",
    "line\r\nend\rx\x0by\x1cz",
    "nul\x00in 가\x00나 東\x00京",
    "x\u200dy \u200d \ufeffz",
    "lone \ud800 surrogate 가\udfff",
    "ﬁ ① ㈱ ㍿ ﾊﾝｶﾞ ｱｲ ㎏",
    "...DOTMULTI DOTDOTMULTI .. &amp; <b> |[]",
    "don't can't I'm 'tis rock'n'roll",
    "https://example.com/a?b=c#d foo.bar(baz)[0] --x=1",
    "東京GPT4に 가나다ABC漢字123",
    "᾽Αρχὴ ἥμισυ παντός",
]
LONG = ["W" * 100_000, "(" * 10_000, "가" * 10_000, "あ" * 30_000, "." * 10_000, "ab " * 10_000]
MIXED = st.text(
    st.sampled_from("aB1 .,'’-()&<\n\u00a0\u200d\u0301가한는각東京のを、。ไทยكت😀\x00\u2028\ud800"), max_size=60
)


@cache
def _tokenizer(lang, name):
    return tokenizer_for(lang, name)


def _check(tokenizer, text):
    tokens = tokenizer.tokens(text)
    at = 0
    covered = []
    for token in tokens:
        assert at <= token.start < token.end <= len(text)
        covered += range(token.start, token.end)
        at = token.end
    assert covered == [i for i, char in enumerate(text) if not char.isspace()]
    assert tokenizer.spans(text) == tuple((token.start, token.end) for token in tokens)


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_tokenizer_covers_nasty_text(lang, name):
    for text in NASTY:
        _check(_tokenizer(lang, name), text)


@pytest.mark.parametrize(("lang", "name"), ALL)
@settings(max_examples=25, deadline=None)
@given(text=st.one_of(st.text(st.characters(), max_size=60), MIXED))
def test_tokenizer_covers_any_text(lang, name, text):
    _check(_tokenizer(lang, name), text)


@pytest.mark.parametrize(
    ("lang", "name"), [("en", "auto"), ("ko", "auto"), ("ja", "auto"), ("zh", "auto"), ("en", "moses")]
)
@pytest.mark.parametrize("text", LONG, ids=lambda text: f"{text[:1]}x{len(text)}")
def test_tokenizer_covers_long_text(lang, name, text):
    _check(_tokenizer(lang, name), text)


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


@pytest.mark.parametrize(("lang", "name"), ALL)
def test_tokenizer_pickles(lang, name):
    tokenizer = _tokenizer(lang, name)
    again = pickle.loads(pickle.dumps(tokenizer))
    assert again.name == tokenizer.name
    assert again.tokens("ab 가나, 東京.") == tokenizer.tokens("ab 가나, 東京.")


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
