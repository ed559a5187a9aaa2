"""Sentence spans: a table a language, and the invariant on any text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.records import spans_are_ordered
from cscl_data.text.sentences import sentence_spans

EN = [
    ["Mr. Smith went to Washington.", "Dr. J. R. Kim paid Rs. 500 on No. 5 St. today!"],
    ['"Is it?" he asked.', "Yes (it is).", "See e.g. foo.py.", "Visit https://a.b/c.", "Next… and then... so."],
    ["Pi is 3.14.", "The U.S. army came.", "He left the U.S.", "The end."],
    ["He said no. 5 people came.", "No.", "I won't."],
    ["What?!", "Really.", "(Yes. No.)", "Ok.", "“Hi. There.”", "He left."],
    ["1. First thing.", "Then more."],
]
KO = [
    ["안녕하세요.", "저는 3.5점입니다.", "“정말?” 하고 물었다.", "좋아요!"],
    ['그는 "그래." 라고 말했다.', "2020. 3. 1. 독립 만세."],
]
JA = [["「行く。」と言った。", "彼は来た！", "本当？", "3.5です。"], ["彼（佐藤。）は来た。", "はい。"]]
ID = [["Bpk. Budi membeli buku dll. untuk Prof. Ali.", "Harganya Rp. 500.", "Dia pergi."]]


@pytest.mark.parametrize(
    ("lang", "sentences", "joint"),
    [
        *[("en", sentences, " ") for sentences in EN],
        *[("ko", sentences, " ") for sentences in KO],
        *[("ja", sentences, "") for sentences in JA],
        *[("id", sentences, " ") for sentences in ID],
        ("zh-Hans", ["他说：“好。”", "真的吗？", "是的！"], ""),
        ("hi", ["यह है।", "वह था।"], " "),
        ("en", ["Line one", "- item a", "- item, two."], "\r\n"),
        ("en", ["```\ncode. X\nY. Z\n```", "end"], "\n"),
        ("ko", ["갔다.", "그리고 왔다."], ""),
    ],
)
def test_sentence_spans(lang, sentences, joint):
    text = joint.join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text, lang)] == sentences


@pytest.mark.parametrize("lang", ["en", "ko", "ja", "zh", "id", "hi", "th"])
@settings(max_examples=80, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=60), st.text(st.sampled_from("aB1. !?。！」「\"')（）\n\r\u2028…다요`{}"), max_size=60)
    )
)
def test_sentence_spans_cover_any_text(lang, text):
    spans = sentence_spans(text, lang)
    assert spans_are_ordered(spans, len(text))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
    assert "".join("".join(text[s:e] for s, e in spans).split()) == "".join(text.split())


def test_sentence_spans_take_linear_time():
    start = time.process_time()
    assert len(sentence_spans("He came. He (left " * 20_000, "en")) > 1
    assert time.process_time() - start < 5.0
