"""What stands between two sentences: the document's white space, or what both scripts ask for."""

from __future__ import annotations

import pytest

from cscl_data.generators.sentence import joint, sentence_brackets, separator


@pytest.mark.parametrize(
    ("last", "left", "right", "expected"),
    [
        (".", "en", "ko", " "),
        ("다", "ko", "en", " "),
        ("。", "ja", "en", " "),
        (".", "en", "ja", " "),
        ("。", "ja", "zh-Hans", ""),
        ("。", "ja", "ja", ""),
        ("！", "zh-Hans", "ja", ""),
        ("」", "ja", "zh-Hans", ""),
        # without an end mark the two would run together
        ("す", "ja", "zh-Hans", " "),
        ("ก", "th", "ja", " "),
        ("。", "ja", "ko", " "),
    ],
)
def test_separator_table(last: str, left: str, right: str, expected: str) -> None:
    assert separator(last, left, right) == expected


@pytest.mark.parametrize(
    ("left", "right", "before", "expected"),
    [
        # within a language it is the document's, whatever it is
        ("en", "en", {"en": ""}, ""),
        ("en", "en", {"en": "\n\n", "ja": ""}, "\n\n"),
        ("ja", "ja", {"ja": "\u3000", "en": "\n"}, "\u3000"),
        # where the language changes a line break of either document stays, the longer one first
        ("en", "ja", {"en": " ", "ja": "\n"}, "\n"),
        ("en", "ja", {"en": "\n\n", "ja": ""}, "\n\n"),
        ("en", "ja", {"en": "\n\n", "ja": "\n"}, "\n\n"),
        ("en", "ja", {"en": "\n\n", "ja": "\n\n\u3000"}, "\n\n\u3000"),
        ("en", "ja", {"en": "\r\n", "ja": " "}, "\r\n"),
        # else the second document's own space, or what the scripts ask for
        ("ja", "en", {"ja": "", "en": "  "}, "  "),
        ("en", "ja", {"en": " ", "ja": ""}, " "),
        ("ja", "zh-Hans", {"ja": "", "zh-Hans": ""}, ""),
        # a language of which nothing is known has the line breaks of the others
        ("ko", "ko", {"en": "\n\n"}, "\n\n"),
        ("ko", "ko", {"en": "  "}, " "),
        ("ja", "ja", {"en": " "}, ""),
        # nothing is known
        ("en", "ko", {}, " "),
        ("ja", "zh-Hans", {}, ""),
        ("ja", "en", {"ja": ""}, " "),
    ],
)
def test_joint_is_the_document_s_own(left: str, right: str, before: dict[str, str], expected: str) -> None:
    assert joint("。", left, right, before) == expected


@pytest.mark.parametrize(
    ("lang", "expected"), [("en", " ()"), ("ko", " ()"), ("ja", "（）"), ("zh-Hant", "（）"), ("th", " ()")]
)
def test_brackets_follow_the_script_of_the_sentence(lang: str, expected: str) -> None:
    assert "".join(sentence_brackets(lang)) == expected
