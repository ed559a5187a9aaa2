"""What leans on what: real analyses, one row a phenomenon. `stem<-a<-b` shows a head with what leans on it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.text.attachment import has_heads, heads_of, only_marks
from cscl_data.text.tokenizers import Token, tokenizer_for

MIXED = st.text(st.sampled_from("読食べてでいたなにするた年月3高さ的がん가했다는이고집에서 .,、。aB\n"), max_size=30)


def shown(lang: str, text: str) -> str:
    tokenizer = tokenizer_for(lang)
    tokens = tokenizer.tokens(text)
    groups: dict[int, list[str]] = {}
    for i, (token, head) in enumerate(zip(tokens, heads_of(text, tokens, tokenizer.name), strict=True)):
        groups.setdefault(i if head is None else head, []).append(text[token.start : token.end])
    return " ".join("<-".join(group) for group in groups.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本を読んでいました", "本 を 読ん<-で<-い<-まし<-た"),
        ("先生に説明してもらう", "先生 に 説明<-し<-て<-もらう"),
        ("使用されていた", "使用<-さ<-れ<-て<-い<-た"),
        ("静かな町", "静か<-な 町"),
        ("完全に直す", "完全<-に 直す"),
        ("政治的な理由", "政治<-的<-な 理由"),
        ("東京に行きたくない", "東京 に 行き<-たく<-ない"),
        ("2004年に", "2004<-年 に"),
        ("私たちは教師だ", "私<-たち は 教師 だ"),
        ("自動化する", "自動<-化<-する"),
        ("町の高さだ", "町 の 高<-さ だ"),
        ("安くて、速い", "安く<-て 、 速い"),
        ("水はない", "水 は ない"),
        ("駅で待つ", "駅 で 待つ"),
        ("本 を 読ん で い た 。", "本 を 読ん<-で<-い<-た 。"),
    ],
)
def test_japanese_predicates_hold_what_inflects_them(text, expected):
    assert shown("ja", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("책을 읽었다.", "책 을 읽<-었<-다 ."),
        ("번역하는 사람들이", "번역<-하<-는 사람<-들 이"),
        ("선생님이었다", "선생<-님<-이<-었<-다"),
        ("집에서만", "집 에서 만"),
        ("읽고 있다", "읽<-고 있<-다"),
        ("집에서이다", "집 에서 이<-다"),
    ],
)
def test_korean_endings_lean_on_their_stem_and_particles_on_nothing(text, expected):
    assert shown("ko", text) == expected


def test_nothing_leans_across_a_space_in_korean_or_a_mark_in_japanese():
    verb, ending = Token(0, 1, "VV", "읽다"), Token(2, 3, "EC")
    assert heads_of("읽 고", (verb, ending), "mecab-ko") == (None, None)
    verb, te = Token(0, 2, "動詞-一般", "読む"), Token(3, 4, "助詞-接続助詞", "て")
    assert heads_of("読み、て", (verb, te), "sudachi-A") == (None, None)


@pytest.mark.parametrize("tokenizer", ["spacy-en", "whitespace", "characters"])
def test_other_tokenizers_have_no_heads(tokenizer):
    assert not has_heads(tokenizer)
    assert heads_of("a b", (Token(0, 1), Token(2, 3)), tokenizer) == (None, None)


@pytest.mark.parametrize("lang", ["ko", "ja"])
@given(text=MIXED)
@settings(max_examples=60, deadline=None)
def test_a_head_stands_before_and_leans_on_nothing(lang, text):
    tokenizer = tokenizer_for(lang)
    tokens = tokenizer.tokens(text)
    heads = heads_of(text, tokens, tokenizer.name)
    assert len(heads) == len(tokens)
    for i, head in enumerate(heads):
        assert head is None or (head < i and heads[head] is None)


@pytest.mark.parametrize(
    ("pos", "expected"), [("JKO", True), ("EC", True), ("XSV+EP", True), ("VCP+EF", True), ("SF", True), ("NNG", False)]
)
def test_korean_particles_and_endings_only_mark(pos, expected):
    assert only_marks(Token(0, 1, pos), "mecab-ko") is expected
    assert not only_marks(Token(0, 1, pos), "spacy-en")
