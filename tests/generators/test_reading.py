"""Parts of speech by the neighbours: what stands behind `the` is no verb, what stands behind `will` no noun."""

from __future__ import annotations

import pytest

from cscl_data.generators.reading import Reading, reading_of
from cscl_data.text.words import WordSplitter


def reading(text: str, word: str) -> Reading:
    words = WordSplitter("en").words(text)
    [i] = [i for i, found in enumerate(words) if text[found.start : found.end] == word]
    return reading_of(text, words, i)


@pytest.mark.parametrize(
    ("text", "word", "allowed", "excluded"),
    [
        ("He saw the light.", "light", "NOUN", "VERB"),
        ("The light box is here.", "light", "ADJ", "VERB"),
        ("They light a fire.", "light", "VERB", "NOUN"),
        ("We really need it.", "need", "VERB", "NOUN"),
        ("Please balance the right to protest.", "balance", "VERB", "NOUN"),
        ("Light of day came.", "Light", "NOUN", "VERB"),
        ("The box is light.", "light", "ADJ", "VERB"),
        ("It is running now.", "running", "VERB", "NUM"),
        ("In Berlin trains run late.", "Berlin", "PROPN", "VERB"),
    ],
)
def test_neighbours_tell_the_part_of_speech(text: str, word: str, allowed: str, excluded: str) -> None:
    found = reading(text, word)
    assert allowed in found.allowed
    assert excluded not in found.allowed


def test_preferences_order_what_is_allowed() -> None:
    assert reading("The light box is here.", "light").preferred == {"ADJ"}
    assert reading("He saw the light.", "light").preferred == {"NOUN"}
    assert reading("I want to water it.", "water") == Reading(frozenset({"VERB", "ADV"}))
    assert reading("They have access to water.", "water").preferred == {"VERB"}


@pytest.mark.parametrize(("text", "word"), [("Yesterday, light fell.", "light"), ("Prices rise.", "Prices")])
def test_nothing_is_said_where_nothing_tells(text: str, word: str) -> None:
    assert reading(text, word) == Reading()
