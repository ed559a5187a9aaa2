import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.evaluation.corpus import CorpusScores, SwitchingTally, corpus_complexity, switch_positions
from cscl_data.evaluation.natural import NATURAL
from cscl_data.evaluation.runs import RunPool
from cscl_data.evaluation.switching import burstiness, m_index, memory, span_entropy, switching_scores

tag_lists = st.lists(st.sampled_from(["en", "ko", "ja", "zxx"]), max_size=40)


@given(tag_lists)
def test_positions_add_up_to_the_switches(tags):
    assert sum(switch_positions(tags)) == pytest.approx(switching_scores(tags).switches)


@pytest.mark.parametrize("n_tokens", [2, 3, 7, 11, 40])
def test_switching_everywhere_gives_equal_parts(n_tokens):
    tags = ["en" if i % 2 else "ko" for i in range(n_tokens)]
    assert switch_positions(tags) == pytest.approx([(n_tokens - 1) / 10] * 10)


def test_a_late_switch_lies_in_the_last_part():
    assert switch_positions(["en"] * 20 + ["ko"]).index(1.0) == 9


def corpus_scores(texts: list[list[str]]) -> CorpusScores:
    tally = SwitchingTally()
    for tags in texts:
        tally.add(tags)
    return tally.scores()


def test_corpus_means_over_all_and_over_mixed_texts():
    scores = corpus_scores([["en", "ko"], ["en", "en", "en", "ko"], ["en"], ["zxx"], []])
    assert (scores.texts, scores.mixed, scores.switches, scores.switches_per_text) == (5, 2, 2, 0.4)
    assert scores.cmi is not None
    assert scores.cmi.mean == pytest.approx(15.0)  # a text without language has the CMI 0
    assert scores.cmi_mixed is not None
    assert scores.cmi_mixed.mean == pytest.approx(37.5)
    assert scores.spf is not None
    assert scores.spf.mean == pytest.approx((1 + 1 / 3) / 2)
    assert scores.i_index == pytest.approx(2 / 4)
    assert scores.tokens is not None
    assert scores.tokens.mean == pytest.approx(8 / 5)
    assert scores.languages == {"en": 5, "ko": 2, "zxx": 1}
    assert scores.m_index == pytest.approx(m_index({"en": 5, "ko": 2}))


def test_empty_corpus_has_no_means():
    scores = corpus_scores([])
    assert (scores.texts, scores.cmi, scores.i_index, scores.m_index) == (0, None, None, None)
    assert set(scores.means.values()) == {None}


def test_corpus_cmi_is_that_of_the_formula():
    # Two texts: N = 4, max w = 3, P = 1 gives (1 - 2/4) / 2 = 1/4; N = 2 of one language gives 0. S = 1.
    scores = corpus_scores([["en", "en", "en", "ko"], ["en", "en"]])
    assert scores.corpus_complexity == pytest.approx(100 / 2 * (1 / 4 + 5 / 6))
    assert corpus_complexity(40.0, 1.0) > 100  # it has no upper bound of 100


def pool_of(texts: list[list[int]]) -> RunPool:
    pool = RunPool()
    for runs in texts:
        pool.add(runs)
    return pool


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30))
def test_pool_of_one_text_is_that_text(runs):
    pool = pool_of([runs])
    assert pool.burstiness() == pytest.approx(burstiness(runs))
    assert pool.span_entropy() == pytest.approx(span_entropy(runs))
    expected = memory(runs)
    assert pool.memory() == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_pool_pairs_no_runs_of_different_texts():
    # Inside each text a short run follows a long one; between the texts 1 follows 1 and would say the opposite.
    assert pool_of([[9, 1], [1, 9]]).memory() == pytest.approx(-1.0)
    assert pool_of([[9, 1], [1, 9]]).span_entropy() == 1.0
    assert pool_of([]).burstiness() is None
    assert pool_of([[2, 2, 2]]).memory() is None


def test_corpus_pools_the_runs_of_mixed_texts_alone():
    scores = corpus_scores([["en", "en", "ko"], ["en"] * 50])
    assert scores.run_length is not None
    assert (scores.run_length.n, scores.run_length.mean) == (2, 1.5)
    assert scores.pooled["burstiness"] == pytest.approx(burstiness([2, 1]))
    assert scores.means["switch_entropy"] == pytest.approx(0.5)


def natural_scores(shared_data) -> CorpusScores:
    """Measure all 2,184 sentences of Turkish-German talk, tagged by hand, with German and Turkish counted alone."""
    texts = []
    for split in ("train", "dev", "test"):
        lines = (shared_data / "cs-natural" / f"trde-sagt.{split}.jsonl").read_text(encoding="utf-8").splitlines()
        texts += [[tag if tag in ("DE", "TR") else "zxx" for tag in json.loads(line)["tags"]] for line in lines]
    return corpus_scores(texts)


def test_turkish_german_talk_has_the_known_cmi_and_spf(shared_data):
    scores = natural_scores(shared_data)
    assert (scores.texts, scores.mixed) == (2184, 2056)
    assert scores.cmi_mixed is not None
    assert scores.cmi_mixed.mean == pytest.approx(29.10, abs=0.005)
    quartiles = (scores.cmi_mixed.quartile_1, scores.cmi_mixed.median, scores.cmi_mixed.quartile_3)
    assert [round(value) for value in quartiles] == [18, 30, 40]
    assert scores.spf is not None
    assert scores.spf.mean == pytest.approx(0.1707, abs=0.00005)


def test_natural_table_agrees_with_the_corpus_measured_here(shared_data):
    row = NATURAL[-1]
    scores = natural_scores(shared_data)
    assert (row.sentences, row.mixed) == (scores.texts, scores.mixed)
    assert scores.cmi_mixed is not None
    assert round(scores.cmi_mixed.mean, 1) == row.cmi_mean
    assert scores.spf is not None
    assert round(scores.spf.mean, 3) == row.spf_mean


def test_natural_figures_are_plausible():
    assert len({row.name for row in NATURAL}) == 7
    for row in NATURAL:
        assert 0 < row.cmi_quartile_1 < row.cmi_median < row.cmi_quartile_3 < 100
        assert row.cmi_quartile_1 < row.cmi_mean < row.cmi_quartile_3
        assert 0.17 < row.spf_mean < 0.26
        assert row.mixed is None or row.mixed <= row.sentences
