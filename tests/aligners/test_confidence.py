"""Scores of links: a word that stands once is trusted less than one that its partner always comes with."""

from __future__ import annotations

import numpy as np
import pytest

from cscl_data.aligners.confidence import ALWAYS, HALF_SEEN, HALF_SURE, scores_of_links, trust_of
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
        np.array([[HALF_SURE, HALF_SURE], [1.0, 1.0], [1.0, 1.0]], dtype=np.float32),
        np.array([ALWAYS, ALWAYS, ALWAYS], dtype=np.int32),
    )
    assert scores == pytest.approx([0.75 / 2, 0.2 / (1 + HALF_SURE), 0.0]), "no candidate: nothing speaks for it"


def test_trust_is_less_for_what_was_seen_seldom_and_has_nothing_else_behind_it() -> None:
    sure = 0.2 / (0.2 + HALF_SURE)
    assert trust_of(0.4, 0.1, ALWAYS) == pytest.approx(sure)
    assert trust_of(0.4, 0.1, 1) == pytest.approx(sure / (1 + HALF_SEEN))
    assert trust_of(0.4, 0.1, 3) == pytest.approx(sure * 3 / (3 + HALF_SEEN))


def test_a_prior_backs_a_pair_that_was_seen_once() -> None:
    pairs = corpus_of(*OFTEN, RARE)
    keys = [(src, tgt) for src in fit(pairs).src_keys for tgt in fit(pairs).tgt_keys if src == "yak" and "야" in tgt]
    alone, backed = (
        StatisticalAligner(model=fit(pairs, priors=dict.fromkeys(keys, strength))).align(pairs)[-1]
        for strength in (0.0, 1.0)
    )
    [one], [other] = ([link.score for link in found.links if link.src == 1] for found in (alone, backed))
    assert other > one + 0.2
