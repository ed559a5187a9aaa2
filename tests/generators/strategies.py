"""Items of any words, any kinds and any links, for tests of what must hold of every row."""

from __future__ import annotations

from hypothesis import strategies as st

from cscl_data.records import Alignment, Pair
from cscl_data.text.word_rules.base import Word
from tests.factories import make_alignment, make_pair, make_words

_WORD = st.text(st.characters(exclude_categories=("Cs",), exclude_characters=" "), min_size=1, max_size=6)
_WORDS = st.lists(
    _WORD | st.sampled_from(["tea", "녹차를", "é", "👩‍👩‍👧", "שלום", "\xa0", "\u2028", "茶"]), min_size=1, max_size=8
)


@st.composite
def aligned_pairs(draw: st.DrawFn) -> tuple[Pair, Alignment, tuple[tuple[Word, ...], tuple[Word, ...]]]:
    """Pairs of any words that spaces divide, words of any kind with tails of any length, any links."""
    sides = [" ".join(draw(_WORDS)) for _ in range(2)]
    pair = make_pair(*sides)
    words = []
    for text in sides:
        kinds = draw(st.text("cccfnp", min_size=8, max_size=8))
        cut = [
            word._replace(stem_end=draw(st.integers(word.start + 1, word.end)))
            for word in make_words(text, kinds[: len(text.split(" "))])
        ]
        words.append(tuple(cut))
    pairs = st.tuples(st.integers(0, len(words[0]) - 1), st.integers(0, len(words[1]) - 1))
    links = draw(st.lists(pairs, max_size=10, unique=True))
    return pair, make_alignment(pair, links=links), (words[0], words[1])
