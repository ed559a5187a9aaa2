"""Protected spans: what is found, what is not, and how long it takes."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.records import spans_are_ordered
from cscl_data.text.protected import protected_spans, uncut_spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Visit https://a.com/x_(y)?q=1. Then", ["https://a.com/x_(y)?q=1"]),
        ("https://x.com에서 www.foo.org。", ["https://x.com", "www.foo.org"]),
        ("mail bob.x@ex.org, ok", ["bob.x@ex.org"]),
        ("use ``x y`` and `x` and :func:`os.path.join`", ["``x y``", "`x`", ":func:`os.path.join`"]),
        ("`Django <http://x.y>`_ docs", ["`Django <http://x.y>`_"]),
        ("```py\nx = 1\n``` rest", ["```py\nx = 1\n```"]),
        ("`un closed", []),
        (
            "{x} {{x}} ${VAR} $VAR %s %(name)s %1$s { -brand }",
            ["{x}", "{{x}}", "${VAR}", "$VAR", "%s", "%(name)s", "%1$s", "{ -brand }"],
        ),
        ("100% sure, 50%d", []),
        ("<b class='x'>a &lt; b</b> &amp; a < b > c", ["<b class='x'>", "&lt;", "</b>", "&amp;"]),
        ("cost $5 and $10, $x^2 + y_i$, $n$", ["$x^2 + y_i$", "$n$"]),
        ("\\alpha and \\frac{a}{b}", ["\\alpha", "\\frac{a}{b}"]),
        ("C:\\Users\\me /etc/passwd ~/x ./a/b", ["C:\\Users\\me", "/etc/passwd", "~/x", "./a/b"]),
        ("and/or km/h 1/2 he/she", []),
        ("run --long-flag=3 -x on foo.py, src/a/b.js", ["--long-flag=3", "-x", "foo.py", "src/a/b.js"]),
        ("a well-known part - or two", []),
        (
            "snake_case __init__ np.array std::vector print() fooBar()",
            ["snake_case", "__init__", "np.array", "std::vector", "print()", "fooBar()"],
        ),
        ("end...foo_bar", ["foo_bar"]),
        ("e.g. U.S. a.m. _emph_ ____ function(s) GitHub 3.14", []),
        ("iPhone 앱의 camelCase를", ["iPhone", "camelCase"]),
        ("[text](url/x) @user #tag", ["(url/x)", "@user", "#tag"]),
        ("API를 foo.py를 `x`는", ["foo.py", "`x`"]),
        ("`a`{b}", ["`a`{b}"]),
        ("", []),
    ],
)
def test_protected_spans(text, expected):
    assert [text[start:end] for start, end in protected_spans(text)] == expected


def test_words_with_a_letter_in_brackets_are_not_cut_but_may_be_translated():
    text = "Lis[t] `a[i]` [f]ile"
    assert [text[start:end] for start, end in uncut_spans(text)] == ["Lis[t]", "`a[i]`", "[f]ile"]
    assert [text[start:end] for start, end in protected_spans(text)] == ["`a[i]`"]


@given(st.text(st.sampled_from("ab_A.`{}<>$%\\/@#:()[]- \n가1"), max_size=80))
def test_protected_spans_are_ordered_and_apart(text):
    spans = protected_spans(text)
    assert spans_are_ordered(spans, len(text))
    assert all(a.end < b.start for a, b in pairwise(spans))
    assert spans_are_ordered(uncut_spans(text), len(text))
    assert set(spans) <= set(uncut_spans(text))


@pytest.mark.parametrize(
    "unit", ["{", "<", "`", "a.", "a_", "$x", "\\", "``a ", "(", "a/", "--", "<!--", "@a", "http://"]
)
def test_protected_spans_take_linear_time(unit):
    text = unit * (200_000 // len(unit))
    start = time.process_time()
    protected_spans(text)
    assert time.process_time() - start < 2.0
