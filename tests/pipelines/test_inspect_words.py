import pytest

from cscl_data.pipelines.inspect import inspect_directory
from cscl_data.pipelines.inspection.words import without_mixed, word_tags
from cscl_data.records import TaggedToken
from tests.pipelines.directories import token_row, write_directory


def tokens(*parts):
    """Tokens from (text, language) with a space between, none before a text that begins with `+`."""
    made, at = [], 0
    for text, lang in parts:
        at += not text.startswith("+") and at > 0
        made.append(TaggedToken(at, at + len(text.lstrip("+")), lang, switched=False))
        at = made[-1].end
    return made


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([("ships", "en"), ("+는", "ko"), ("크다", "ko")], ["mul", "ko"]),
        ([("do", "en"), ("+n't", "en"), ("go", "en")], ["en", "en"]),
        ([("drive", "en"), ("+)", "zxx"), ("+는", "ko")], ["en", "zxx", "ko"]),  # punctuation parts words
        ([("the", "en"), ("猫", "ja"), ("+が", "ja"), ("+cat", "en")], ["en", "ja", "ja", "en"]),  # no spaces there
        ([("a", "en"), ("+b", "ko"), ("+c", "en")], ["mul"]),
        ([], []),
    ],
)
def test_tokens_that_touch_are_one_word(parts, expected):
    assert word_tags(tokens(*parts)) == expected


def test_mixed_word_has_no_language():
    assert without_mixed(["en", "mul", "zxx"]) == ["en", "zxx", "zxx"]


def test_by_word_measures_words(tmp_path):
    # `I like 녹차.` becomes `I 녹차는`: a Korean stem that a particle touches, and one word in two languages.
    spans = [(0, 1, "en"), (2, 6, "en"), (7, 9, "ko"), (9, 10, "en")]
    row = token_row(tokens=[TaggedToken(*span, switched=False)._asdict() for span in spans])
    out = write_directory(tmp_path, "token_cs/1", [[row]])
    by_token, by_word = (inspect_directory(out, by_word=choice).statistics for choice in (False, True))
    assert by_token["switching"]["switches"] == 2
    assert by_word["switching"]["switches"] == 0
    assert (by_token["words"], by_token["mixed_words"], by_word["mixed_words"]) == (3, 1, 1)
    assert by_word["languages_by_tokens"]["zxx"]["count"] == 1
