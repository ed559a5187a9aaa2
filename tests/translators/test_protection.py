from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.text.emoji import emoji_spans
from cscl_data.translators.protection import between_edges, hard_spans, has_words

PROTECTED = [
    "https://a.org/b?c=1", "me@x.org", "`ls -l`", "```a b```", "{x}", "{{x}}", "%s", "%(name)s", "${HOME}", "$VAR",
    "<b>", "</b>", "&amp;", r"\alpha", r"\frac{a}{b}", r"\(x + 1\)", "$x^2$", "$$y$$", "<code>x y</code>",
    r"\begin{eq}x\end{eq}", "🎉", "👩‍👩‍👧", "👍🏽", "🇰🇷", "1️⃣", "❤️",
]  # fmt: skip


@pytest.mark.parametrize("literal", PROTECTED)
def test_what_must_come_back_is_found_whole(literal):
    text = f"say {literal} here"
    assert [text[start:end] for start, end in hard_spans(text)] == [literal]
    assert has_words(text)
    assert not has_words(f" {literal} 42.")


@pytest.mark.parametrize("name", ["README.md", "src/a.py", "--flag", "snake_case", "iPhone", r"C:\Users\me", "$5"])
def test_names_may_differ_between_languages(name):
    assert hard_spans(f"say {name} here") == ()


def test_emoji_count_as_a_reader_sees_them():
    text = "a👋🏽b🇰🇷🇯🇵c👩‍👩‍👧d✅❤️e1️⃣"
    assert [text[s:e] for s, e in emoji_spans(text)] == ["👋🏽", "🇰🇷", "🇯🇵", "👩‍👩‍👧", "✅", "❤️", "1️⃣"]
    assert emoji_spans("1 # * © 한국어 ーー 、。") == ()


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("`ls`: list files", "list files"),
        ("See the docs at https://x.org/a.", "See the docs at"),
        ("🎉 Well done 🎉 {x}!", "Well done"),
        ("- *bold* words", "- *bold* words"),
        ("Open {file} now", None),
        ("🎉 one 🎉 two 🎉", None),
        ("{x}", None),
        ("42", None),
    ],
)
def test_only_spans_at_the_edges_are_cut_off(text, core):
    found = between_edges(text)
    assert (None if found is None else text[found.start : found.end]) == core


@given(st.text(alphabet="a 🎉{}$`1.<b>/\\(&;@"))
def test_what_stands_between_the_edges_holds_no_protected_span(text):
    found = between_edges(text)
    if found is not None:
        assert has_words(text[found.start : found.end])
        assert not any(start < found.end and found.start < end for start, end in hard_spans(text))
