"""Classes of words help those that stand once to find a partner of their kind."""

from __future__ import annotations

import numpy as np
import pytest

from cscl_data.aligners.classes import LEAST, MOST, ClassWeights
from cscl_data.aligners.cooccurrence import find_candidates, prior_rows
from cscl_data.aligners.corpus import read_corpus
from cscl_data.aligners.keys import CAPITAL, KeyNumbers, word_class
from cscl_data.text.tokenizers.base import Token
from tests.aligners.pairs import pair_of


@pytest.mark.parametrize(
    ("word", "opens", "expected"),
    [
        ("Seoul", False, CAPITAL),
        ("Seoul", True, "oul"),
        ("walking", False, "ing"),
        ("tea", False, "=3"),
        ("42", True, "#"),
    ],
)
def test_class_is_what_a_word_looks_like(word: str, opens: bool, expected: str) -> None:
    assert word_class(word, "", opens=opens) == expected


def test_tag_of_the_analyser_is_the_class() -> None:
    assert word_class("갔", "VV+EP", opens=False) == "VV"


def test_capital_at_the_beginning_says_nothing_and_a_later_small_letter_decides() -> None:
    known = KeyNumbers()
    texts = ["Trees grow", "see the Green trees", "green Oslo"]
    for text in texts:
        spans, at = [], 0
        for word in text.split():
            spans.append(Token(at, at + len(word), "", ""))
            at += len(word) + 1
        known.numbers(text, tuple(spans))
    assert dict(zip(known.keys, known.classes, strict=True)) == {
        "trees": "ees",
        "grow": "=4",
        "see": "=3",
        "the": "=3",
        "green": "een",
        "oslo": CAPITAL,
    }


def test_cells_of_classes_that_go_together_gain_and_others_lose() -> None:
    names = [pair_of(f"x Name{chr(97 + i)}q", f"y Nom{chr(97 + i)}r", id=str(i)) for i in range(8)]
    corpus = read_corpus(names)
    found = find_candidates(corpus, prior_rows(corpus, {}), threads=1)
    rows = np.repeat(np.arange(len(corpus.src_keys)), np.diff(found.row_offsets))
    source, target = np.array(corpus.src_classes)[rows], np.array(corpus.tgt_classes)[found.targets]
    likely = (source == CAPITAL) == (target == CAPITAL)
    assert likely.any()
    assert not likely.all()
    added = ClassWeights(corpus, found).pseudo_counts(np.where(likely, 1.0, 0.01), 0.1)
    assert (added[likely] > 0).all()
    assert (added[~likely] < 0).all()
    assert added.min() >= 0.1 * (LEAST - 1) - 1e-6
    assert added.max() <= 0.1 * (MOST - 1) + 1e-6
