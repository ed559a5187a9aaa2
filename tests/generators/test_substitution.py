"""Replaced spans lie where the edits say, and nothing else changes."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.generators.substitution import Replacement, substitute
from cscl_data.records import Edit, TaggedToken, restore
from tests.factories import make_tokens, texts


class Case(NamedTuple):
    text: str
    tokens: list[TaggedToken]
    replacements: list[Replacement]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A text cut at random places into tokens and gaps, with some runs of tokens replaced."""
    text = draw(texts(max_size=40))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=10)))
    spans = [(a, b) for a, b in pairwise(cuts) if draw(st.booleans())]
    tokens = [TaggedToken(start, end, "en", False) for start, end in spans]
    replacements: list[Replacement] = []
    at = 0
    while at < len(tokens):
        size = draw(st.integers(0, 3))
        if size:
            run = tokens[at : at + size]
            new = draw(texts(min_size=1, max_size=8))
            emb_start = draw(st.integers(0, 5))
            # a Korean particle: the last token may keep its end, and its beginning where something is put into it
            end = draw(st.integers(run[-1].start + 1, run[-1].end))
            start = end if draw(st.booleans()) else run[0].start
            words = (TaggedToken(0, len(new), "ko", True),)
            replacements.append(Replacement(start, end, emb_start, emb_start + len(new), new, words))
        at += max(1, size)
    return Case(text, tokens, replacements)


@given(cases())
def test_substitute_keeps_everything_outside_the_edits(case: Case) -> None:
    text, _, edits = substitute(case.text, case.tokens, case.replacements)
    assert restore(text, edits, case.text) == case.text
    assert [edit[2:4] for edit in edits] == [item[:2] for item in case.replacements]
    assert [text[edit.start : edit.end] for edit in edits] == [item.text for item in case.replacements]
    at = matrix_at = 0
    for edit in edits:
        assert text[at : edit.start] == case.text[matrix_at : edit.matrix_start]
        at, matrix_at = edit.end, edit.matrix_end
    assert text[at:] == case.text[matrix_at:]


@given(cases())
def test_substitute_carries_tokens_along(case: Case) -> None:
    text, tokens, edits = substitute(case.text, case.tokens, case.replacements)
    at = 0
    for token in tokens:
        assert at <= token.start < token.end <= len(text)
        at = token.end
    switched = [token for token in tokens if token.switched]
    assert [text[token.start : token.end] for token in switched] == [item.text for item in case.replacements]
    kept = [text[token.start : token.end] for token in tokens if not token.switched]
    whole = [
        case.text[token.start : token.end]
        for token in case.tokens
        if not any(edit.matrix_start < token.end and token.start < edit.matrix_end for edit in edits)
    ]
    tails = [
        case.text[edit.matrix_end : token.end]
        for edit in edits
        for token in case.tokens
        if token.start < edit.matrix_end < token.end
    ]
    heads = [
        case.text[token.start : edit.matrix_start]
        for edit in edits
        for token in case.tokens
        if token.start < edit.matrix_start < token.end
    ]
    assert sorted(kept) == sorted(whole + heads + tails)


@given(texts())
def test_substitute_of_nothing_gives_the_text_back(text: str) -> None:
    tokens = make_tokens(text)
    assert substitute(text, tokens, []) == (text, tuple(tokens), ())


def test_substitute_example_with_a_particle() -> None:
    text = "나는 녹차를 마신다."
    tokens = [TaggedToken(0, 2, "ko", False), TaggedToken(3, 6, "ko", False), TaggedToken(7, 10, "ko", False)]
    words = (TaggedToken(0, 5, "en", True), TaggedToken(6, 9, "en", True))
    new, new_tokens, edits = substitute(text, tokens, [Replacement(3, 5, 8, 17, "green tea", words)])
    assert new == "나는 green tea를 마신다."
    assert [new[token.start : token.end] for token in new_tokens] == ["나는", "green", "tea", "를", "마신다"]
    assert [(token.lang, token.switched) for token in new_tokens[2:4]] == [("en", True), ("ko", False)]
    assert edits == (Edit(3, 12, 3, 5, 8, 17),)


def test_substitute_puts_text_into_a_word() -> None:
    text = "나는 녹차를 마신다."
    tokens = [TaggedToken(0, 2, "ko", False), TaggedToken(3, 6, "ko", False), TaggedToken(7, 10, "ko", False)]
    items = [Replacement(5, 5, 0, 3, "(tea)", (TaggedToken(1, 4, "en", True),)), Replacement(10, 10, 4, 9, "!", ())]
    new, new_tokens, edits = substitute(text, tokens, items)
    assert new == "나는 녹차(tea)를 마신다!."
    assert [new[token.start : token.end] for token in new_tokens] == ["나는", "녹차", "tea", "를", "마신다"]
    assert edits == (Edit(5, 10, 5, 5, 0, 3), Edit(15, 16, 10, 10, 4, 9))
    assert restore(new, edits, text) == text


@pytest.mark.parametrize("new", ["", "x", "longer than before"])
def test_substitute_neighbours_shift_with_the_length(new: str) -> None:
    words = (TaggedToken(0, len(new), "ko", True),) if new else ()
    items = [Replacement(0, 1, 0, 0, new, words), Replacement(2, 3, 0, 0, new, words)]
    text, tokens, edits = substitute("a b c", make_tokens("a b c"), items)
    assert text == f"{new} {new} c"
    assert text[tokens[-1].start : tokens[-1].end] == "c"
    assert restore(text, edits, "a b c") == "a b c"
