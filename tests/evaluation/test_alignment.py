"""Scores of links against gold, by vectors worked out by hand and by sets whose scores are published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.evaluation.alignment import AlignmentCounts, GoldAlignment, add_counts, count_links

LINKS = st.frozensets(st.tuples(st.integers(0, 5), st.integers(0, 5)))


def gold(sure=(), possible=(), src=(), tgt=()):
    return GoldAlignment(
        sure=frozenset(sure), possible=frozenset(possible), unaligned_src=frozenset(src), unaligned_tgt=frozenset(tgt)
    )


def test_sure_and_possible_links_by_hand():
    """|A| = 4, |S| = 3, A∩S = {00, 11}, A∩P = {00, 11, 21}: P 3/4, R 2/3, AER 1 - 5/7."""
    counts = count_links({(0, 0), (1, 1), (2, 1), (3, 0)}, gold([(0, 0), (1, 1), (2, 2)], [(2, 1), (0, 3)]))
    assert counts == AlignmentCounts(
        pairs=1, predicted=4, sure=3, possible=5, predicted_sure=2, predicted_possible=3, not_scored=0
    )
    assert (counts.precision, counts.recall) == (3 / 4, 2 / 3)
    assert counts.f1 == pytest.approx(2 * (3 / 4) * (2 / 3) / (3 / 4 + 2 / 3))
    assert counts.aer == pytest.approx(1 - 5 / 7)


def test_sure_links_are_possible_though_not_listed_so():
    counts = count_links({(0, 0)}, gold([(0, 0)], [(1, 1)]))
    assert (counts.precision, counts.recall, counts.aer) == (1, 1, 0)
    assert counts == count_links({(0, 0)}, gold([(0, 0)], [(0, 0), (1, 1)]))


def test_leaving_possible_links_out_costs_nothing():
    assert count_links({(0, 0)}, gold([(0, 0)], [(1, 1), (2, 2)])).aer == 0


def test_annotated_scoring_leaves_out_links_of_unannotated_words():
    """Word 1 of the source and word 2 of the target have no gold link; 3 is listed as unaligned on both sides."""
    partial = gold([(0, 0), (2, 1)], src=[3], tgt=[3])
    predicted = {(0, 0), (1, 0), (0, 2), (3, 1), (2, 3), (3, 3)}
    everything, annotated = (count_links(predicted, partial, scoring) for scoring in ("all", "annotated"))
    assert (everything.predicted, everything.not_scored) == (6, 0)
    assert (annotated.predicted, annotated.not_scored) == (4, 2)
    assert annotated.precision == 1 / 4
    assert annotated.recall == everything.recall == 1 / 2
    assert annotated.aer == pytest.approx(1 - 2 * 1 / (4 + 2))


def test_words_of_possible_links_are_annotated():
    assert count_links({(1, 0)}, gold([(0, 0)], [(1, 1)]), "annotated").predicted == 1


def test_scores_are_of_the_set_and_not_means_over_pairs():
    one = count_links({(0, 0)}, gold([(0, 0)]))
    two = count_links({(0, 1), (1, 1), (2, 1)}, gold([(0, 0), (1, 0), (2, 0)]))
    total = add_counts([one, two])
    assert (total.pairs, total.precision, total.recall, total.aer) == (2, 1 / 4, 1 / 4, 3 / 4)
    assert total.aer != (one.aer + two.aer) / 2


def test_scores_without_links_are_undefined_and_not_zero():
    empty = add_counts([])
    assert (empty.precision, empty.recall, empty.f1, empty.aer) == (None, None, None, None)
    silent = count_links(set(), gold([(0, 0)]))
    assert (silent.precision, silent.recall, silent.f1, silent.aer) == (None, 0, None, 1)
    wrong = count_links({(1, 1)}, gold([(0, 0)]))
    assert (wrong.precision, wrong.recall, wrong.f1, wrong.aer) == (0, 0, 0, 1)


@given(LINKS, LINKS, LINKS)
def test_scores_keep_their_bounds(predicted, sure, possible):
    for scoring in ("all", "annotated"):
        counts = count_links(predicted, gold(sure, possible), scoring)
        assert counts.predicted + counts.not_scored == len(predicted)
        assert counts.predicted_sure <= counts.predicted_possible <= counts.predicted
        assert counts.aer is None or 0 <= counts.aer <= 1
    if counts.f1 is not None and not possible:
        assert counts.aer == pytest.approx(1 - counts.f1)


@given(LINKS, LINKS)
def test_gold_as_prediction_is_perfect(sure, possible):
    for links in (sure, sure | possible):
        counts = count_links(links, gold(sure, possible), "annotated")
        assert counts.aer in (None, 0)
