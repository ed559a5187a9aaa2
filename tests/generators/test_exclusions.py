"""What the user keeps from being switched."""

import pytest

from cscl_data.errors import ConfigError
from cscl_data.generators.candidates import Candidate
from cscl_data.generators.exclusions import check_patterns, check_pos, has_pos, holds_stop_word, protect, stop_words
from cscl_data.text.words import Word, WordSplitter

UNIT = Candidate(0, 0, 0, 0, 0, 0.9)


@pytest.mark.parametrize(
    ("matrix", "embedded", "kept"),
    [("NOUN", "", True), ("", "NOUN", True), ("NOUN", "VERB", False), ("", "", False), ("VERB", "VERB", False)],
)
def test_a_unit_needs_the_tag_on_every_side_that_knows_it(matrix, embedded, kept):
    sides = [(Word(0, 2, 2, "content", pos=pos),) for pos in (matrix, embedded)]
    assert has_pos(UNIT, *sides, ("NOUN", "PROPN")) is kept


def test_words_that_a_pattern_touches_are_protected_whole():
    text = "Model KX-90 costs 20 euro"
    made = protect(text, WordSplitter("en").words(text), [r"KX-\d", "cost"])
    assert [text[w.start : w.end] for w in made if w.kind == "protected"] == ["KX-90", "costs"]


def test_stop_words_are_those_of_the_language():
    text = "the city"
    words = WordSplitter("en").words(text)
    assert holds_stop_word(text, words[:1], "en")
    assert not holds_stop_word(text, words[1:], "en")
    with pytest.raises(ConfigError, match="no list for 'qq'"):
        stop_words("qq")


@pytest.mark.parametrize("pattern", ["(", "x*"])
def test_a_pattern_that_cannot_be_read_or_matches_everything_is_refused(pattern):
    with pytest.raises(ConfigError, match="--protect"):
        check_patterns([pattern])


def test_an_unknown_tag_is_refused():
    with pytest.raises(ConfigError, match="NUON"):
        check_pos(["NUON"])
