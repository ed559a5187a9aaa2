"""Units of documents: what each kind of block becomes, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.text.units import MARKUPS, document_units

MARKDOWN = [
    ("# A b. C.\n\nOne. Two.", [("heading1", "# A b. C."), ("text", "One."), ("text", "Two.")]),
    ("Title\n=====\n\nPart\n---\ntext", [("heading1", "Title\n====="), ("heading2", "Part\n---"), ("text", "text")]),
    ("One\nline. Two\n  lines.", [("text", "One\nline."), ("text", "Two\n  lines.")]),
    ("Broken.  \nhard\\\nline", [("text", "Broken."), ("text", "hard\\"), ("text", "line")]),
    (
        "* One. Two.\n* [ ] Three\n  goes on.\n\n  And on.\n1. Four",
        [
            ("item", "* One."),
            ("item", "Two."),
            ("item", "* [ ] Three\n  goes on."),
            ("item", "And on."),
            ("item", "1. Four"),
        ],
    ),
    ("> One. Two\n> lines.\n>\n> Next.", [("quote", "> One."), ("quote", "Two\n> lines."), ("quote", ">\n> Next.")]),
    ("```py\na. B = 1\n\nC. D\n```\nText.", [("code", "```py\na. B = 1\n\nC. D\n```"), ("text", "Text.")]),
    ("~~~~\n~~~\nA. B\n~~~~", [("code", "~~~~\n~~~\nA. B\n~~~~")]),
    ("```\nnever. Closed", [("code", "```\nnever. Closed")]),
    ("Text.\n\n    x = 1. Y\n\n    z", [("text", "Text."), ("code", "x = 1. Y\n\n    z")]),
    (
        '<aside class="q">\n  A. B.\n\n  <aside>C.</aside>\n</aside>\nText.',
        [("html", '<aside class="q">\n  A. B.\n\n  <aside>C.</aside>\n</aside>'), ("text", "Text.")],
    ),
    ("<!-- A.\n\nB. -->\nText <b>in</b> it.", [("html", "<!-- A.\n\nB. -->"), ("text", "Text <b>in</b> it.")]),
    ("---\ntitle: A. B.\n---\n# A", [("front", "---\ntitle: A. B.\n---"), ("heading1", "# A")]),
    ("| a | b |\n|---|:-:|\n| C. D | e |", [("row", "| a | b |\n|---|:-:|"), ("row", "| C. D | e |")]),
    ("A.\n\n***\n\n[x]: https://a.b/c. D", [("text", "A."), ("rule", "***"), ("rule", "[x]: https://a.b/c. D")]),
    ("**One. Two.** Three. _Four. Five._", [("text", "**One. Two.**"), ("text", "Three."), ("text", "_Four. Five._")]),
    ("Six * two. Is * it? Yes.", [("text", "Six * two."), ("text", "Is * it?"), ("text", "Yes.")]),
    ("One. … Two.", [("text", "One. …"), ("text", "Two.")]),
]
TEXT = [
    ("One. Two.\n\nThree.", ["One.", "Two.", "Three."]),
    (
        "A first line\nA second line that is much longer than the first one",
        ["A first line", "A second line that is much longer than the first one"],
    ),
    (
        "This paragraph was wrapped at sixty columns by some editor. It\n"
        "goes on here and ends. The next sentence follows on the same\nline. End.",
        [
            "This paragraph was wrapped at sixty columns by some editor.",
            "It\ngoes on here and ends.",
            "The next sentence follows on the same\nline.",
            "End.",
        ],
    ),
    ("x" * 150 + "\n" + "y" * 149, ["x" * 150, "y" * 149]),
    ("# no. Heading", ["# no.", "Heading"]),
]


@pytest.mark.parametrize(("text", "expected"), MARKDOWN)
def test_markdown_is_divided_by_its_blocks(text, expected):
    units = document_units(text, "en", "markdown")
    assert [(unit.kind, text[unit.start : unit.end]) for unit in units] == expected


@pytest.mark.parametrize(("text", "expected"), TEXT)
def test_plain_text_is_divided_by_blank_lines_and_lines_that_end_early(text, expected):
    assert [text[unit.start : unit.end] for unit in document_units(text, "en")] == expected


def test_blocks_are_numbered_and_sentences_of_a_paragraph_share_one():
    assert [unit.block for unit in document_units("# A\n\nBe. See.\n\nDie.", "en", "markdown")] == [0, 1, 1, 2]


def test_unknown_markup_names_the_known_ones():
    with pytest.raises(ConfigError, match="markdown, text"):
        document_units("A.", "en", "html")


_PIECES = st.sampled_from(
    [
        *(
            "a",
            "B. ",
            "다. ",
            "す。",
            "1. ",
            "\n",
            "\n\n",
            "\r\n",
            "  \n",
            "\\\n",
            " ",
            "\t",
            "    ",
            "* ",
            "- ",
            "> ",
            "#",
        ),
        *(
            "# ",
            "```",
            "~~~",
            "---",
            "===",
            "|",
            "|--|",
            "<aside>",
            "</aside>",
            "<!--",
            "-->",
            "**",
            "_",
            "`",
            "[x]: y",
        ),
        *("\u2028", "\x0b", "\x85", "\u3000", "「", "」", "…", "+++", "[ ] ", "<b>"),
    ]
)


@pytest.mark.parametrize("lang", ["en", "ko", "ja"])
@pytest.mark.parametrize("markup", MARKUPS)
@settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.lists(_PIECES, max_size=30).map("".join), st.text(max_size=40)))
def test_units_and_the_white_space_between_them_are_the_document(markup, lang, text):
    at = 0
    rebuilt = ""
    for unit in document_units(text, lang, markup):
        assert at <= unit.start < unit.end
        gap, piece = text[at : unit.start], text[unit.start : unit.end]
        assert not gap.strip()
        assert piece == piece.strip()
        rebuilt += gap + piece
        at = unit.end
    assert not text[at:].strip()
    assert rebuilt + text[at:] == text
