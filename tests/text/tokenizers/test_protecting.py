"""Protected spans are one token each, whatever the analyser makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.text.protected import protected_spans, uncut_spans
from cscl_data.text.tokenizers import tokenizer_for
from cscl_data.text.tokenizers.protecting import PROTECTED_POS, ProtectingTokenizer
from cscl_data.text.tokenizers.whitespace import WhitespaceTokenizer

PIECES = [
    "`x y`",
    "``foo_bar``",
    ":func:`f`",
    "{name}",
    "https://a.b/c",
    "%s",
    "단어",
    "は",
    "word",
    ",",
    " ",
    "\n",
    "<b>",
]


@pytest.mark.parametrize("lang", ["en", "ko", "ja", "zh", "th"])
def test_code_is_one_token_on_both_sides_of_a_pair(lang):
    text = {
        "en": "See `foo_bar` and {name}.",
        "ko": "`foo_bar`와 {name}을 보세요.",
        "ja": "`foo_bar`と{name}を見て。",
        "zh": "请看`foo_bar`和{name}。",
        "th": "ดู `foo_bar` และ {name}",
    }[lang]
    tokens = tokenizer_for(lang).tokens(text)
    marked = [text[t.start : t.end] for t in tokens if t.pos == PROTECTED_POS]
    assert marked == ["`foo_bar`", "{name}"]
    assert len(tokens) > 3


def test_what_sticks_out_of_a_span_is_cut_at_its_punctuation():
    text = "([text](https://a.b))word"
    tokens = ProtectingTokenizer(WhitespaceTokenizer()).tokens(text)
    assert [text[t.start : t.end] for t in tokens] == ["(", "[", "text", "]", "(https://a.b)", ")", "word"]


@pytest.mark.parametrize(
    ("lang", "text"),
    [("en", "At {} now"), ("ko", "버전 {}과 {}를"), ("ja", "版{}と{}を"), ("id", "versi {} dan {}")],
)
@pytest.mark.parametrize("number", ["3.11", "v2.1", "1,234", "10:30", "x86", "2026/11"])
def test_a_number_is_one_token_in_every_language(lang, text, number):
    text = text.format(number, number)
    found = [text[t.start : t.end] for t in tokenizer_for(lang).tokens(text)]
    assert found.count(number) == text.count(number)


@pytest.mark.parametrize("span", ["$HOME", "%s", "--help", "-v", "#tag", "{x}", "`y`"])
@pytest.mark.parametrize(("before", "behind"), [("", "를"), ("값 ", "과"), ("と", "を"), ("值", "。")])
def test_a_span_between_letters_without_spaces_is_found(span, before, behind):
    text = before + span + behind
    assert [text[start:end] for start, end in protected_spans(text)] == [span]


@pytest.mark.parametrize(
    ("lang", "text", "words"),
    [
        ("en", "E[x]tract the [n]ame, g[z]ipped", ["E[x]tract", "[n]ame", "g[z]ipped"]),
        ("ko", "[n]ame을 출력([p]rint)", ["[n]ame", "[p]rint"]),
        ("id", "daftar [n]ama", ["[n]ama"]),
        ("en", "see [1], [me] or [npm](https://a.org)", ["(https://a.org)"]),
        ("en", "`a[i]` and x[0]", ["`a[i]`"]),
    ],
)
def test_a_word_with_a_letter_in_brackets_is_one_token(lang, text, words):
    found = [text[t.start : t.end] for t in tokenizer_for(lang).tokens(text) if t.pos == PROTECTED_POS]
    assert found == words


def test_a_mark_behind_a_span_belongs_to_it():
    text = "`x`\u0301The"
    tokens = tokenizer_for("en").tokens(text)
    assert [text[t.start : t.end] for t in tokens] == ["`x`\u0301", "The"]


@given(parts=st.lists(st.sampled_from(PIECES), max_size=12))
def test_tokens_cover_everything_once_and_hold_the_spans(parts):
    text = "".join(parts)
    tokens = ProtectingTokenizer(WhitespaceTokenizer()).tokens(text)
    covered = [i for t in tokens for i in range(t.start, t.end)]
    assert covered == sorted(set(covered))
    inside = {i for start, end in uncut_spans(text) for i in range(start, end)}
    assert set(covered) == {i for i, char in enumerate(text) if not char.isspace()} | inside
    assert [(t.start, t.end) for t in tokens if t.pos == PROTECTED_POS] == list(uncut_spans(text))
