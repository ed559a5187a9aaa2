"""Links between words, from links between tokens."""

from __future__ import annotations

from cscl_data.generators.word_links import UNSCORED, word_links
from cscl_data.records import Link, Span
from cscl_data.text.words import Word
from tests.factories import make_spans, make_words


def lifted(links: list[Link], matrix_words: tuple[Word, ...], embedded_words: tuple[Word, ...]) -> dict:
    tokens = [Span(i, i + 1) for i in range(12)]
    return word_links(links, tokens, tokens, matrix_words, embedded_words)


def test_word_links_take_the_best_score_of_their_tokens() -> None:
    words = (Word(0, 3, 3, "content"), Word(4, 6, 6, "content"))
    links = [Link(0, 0, 0.2), Link(1, 1, 0.9), Link(2, 4, 0.5), Link(3, 5, 0.7)]
    assert lifted(links, words, words) == {(0, 0): 0.9, (0, 1): 0.5}, "the token between the words belongs to none"


def test_word_links_without_scores_count_as_good_ones() -> None:
    words = make_words("a b")
    assert word_links([Link(0, 1)], make_spans("a b"), make_spans("a b"), words, words) == {(0, 1): UNSCORED}


def test_word_links_ignore_particles_and_what_has_no_language() -> None:
    korean = (Word(0, 4, 2, "content"), Word(4, 5, 5, "none"))
    english = (Word(0, 4, 4, "content"), Word(4, 5, 5, "none"))
    links = [Link(1, 0, 0.5), Link(2, 0, 0.9), Link(4, 4, 1.0), Link(1, 4, 1.0)]
    assert lifted(links, korean, english) == {(0, 0): 0.5}


def test_word_links_drop_a_function_word_beside_a_content_word() -> None:
    """`the city` for one embedded word: the article's link would tie it to the noun."""
    matrix, embedded = make_words("the city", "fc"), make_words("도시")
    links = [Link(0, 0), Link(1, 0)]
    assert word_links(links, make_spans("the city"), make_spans("도시"), matrix, embedded) == {(1, 0): UNSCORED}
    alone = word_links(links[:1], make_spans("the city"), make_spans("도시"), matrix, embedded)
    assert alone == {(0, 0): UNSCORED}, "it stays where nothing better is there"
