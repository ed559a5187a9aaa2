"""Code-switched sentences: the ratio asked for, the frame untouched, the joints fitted."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.generators.candidates import Candidate
from cscl_data.generators.selection import KEPT, choose_words, in_order
from cscl_data.records import NO_LANGUAGE, Reject, Span, restore, rng_for
from cscl_data.text.word_rules.base import Word
from tests.factories import make_alignment, make_pair, make_words
from tests.generators.strategies import aligned_pairs
from tests.generators.switching import make_config, row_of, switched

EN, KO = "green tea tastes good in the morning", "아침에 마시는 녹차가 참 맛이 좋다 요"


@given(
    case=aligned_pairs(),
    matrix=st.sampled_from(["src", "tgt"]),
    ratio=st.floats(0.01, 1),
    unit=st.sampled_from(["word", "phrase"]),
    seed=st.integers(0, 100),
)
def test_row_of_any_pair_keeps_its_invariants(case, matrix: str, ratio: float, unit: str, seed: int) -> None:
    pair, alignment, words = case
    row = switched(pair, alignment, words, matrix=matrix, ratio=ratio, unit=unit, seed=seed)
    if isinstance(row, Reject):
        assert row.reason == "no_candidate"
        assert row.source == pair.row()
        return
    frame, other = (pair.src_text, pair.tgt_text) if matrix == "src" else (pair.tgt_text, pair.src_text)
    frame_words = words[0] if matrix == "src" else words[1]
    assert restore(row.text, row.edits, frame) == frame
    assert row.edits, "a ratio above 0 switches something or rejects"
    n_words = sum(word.kind in ("content", "function") for word in frame_words)
    n_switched = round(row.switch_ratio * n_words)
    assert n_switched == pytest.approx(row.switch_ratio * n_words)
    assert n_switched <= max(1, math.ceil(ratio * n_words)) or len(row.edits) == 1
    for edit in row.edits:
        new, source = row.text[edit.start : edit.end], other[edit.embedded_start : edit.embedded_end]
        assert source.casefold() in new.casefold(), "the words come from where the edit says"
        inside = [token for token in row.tokens if edit.start <= token.start < edit.end]
        assert any(token.switched for token in inside)


@given(case=aligned_pairs(), matrix=st.sampled_from(["src", "tgt"]))
def test_ratio_zero_gives_the_matrix_back(case, matrix: str) -> None:
    pair, alignment, words = case
    for given_alignment in (alignment, None):
        row = row_of(pair, given_alignment, words, matrix=matrix, ratio=0.0)
        assert row.text == (pair.src_text if matrix == "src" else pair.tgt_text)
        assert (row.edits, row.switch_ratio) == ((), 0.0)


def test_ratio_zero_keeps_even_an_empty_text() -> None:
    assert row_of(make_pair("", "빈"), None, ratio=0.0).text == ""


@pytest.mark.parametrize(("ratio", "low", "high"), [(0.1, 1, 1), (0.3, 2, 3), (0.5, 3, 4), (1.0, 7, 7)])
def test_ratio_is_floor_plus_a_coin(ratio: float, low: int, high: int) -> None:
    pair = make_pair(EN, KO)
    alignment = make_alignment(pair, links=[(i, i) for i in range(7)])
    counts = [len(row_of(pair, alignment, ratio=ratio, seed=seed, unit="word").edits) for seed in range(200)]
    assert {min(counts), max(counts)} == {low, high}
    assert sum(counts) / 200 == pytest.approx(max(1, 7 * ratio), abs=0.15)


def test_fewer_candidates_than_asked_are_all_taken() -> None:
    pair = make_pair(EN, KO)
    row = row_of(pair, make_alignment(pair, links=[(0, 2), (3, 5)]), ratio=1.0, unit="word")
    assert row.switch_ratio == pytest.approx(2 / 7)


def test_phrase_longer_than_the_ratio_is_better_than_nothing() -> None:
    pair = make_pair("green tea", "녹차")
    row = row_of(pair, make_alignment(pair, links=[(0, 0), (1, 0)]), ratio=0.1, unit="phrase")
    assert row.text == "녹차"


def test_pair_without_candidates_is_a_reject() -> None:
    pair = make_pair("Anna 7", "ANNA 7")
    words = make_words(pair.src_text, "cn"), make_words(pair.tgt_text, "cn")
    reject = switched(pair, make_alignment(pair), words, ratio=0.5)
    assert isinstance(reject, Reject)
    assert reject.reason == "no_candidate", "a word that is spelt alike is no switch"


@pytest.mark.parametrize(("alignment", "reason"), [(None, "unaligned"), ("too_long", "too_long")])
def test_pair_without_alignment_is_a_reject_with_its_reason(alignment: str | None, reason: str) -> None:
    pair = make_pair()
    given_alignment = make_alignment(pair, links=[], skipped=alignment) if alignment else None
    reject = switched(pair, given_alignment)
    assert isinstance(reject, Reject)
    assert reject.reason == reason


def korean(*words: tuple[int, int, int]) -> tuple[Word, ...]:
    return tuple(Word(start, end, stem_end, "content") for start, stem_end, end in words)


TEA = make_pair("I drink tea.", "나는 녹차를 마신다.")
TEA_EN = (Word(0, 1, 1, "function"), Word(2, 7, 7, "content"), Word(8, 11, 11, "content"), Word(11, 12, 12, "none"))
TEA_KO = (Word(0, 2, 1, "function"), Word(3, 6, 5, "content"), Word(7, 10, 10, "content"), Word(10, 11, 11, "none"))
TEA_LINKS = make_alignment(
    TEA,
    links=[(2, 1)],
    src_tokens=(Span(0, 1), Span(2, 7), Span(8, 11), Span(11, 12)),
    tgt_tokens=(Span(0, 2), Span(3, 6), Span(7, 10), Span(10, 11)),
)


def test_korean_particle_stays_outside_an_english_frame() -> None:
    row = row_of(TEA, TEA_LINKS, (TEA_EN, TEA_KO), ratio=0.3)
    assert row.text == "I drink 녹차."
    assert [(row.text[t.start : t.end], t.lang, t.switched) for t in row.tokens] == [
        ("I", "en", False),
        ("drink", "en", False),
        ("녹차", "ko", True),
        (".", NO_LANGUAGE, False),
    ]
    assert row.cmi == pytest.approx(100 / 3)


def test_korean_particle_stays_behind_an_english_word_and_is_fitted() -> None:
    row = row_of(TEA, TEA_LINKS, (TEA_EN, TEA_KO), ratio=0.3, matrix="tgt")
    assert row.text == "나는 tea를 마신다."
    pieces = [(row.text[t.start : t.end], t.lang, t.switched) for t in row.tokens]
    assert pieces[1:3] == [("tea", "en", True), ("를", "ko", False)]
    milk = make_pair("I drink cream.", "나는 녹차를 마신다.")
    words = (*TEA_EN[:2], Word(8, 13, 13, "content"), Word(13, 14, 14, "none"))
    row = row_of(milk, TEA_LINKS, (words, TEA_KO), ratio=0.3, matrix="tgt")
    assert row.text == "나는 cream을 마신다."
    [edit] = row.edits
    assert row.text[edit.start : edit.end] == "cream을", "an adapted particle lies inside the edit"
    assert [(row.text[t.start : t.end], t.lang, t.switched) for t in row.tokens][1:3] == [
        ("cream", "en", True),
        ("을", "ko", False),
    ]


def cand(first: int, last: int, risk: float = 0.0) -> Candidate:
    return Candidate(first, last, first, last, 0, 1.0, risk)


def chosen_of(units: list[Candidate], wanted: int, seed: int = 0) -> list[Candidate]:
    rng = rng_for(seed, "a", "x")
    return choose_words(in_order(units, rng), wanted).units


def test_choose_draws_units_of_least_risk_a_word_first() -> None:
    units = [cand(0, 0, 0.12), cand(1, 1, 0.03), cand(2, 3, 0.1), cand(4, 4, 0.5)]
    order = [chosen_of(units, n) for n in (1, 3, 4, 5)]
    assert [[unit.first for unit in chosen] for chosen in order] == [[1], [1, 2], [0, 1, 2], [0, 1, 2, 4]]


def test_choose_takes_units_while_their_risks_add_up_to_the_limit() -> None:
    units = [cand(i, i, 0.04) for i in range(5)]
    assert len(choose_words(units, 5, max_risk=0.1).units) == 2
    assert len(choose_words(units, 5).units) == 5
    assert [unit.first for unit in choose_words([cand(0, 0, 0.5), cand(1, 1, 0.3)], 2, max_risk=0.1).units] == [1]
    assert choose_words([cand(0, 0, 0.5), cand(1, 3, 0.05)], 1, max_risk=0.1).units == [cand(1, 3, 0.05)]


def test_neighbours_are_neighbours_in_their_own_language_or_are_not_switched_both() -> None:
    apart = [Candidate(0, 0, 0, 0, 0, 1.0), Candidate(1, 1, 2, 2, 0, 1.0), Candidate(2, 2, 3, 3, 0, 1.0)]
    assert [unit.first for unit in choose_words(apart, 3, orders=KEPT).units] == [0, 2]
    assert [unit.first for unit in choose_words(apart, 3).units] == [0, 1, 2]


def test_choose_never_overlaps_and_never_overshoots() -> None:
    units = [cand(i, j) for i in range(6) for j in range(i, min(6, i + 3))]
    for seed in range(50):
        chosen = chosen_of(units, 4, seed)
        covered = [i for unit in chosen for i in range(unit.first, unit.last + 1)]
        assert len(covered) == len(set(covered)) == 4
        assert covered == sorted(covered)


@pytest.mark.parametrize(
    "options", [{"ratio": -0.1}, {"ratio": 1.1}, {"ratio": math.nan}, {"unit": "sentence"}, {"max_phrase_len": 0}]
)
def test_config_out_of_range_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        make_config(**options)
