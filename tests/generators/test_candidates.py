"""Units that may be switched are closed blocks of the alignment, over words that may be touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.generators.candidates import Candidate, find_candidates, head_pos
from cscl_data.text.word_rules.base import Word
from tests.factories import make_words


def units(
    links: list[tuple[int, int]], matrix: str = "", embedded: str = "", *, unit: str = "phrase", longest: int = 4
) -> set[tuple[int, int, int, int]]:
    """Candidates of six words on each side; `matrix` and `embedded` give their kinds."""
    text = "a b c d e f"
    found = find_candidates(
        dict.fromkeys(links, 1.0),
        make_words(text, matrix),
        make_words(text, embedded),
        max_phrase_len=longest,
        is_phrase=(lambda block: True) if unit == "phrase" else None,
    )
    return {cand[:4] for cand in found}


@pytest.mark.parametrize(
    ("links", "options", "expected"),
    [
        ([(0, 0)], {}, {(0, 0, 0, 0)}),
        ([(0, 0), (1, 1)], {}, {(0, 0, 0, 0), (1, 1, 1, 1), (0, 1, 0, 1)}),
        ([(0, 1), (1, 0)], {}, {(0, 0, 1, 1), (1, 1, 0, 0), (0, 1, 0, 1)}),
        ([(0, 0), (1, 1)], {"unit": "word"}, {(0, 0, 0, 0), (1, 1, 1, 1)}),
        # one word for two: together or not at all
        ([(0, 0), (0, 1)], {}, {(0, 0, 0, 1)}),
        ([(0, 0), (1, 0)], {}, {(0, 1, 0, 0)}),
        ([(0, 0), (1, 0)], {"unit": "word"}, {(0, 1, 0, 0)}),
        ([(0, 0), (1, 0), (2, 1)], {"unit": "word"}, {(0, 1, 0, 0), (2, 2, 1, 1)}),
        ([(0, 1), (1, 0), (1, 2)], {"unit": "word"}, {(0, 0, 1, 1)}),
        # an unlinked word inside a unit goes with it, at its edge it does not
        ([(0, 0), (2, 2)], {}, {(0, 0, 0, 0), (2, 2, 2, 2), (0, 2, 0, 2)}),
        ([(0, 0), (0, 2)], {}, {(0, 0, 0, 2)}),
        # a link that leaves the block
        ([(0, 0), (0, 2), (2, 1)], {}, {(0, 2, 0, 2), (2, 2, 1, 1)}),
        # nothing across punctuation or what is protected
        ([(0, 0), (2, 2)], {"matrix": "cnc"}, {(0, 0, 0, 0), (2, 2, 2, 2)}),
        ([(0, 0), (0, 2)], {"embedded": "cnc"}, set()),
        ([(0, 0), (1, 1)], {"matrix": "pc"}, {(1, 1, 1, 1)}),
        ([(0, 0), (1, 1)], {"embedded": "cp"}, {(0, 0, 0, 0)}),
        # too long on either side
        ([(0, 0), (0, 4)], {}, set()),
        ([(0, 0), (0, 2)], {"longest": 2}, set()),
        ([(0, 0), (1, 1), (2, 2)], {"longest": 2}, {(i, j, i, j) for i in range(3) for j in (i, i + 1) if j < 3}),
        ([], {}, set()),
    ],
)
def test_find_candidates_table(
    links: list[tuple[int, int]], options: dict[str, object], expected: set[tuple[int, int, int, int]]
) -> None:
    assert units(links, **options) == expected


_LINKS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=10, unique=True)
_KINDS = st.text("ccccfnp", min_size=6, max_size=6)


@given(
    links=_LINKS, matrix=_KINDS, embedded=_KINDS, longest=st.integers(1, 6), unit=st.sampled_from(["word", "phrase"])
)
def test_find_candidates_finds_exactly_the_closed_blocks(
    links: list[tuple[int, int]], matrix: str, embedded: str, longest: int, unit: str
) -> None:
    """Compared with the definition, word for word."""
    links = [(i, j) for i, j in links if matrix[i] in "cf" and embedded[j] in "cf"]
    expected = set()
    for first in range(6):
        for last in range(first, min(6, first + longest)):
            inside = [(i, j) for i, j in links if first <= i <= last]
            if not inside or not {first, last} <= {i for i, _ in inside}:
                continue
            low, high = min(j for _, j in inside), max(j for _, j in inside)
            closed = all(first <= i <= last for i, j in links if low <= j <= high)
            touchable = set(matrix[first : last + 1] + embedded[low : high + 1]) <= set("cf")
            if closed and touchable and high - low < longest:
                expected.add((first, last, low, high))
    if unit == "word":
        spans = {block[:2] for block in expected}
        expected = {b for b in expected if not any(s != b[:2] and b[0] <= s[0] and s[1] <= b[1] for s in spans)}
    assert units(links, matrix, embedded, unit=unit, longest=longest) == expected


@pytest.mark.parametrize(
    ("word", "tier"),
    [
        ({"pos": "NOUN"}, 0),
        ({"pos": "ADV"}, 1),
        ({"pos": "VERB", "stem_end": 1}, 1),
        ({"pos": "VERB", "light": "하는"}, 2),
        ({"pos": "VERB"}, 4),
        ({"pos": "VERB", "tagged": True}, 1),
    ],
    ids=["noun", "adverb", "nominal stem with 하다", "verb that takes 하다", "bare verb", "verb by a spaCy pipeline"],
)
def test_candidate_tiers_by_part_of_speech(word: dict[str, str | int], tier: int) -> None:
    matrix = (Word(0, 2, 2, "content")._replace(**word),)
    [cand] = find_candidates({(0, 0): 0.5}, matrix, make_words("b", "c"), max_phrase_len=1)
    assert cand.tier == tier


@pytest.mark.parametrize(("tagged", "head"), [(False, "ADJ"), (True, "NOUN")])
def test_a_unit_is_about_its_last_noun_where_a_pipeline_tells_it(tagged: bool, head: str) -> None:
    """The head of `río profundo` comes first; analysers tell those of languages in which it comes last."""
    one, other = make_words("río profundo")
    assert head_pos([one._replace(pos="NOUN", tagged=tagged), other._replace(pos="ADJ", tagged=tagged)]) == head
    assert head_pos([one._replace(pos="VERB", tagged=tagged), other._replace(kind="function")]) == "VERB"
    assert head_pos([]) == ""


def test_a_unit_never_ends_inside_a_name_whatever_stands_in_it() -> None:
    """`war and peace` is one where a pipeline says so, over two spaces and in lower case."""
    words = tuple(word._replace(continues=i in (1, 2)) for i, word in enumerate(make_words("war  and  peace reads")))
    links = {(i, i): 1.0 for i in range(4)}
    for matrix, embedded in ((words, make_words("a b c d")), (make_words("a b c d"), words)):
        found = find_candidates(links, matrix, embedded, max_phrase_len=4, is_phrase=lambda block: True)
        assert {cand[:2] for cand in found} == {(0, 2), (0, 3), (3, 3)}


def test_a_unit_never_ends_inside_a_run_of_names() -> None:
    names = (Word(0, 8, 8, "content", True), Word(9, 14, 14, "content", True))
    matrix = (Word(0, 2, 2, "content"), Word(3, 5, 5, "content"))
    found = find_candidates({(0, 0): 0.9, (1, 1): 0.9}, matrix, names, max_phrase_len=4)
    assert [(cand.first, cand.last, cand.emb_first, cand.emb_last) for cand in found] == [(0, 1, 0, 1)]
    assert find_candidates({(0, 0): 0.9}, matrix, names, max_phrase_len=4) == []


@pytest.mark.parametrize(("matrix", "embedded", "tier"), [("c", "c", 0), ("f", "f", 3), ("c", "f", 4), ("f", "c", 4)])
def test_candidate_tiers(matrix: str, embedded: str, tier: int) -> None:
    words = make_words("a", matrix), make_words("b", embedded)
    [cand] = find_candidates({(0, 0): 0.5}, *words, max_phrase_len=1)
    assert cand == Candidate(0, 0, 0, 0, tier, 0.5)
    assert cand.n_words == 1
