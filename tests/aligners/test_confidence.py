"""Scores of links: a word that stands once is trusted less than one that its partner always comes with."""

from __future__ import annotations

import numpy as np
import pytest

from cscl_data.aligners.confidence import HALF_SURE, SEEN_ONCE, evidence_of, scores_of_links
from cscl_data.aligners.statistical import StatisticalAligner, fit
from tests.aligners.pairs import corpus_of

OFTEN = [("a tree grows", "나무 자란다"), ("a house stands", "집 선다"), ("a tree stands", "나무 선다")] * 6
RARE = ("a yak grows", "야크우 자란다")


def scores_of_rare(times: int) -> dict[tuple[int, int], float]:
    pairs = corpus_of(*OFTEN, *[RARE] * times)
    found = StatisticalAligner(model=fit(pairs)).align(pairs)
    assert all(0.0 <= link.score <= 1.0 for alignment in found for link in alignment.links)
    return {(link.src, link.tgt): link.score for link in found[-1].links}


def test_link_of_a_word_seen_once_scores_lower() -> None:
    once, twice = scores_of_rare(1), scores_of_rare(2)
    assert once[1, 0] < twice[1, 0] - 0.05
    assert once[2, 1] == pytest.approx(twice[2, 1], abs=0.1), "the other words were seen before"


def test_score_is_the_posterior_times_what_speaks_for_the_link() -> None:
    offsets = np.array([0, 2, 3])
    scores = scores_of_links(
        np.array([3]),
        np.array([0, 0, 1], dtype=np.int32),
        np.array([0, 1, 0], dtype=np.int32),
        np.array([0, 2]),
        offsets,
        np.array([0, 1, 1], dtype=np.int32),
        np.array([[1.0, 0.5], [0.2, 0.2], [1.0, 1.0]], dtype=np.float32),
        np.array([HALF_SURE, 1.0, 1.0], dtype=np.float32),
    )
    assert scores == pytest.approx([0.75 / 2, 0.2 / (1 + HALF_SURE), 0.0]), "no candidate: nothing speaks for it"


def test_evidence_is_less_for_what_was_seen_once() -> None:
    assert evidence_of(0.4, 0.1, False) == pytest.approx(0.2)
    assert evidence_of(0.4, 0.1, True) == pytest.approx(0.2 * SEEN_ONCE)
