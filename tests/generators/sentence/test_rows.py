"""Documents in several languages: every sentence once, in order, verbatim, and never beside its translation."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.generators.sentence import SentenceCsConfig, generate
from cscl_data.records import Bead, Reject, rng_for
from tests.generators.sentence.documents import configs, documents, langs_of, made, make_beads

SWITCHING = ("alternate", "random", "block", "markov")
LANGS = {"src": "en", "tgt": "ko"}


@given(beads=documents(), config=configs(SWITCHING), seed=st.integers(0, 1000))
def test_document_holds_every_bead_once_verbatim_in_both_languages(
    beads: list[Bead], config: SentenceCsConfig, seed: int
) -> None:
    [row] = made(beads, config, seed)
    row.check()
    assert [segment.pair_id for segment in row.segments] == [bead.id for bead in beads], "each once, in order"
    assert {segment.lang for segment in row.segments} == {"en", "ko"}
    at = 0
    for bead, segment in zip(beads, row.segments, strict=True):
        assert row.text[segment.start : segment.end] == bead.texts[segment.lang]
        assert not row.text[at : segment.start].strip()
        at = segment.end
    assert at == len(row.text)


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


@pytest.mark.parametrize(
    ("beads", "reason"),
    [
        ([], "single_sentence"),
        (make_beads(1), "single_sentence"),
        ([Bead(id="a", texts={"en": "One."}), Bead(id="b", texts={"ko": "둘."})], "unaligned"),
    ],
)
def test_document_with_nothing_to_switch_is_a_reject(beads: list[Bead], reason: str) -> None:
    reject = generate("d", beads, langs=("en", "ko"), config=SentenceCsConfig(), rng=rng_for(0, "d/0", "x"))
    assert isinstance(reject, Reject)
    assert (reject.id, reject.reason) == ("d/0", reason)
    assert reject.source["beads"] == [{"id": bead.id, "texts": bead.texts} for bead in beads]


@pytest.mark.parametrize(
    "options",
    [
        {"mode": "alternative"},
        {"start_lang": "en"},
        {"share": -0.1},
        {"share": 1.1},
        {"share": math.nan},
        {"switch_probability": 2.0},
        {"max_tokens": 0},
        {"min_run": 0},
        {"min_run": 3, "max_run": 2},
    ],
)
def test_config_out_of_range_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        SentenceCsConfig(**options)
