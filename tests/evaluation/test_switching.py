import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.evaluation.switching import (
    burstiness,
    i_index,
    m_index,
    memory,
    run_lengths,
    span_entropy,
    switch_surprisal,
    switching_scores,
)

# The sample text of the public package agoel00/cs_metrics, its numbers recomputed by hand.
SAMPLE = ["EN", "EN", "HI", "HI", "zxx", "zxx", "HI", "HI", "EN", "EN", "EN", "HI", "HI"]

tag_lists = st.lists(st.sampled_from(["en", "ko", "ja", "zxx"]), max_size=40)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cmi", 45.4545),
        ("complexity", 36.3636),
        ("m_index", 0.98361),
        ("language_entropy", 0.99403),
        ("i_index", 0.3),
        ("burstiness", -0.53668),
        ("burstiness_sample", -0.48351),
        ("memory", -0.5),
        ("memory_sample", -0.33333),
        ("span_entropy", 1.5),
        ("switch_entropy", 0.52109),
        ("switch_surprisal", 1.73697),
    ],
)
def test_sample_text_gives_the_published_numbers(name, expected):
    assert getattr(switching_scores(SAMPLE), name) == pytest.approx(expected, abs=5e-5)


def test_sample_text_counts():
    scores = switching_scores(SAMPLE)
    assert scores.runs == (2, 4, 3, 2)  # a run goes on across zxx
    assert (scores.switches, scores.languages, scores.is_mixed) == (3, {"EN": 5, "HI": 6}, True)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], {"cmi": 0.0, "m_index": None, "i_index": None, "burstiness": None, "span_entropy": None, "switches": 0}),
        (["zxx"], {"cmi": 0.0, "language_entropy": None, "switch_entropy": None, "switch_surprisal": None}),
        (["en"], {"cmi": 0.0, "m_index": 0.0, "i_index": None, "burstiness": -1.0, "burstiness_sample": None}),
        (["en"] * 4, {"i_index": 0.0, "switch_entropy": 0.0, "switch_surprisal": None, "memory": None}),
        (["en", "ko"], {"cmi": 50.0, "i_index": 1.0, "m_index": 1.0, "burstiness": -1.0, "switch_surprisal": 0.0}),
        (["en", "ko", "ja"], {"cmi": pytest.approx(66.6667), "m_index": pytest.approx(1.0), "memory": None}),
    ],
)
def test_edges_are_defined_or_none(tags, expected):
    scores = switching_scores(tags)
    assert {name: getattr(scores, name) for name in expected} == expected


def test_last_run_of_one_token_counts():
    assert run_lengths(["en", "en", "ko", "ko", "en"]) == [2, 2, 1]
    assert burstiness([2, 2, 1]) == pytest.approx((math.sqrt(2 / 9) - 5 / 3) / (math.sqrt(2 / 9) + 5 / 3))


def test_even_runs_have_no_memory_and_no_entropy():
    assert memory([2, 2, 2, 2]) is None
    assert span_entropy([2, 2, 2]) == 0.0
    assert switch_surprisal(0.25) == 2.0


def test_m_index_falls_as_one_language_takes_over():
    even, uneven = m_index({"en": 5, "ko": 5}), m_index({"en": 9, "ko": 1})
    assert even == pytest.approx(1.0)
    assert uneven is not None
    assert 0 < uneven < 0.3


@given(tag_lists)
def test_measures_stay_in_their_ranges(tags):
    scores = switching_scores(tags)
    assert 0 <= scores.cmi < 100
    assert 0 <= scores.complexity < 100
    for value, low, high in (
        (scores.m_index, 0, 1),
        (scores.i_index, 0, 1),
        (scores.burstiness, -1, 1),
        (scores.memory, -1, 1),
        (scores.language_entropy, 0, math.log2(3)),
    ):
        assert value is None or low - 1e-9 <= value <= high + 1e-9
    assert sum(scores.runs) == sum(scores.languages.values())


@given(tag_lists)
def test_zxx_and_names_of_languages_do_not_matter(tags):
    renamed = [{"en": "x", "ko": "y", "ja": "z"}.get(tag, tag) for tag in tags]
    spaced = [part for tag in renamed for part in (tag, "zxx")]
    first, second = switching_scores(spaced), switching_scores(tags)
    assert first.runs == second.runs
    assert first[3:] == pytest.approx(second[3:])


def test_i_index_is_none_below_two_tokens():
    assert i_index(["en", "zxx"]) is None
