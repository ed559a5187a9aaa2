"""Which language each sentence stands in, by mode."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.generators.sentence import SentenceCsConfig
from cscl_data.records import Bead
from tests.generators.sentence.documents import langs_of, made, make_beads

LANGS = {"src": "en", "tgt": "ko"}
THREE = ("en", "ko", "ja")


@pytest.mark.parametrize(("start", "expected"), [("src", "ekeke"), ("tgt", "kekek")])
def test_alternate_changes_at_every_sentence(start: str, expected: str) -> None:
    assert langs_of(made(make_beads(5), SentenceCsConfig(start_lang=start))[0]) == expected


def test_alternate_start_is_a_fair_coin_per_document() -> None:
    starts = [langs_of(made(make_beads(2), SentenceCsConfig(), seed)[0])[0] for seed in range(400)]
    assert 160 < starts.count("k") < 240  # four standard deviations


@given(n=st.integers(2, 40), share=st.floats(0, 1), seed=st.integers(0, 1000))
def test_random_share_is_exact_within_one(n: int, share: float, seed: int) -> None:
    [row] = made(make_beads(n), SentenceCsConfig(mode="random", share=share), seed)
    drawn = langs_of(row).count("k")
    wanted = min(n - 1, max(1, share * n))
    assert math.floor(wanted) <= drawn <= math.ceil(wanted)


def test_random_mean_share_is_the_one_asked_for() -> None:
    config = SentenceCsConfig(mode="random", share=0.3)
    drawn = sum(langs_of(made(make_beads(7), config, seed)[0]).count("k") for seed in range(400))
    assert pytest.approx(drawn, rel=0.05) == 0.3 * 7 * 400


@given(
    n=st.integers(2, 40),
    start=st.sampled_from(["src", "tgt"]),
    runs=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    seed=st.integers(0, 1000),
)
def test_block_runs_keep_their_lengths(n: int, start: str, runs: tuple[int, int], seed: int) -> None:
    config = SentenceCsConfig(mode="block", start_lang=start, min_run=min(runs), max_run=max(runs))
    langs = langs_of(made(make_beads(n), config, seed)[0])
    assert langs[0] == LANGS[start][0]
    lengths = [len(run) for run in langs.replace("ek", "e k").replace("ke", "k e").split()]
    assert all(length <= config.max_run for length in lengths)
    assert all(length >= config.min_run for length in lengths[1:-1])
    assert lengths[0] >= min(config.min_run, n - 1)


@given(n=st.integers(2, 12), share=st.floats(0, 1), start=st.sampled_from(["src", "tgt"]), seed=st.integers(0, 100))
def test_every_mode_starts_in_the_language_asked_for(n: int, share: float, start: str, seed: int) -> None:
    for mode in ("alternate", "block", "markov", "annotate", "parallel"):
        [row] = made(make_beads(n), SentenceCsConfig(mode=mode, start_lang=start), seed)
        assert row.segments[0].lang == LANGS[start], mode
    [row] = made(make_beads(n), SentenceCsConfig(mode="random", share=share, start_lang=start), seed)
    assert row.segments[0].lang == LANGS[start]
    assert abs(langs_of(row).count("k") - min(n - 1, max(1, share * n))) < 1


@pytest.mark.parametrize(("probability", "switches"), [(0.0, 1), (1.0, 29)])
def test_markov_that_never_or_always_switches(probability: float, switches: int) -> None:
    """A document in one language would be no code-switching: where no switch is drawn, one is put somewhere."""
    config = SentenceCsConfig(mode="markov", switch_probability=probability)
    for seed in range(20):
        assert made(make_beads(30), config, seed)[0].n_switches == switches


def test_markov_switches_with_the_probability_asked_for() -> None:
    config = SentenceCsConfig(mode="markov", switch_probability=0.2)
    switches = sum(made(make_beads(51), config, seed)[0].n_switches for seed in range(200))
    assert pytest.approx(switches, rel=0.06) == 0.2 * 50 * 200  # four standard deviations are 0.089


def test_alternate_goes_round_all_languages() -> None:
    [row] = made(make_beads(7, THREE), SentenceCsConfig(start_lang="src"), langs=THREE)
    assert langs_of(row) == "ekjekje"


def test_alternate_takes_the_next_language_that_is_there() -> None:
    beads = [
        Bead(id=str(i), texts={lang: f"{lang}{i}" for lang in there.split()})
        for i, there in enumerate(["en ko ja", "en ja", "ja", "en ko ja", "ko"])
    ]
    [row] = made(beads, SentenceCsConfig(start_lang="src"), langs=THREE)
    assert langs_of(row) == "ejjek"


@pytest.mark.parametrize("mode", ["random", "block", "markov"])
def test_other_languages_are_drawn_evenly(mode: str) -> None:
    config = SentenceCsConfig(mode=mode, start_lang="src", switch_probability=0.5)
    langs = "".join(langs_of(made(make_beads(9, THREE), config, seed, THREE)[0]) for seed in range(150))
    assert langs.count("k") == pytest.approx(langs.count("j"), rel=0.2)
    assert min(langs.count("k"), langs.count("j")) > 0.2 * len(langs)


@given(data=st.data(), mode=st.sampled_from(["random", "block", "markov", "alternate"]), seed=st.integers(0, 50))
def test_a_sentence_stands_in_a_language_that_it_has(data: st.DataObject, mode: str, seed: int) -> None:
    there = data.draw(st.lists(st.sets(st.sampled_from(THREE), min_size=1), min_size=1, max_size=8))
    beads = [
        Bead(id=str(i), texts={lang: f"{lang} {i}" for lang in langs}) for i, langs in enumerate([set(THREE), *there])
    ]
    [row] = made(beads, SentenceCsConfig(mode=mode), seed, THREE)
    assert all(segment.lang in bead.texts for segment, bead in zip(row.segments, beads, strict=True))
    assert len(set(langs_of(row))) > 1
    if mode == "alternate":
        free = [set(bead.texts) > {a.lang} for bead, (a, _) in zip(beads[1:], pairwise(row.segments), strict=True)]
        changed = [a.lang != b.lang for a, b in pairwise(row.segments)]
        assert sum(free) - sum(changed) <= 1, "only the first switch may be moved"
