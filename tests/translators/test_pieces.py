from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.records import Span
from cscl_data.translators.pieces import has_letters, rebuild, shorten, translatable_spans

MARKDOWN = (
    "# A title\r\n\r\nFirst one. Second one!\n\n  - [ ] an item\n  12. another\n> quoted text\n\n"
    "```python\nx = 'leave me'\n```\n---\ncell one\tcell two\n42\n"
)


def test_pieces_leave_marks_code_and_numbers_outside():
    spans = translatable_spans(MARKDOWN, "en")
    assert [MARKDOWN[start:end] for start, end in spans] == [
        "A title",
        "First one.",
        "Second one!",
        "an item",
        "another",
        "quoted text",
        "cell one",
        "cell two",
    ]


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Look:\n```\nx = never closed\n\nstill code", ["Look:"]),
        ("Look: <pre>\nls -l\nrm it\n</pre> Done here.", ["Look:", "Done here."]),
        ("So\n$$\nx = a\ny = b\n$$\nholds.\n\\[\na = b\n\\]", ["So", "holds."]),
        ("So\n\\begin{align}\nx &= sum\n\\end{align}\nholds.", ["So", "holds."]),
        ("One `code` here.\nIt costs $$ or $$.", ["One `code` here.", "It costs $$ or $$."]),
        ("<pre>\nnever closed", ["<pre>", "never closed"]),
    ],
)
def test_code_and_math_of_several_lines_are_not_sent(text, sent):
    assert [text[start:end] for start, end in translatable_spans(text, "en")] == sent


TABLE = (
    "Before | it.\n\n| Text | Meaning |\r\n|:--|---:|\n| `-v` | One here. Two \\| there. |\n42 | last\n\nAfter | it.\n"
)


def test_cells_of_a_table_are_sent_alone_and_its_pipes_stay():
    spans = translatable_spans(TABLE, "en")
    assert [TABLE[start:end] for start, end in spans] == [
        *("Before | it.", "Text", "Meaning", "`-v`", "One here.", "Two \\| there.", "last", "After | it.")
    ]
    made = [TABLE[start:end] for start, end in spans]
    assert rebuild(TABLE, spans, made, "en") == TABLE
    made[1], made[5] = "a|b", "two | there."
    assert rebuild(TABLE, spans, made, "en") == TABLE.replace("Text", r"a\|b").replace("Two", "two")


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("| no | rule |\n| is | here |", ["| no | rule |", "| is | here |"]),
        ("no pipe\n---|---\nin the first", ["no pipe", "in the first"]),
        ("rule without | one\n---\nx | y", ["rule without | one", "x | y"]),
        ("```\n| a | b |\n|---|---|\n```", []),
    ],
)
def test_pipes_outside_of_tables_are_text(text, sent):
    assert [text[start:end] for start, end in translatable_spans(text, "en")] == sent


def test_rebuild_keeps_the_layout():
    spans = translatable_spans(MARKDOWN, "en")
    rebuilt = rebuild(MARKDOWN, spans, ["번역"] * len(spans), "ko")
    assert rebuilt == (
        "# 번역\r\n\r\n번역 번역\n\n  - [ ] 번역\n  12. 번역\n> 번역\n\n"
        "```python\nx = 'leave me'\n```\n---\n번역\t번역\n42\n"
    )


def test_rebuild_spaces_sentences_as_the_target_language_does():
    english, japanese = "One here. Two there.", "一つ。二つ。"
    assert rebuild(english, translatable_spans(english, "en"), ["一つ。", "二つ。"], "ja") == "一つ。二つ。"
    assert rebuild(japanese, translatable_spans(japanese, "ja"), ["One.", "Two."], "en") == "One. Two."


def test_rebuild_wants_a_translation_for_every_span():
    with pytest.raises(ValueError, match="shorter"):
        rebuild("One.", translatable_spans("One.", "en"), [], "ko")


@given(text=st.text(), source=st.sampled_from(["en", "ko", "ja"]))
def test_rebuilding_with_the_pieces_themselves_gives_the_text_back(text, source):
    spans = translatable_spans(text, source)
    pieces = [text[start:end] for start, end in spans]
    assert all(piece == piece.strip() and has_letters(piece) for piece in pieces)
    rebuilt = rebuild(text, spans, pieces, source)
    assert "".join(rebuilt.split()) == "".join(text.split())
    assert rebuilt.splitlines() == text.splitlines() or source != "ja"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("short", ["short"]),
        ("one two three four five", ["one two", "three", "four five"]),
        ("one two, three, four five", ["one two,", "three,", "four five"]),
        ("一二三四五、六七八九十一二三四", ["一二三四五、", "六七八九十一二三四"]),
        ("unbreakable_and_long", ["unbreakable_and_long"]),
    ],
)
def test_shorten_cuts_only_what_does_not_fit(text, pieces):
    spans = shorten(text, [Span(0, len(text))], lambda piece: len(piece) <= 10)
    assert [text[start:end] for start, end in spans] == pieces
    assert rebuild(text, spans, pieces, "ja") == text


@pytest.mark.timeout(60)
def test_a_megabyte_of_spaces_below_a_row_is_no_table_and_is_seen_at_once():
    """A pattern that tries every way to divide the spaces between its parts would take hours."""
    text = "a | b\n" + " " * 1_000_000 + "x |"
    assert [text[start:end] for start, end in translatable_spans(text, "en")][:1] == ["a | b"]
