"""Documents in two languages: every pair once, in order, in one language, and both languages in every document."""

from __future__ import annotations

import math
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.generators.sentence import MODES, SentenceCsConfig, generate, separator
from cscl_data.pipelines.chunks import by_documents
from cscl_data.pipelines.sentence_cs import mix_documents
from cscl_data.records import Pair, Reject, SentenceCsRow, rng_for
from tests.factories import make_pair, texts

LANGS = {"src": "en", "tgt": "ko"}
_SENTENCES = texts(min_size=1).filter(str.strip)
_CONFIGS = st.builds(
    lambda mode, start_lang, share, runs: SentenceCsConfig(
        mode=mode, start_lang=start_lang, share=share, min_run=min(runs), max_run=max(runs)
    ),
    st.sampled_from(MODES),
    st.sampled_from(["src", "tgt", "random"]),
    st.floats(0, 1),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
)


def make_document(n: int, doc_id: str = "d") -> list[Pair]:
    return [make_pair(f"Sentence {i}.", f"문장 {i}.", id=f"{doc_id}-{i}", doc_id=doc_id) for i in range(n)]


def mixed(pairs: list[Pair], config: SentenceCsConfig, seed: int = 0) -> SentenceCsRow:
    row = generate("d", pairs, row_id="d/0", config=config, rng=rng_for(seed, "d/0", "sentence_cs"))
    assert isinstance(row, SentenceCsRow)
    return row


def langs_of(row: SentenceCsRow) -> str:
    return "".join(segment.lang[0] for segment in row.segments)


@given(
    sentences=st.lists(st.tuples(_SENTENCES, _SENTENCES), min_size=2, max_size=12),
    config=_CONFIGS,
    seed=st.integers(0, 1000),
)
def test_document_holds_every_pair_once_verbatim_in_both_languages(
    sentences: list[tuple[str, str]], config: SentenceCsConfig, seed: int
) -> None:
    pairs = [make_pair(a, b, id=str(i)) for i, (a, b) in enumerate(sentences)]
    row = mixed(pairs, config, seed)
    assert [segment.pair_id for segment in row.segments] == [pair.id for pair in pairs], "each once, in order"
    assert {segment.lang for segment in row.segments} == {"en", "ko"}
    at = 0
    for pair, segment in zip(pairs, row.segments, strict=True):
        sentence = pair.src_text if segment.lang == "en" else pair.tgt_text
        assert row.text[segment.start : segment.end] == sentence.strip()
        assert row.text[at : segment.start] == (" " if segment.start else "")
        at = segment.end
    assert at == len(row.text)
    assert row.n_switches == sum(a != b for a, b in zip(langs_of(row), langs_of(row)[1:], strict=False))


@pytest.mark.parametrize(("start", "expected"), [("src", "ekeke"), ("tgt", "kekek")])
def test_alternate_changes_at_every_sentence(start: str, expected: str) -> None:
    assert langs_of(mixed(make_document(5), SentenceCsConfig(start_lang=start))) == expected


def test_alternate_start_is_a_fair_coin_per_document() -> None:
    starts = [langs_of(mixed(make_document(2), SentenceCsConfig(), seed))[0] for seed in range(400)]
    assert 160 < starts.count("k") < 240  # four standard deviations


@given(n=st.integers(2, 40), share=st.floats(0, 1), seed=st.integers(0, 1000))
def test_random_share_is_exact_within_one(n: int, share: float, seed: int) -> None:
    row = mixed(make_document(n), SentenceCsConfig(mode="random", share=share), seed)
    drawn = langs_of(row).count("k")
    wanted = min(n - 1, max(1, share * n))
    assert math.floor(wanted) <= drawn <= math.ceil(wanted)


def test_random_mean_share_is_the_one_asked_for() -> None:
    config = SentenceCsConfig(mode="random", share=0.3)
    drawn = sum(langs_of(mixed(make_document(7), config, seed)).count("k") for seed in range(400))
    assert pytest.approx(drawn, rel=0.05) == 0.3 * 7 * 400


@given(
    n=st.integers(2, 40),
    start=st.sampled_from(["src", "tgt"]),
    runs=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    seed=st.integers(0, 1000),
)
def test_block_runs_keep_their_lengths(n: int, start: str, runs: tuple[int, int], seed: int) -> None:
    config = SentenceCsConfig(mode="block", start_lang=start, min_run=min(runs), max_run=max(runs))
    langs = langs_of(mixed(make_document(n), config, seed))
    assert langs[0] == LANGS[start][0]
    lengths = [len(run) for run in langs.replace("ek", "e k").replace("ke", "k e").split()]
    assert all(length <= config.max_run for length in lengths)
    assert all(length >= config.min_run for length in lengths[1:-1])
    assert lengths[0] >= min(config.min_run, n - 1)


@pytest.mark.parametrize("pairs", [[], [make_pair()]])
def test_document_of_one_sentence_is_a_reject(pairs: list[Pair]) -> None:
    reject = generate("d", pairs, row_id="d/0", config=SentenceCsConfig(), rng=rng_for(0, "d/0", "x"))
    assert isinstance(reject, Reject)
    assert reject.reason == "single_sentence"
    assert reject.source["pairs"] == [pair.row() for pair in pairs]


@pytest.mark.parametrize(
    ("last", "left", "right", "expected"),
    [
        (".", "en", "ko", " "),
        ("다", "ko", "en", " "),
        ("。", "ja", "en", " "),
        (".", "en", "ja", " "),
        ("。", "ja", "zh-Hans", ""),
        ("。", "ja", "ja", ""),
        ("！", "zh-Hans", "ja", ""),
        ("」", "ja", "zh-Hans", ""),
        # without an end mark the two would run together
        ("す", "ja", "zh-Hans", " "),
        ("ก", "th", "ja", " "),
        ("。", "ja", "ko", " "),
    ],
)
def test_separator_table(last: str, left: str, right: str, expected: str) -> None:
    assert separator(last, left, right) == expected


def test_whitespace_around_a_sentence_is_not_taken_over() -> None:
    pairs = [make_pair("  One. ", "\u3000하나.\u3000", id="a"), make_pair("\tTwo.\n", " 둘. ", id="b")]
    assert mixed(pairs, SentenceCsConfig(start_lang="src")).text == "One. 둘."


def test_unspaced_languages_are_joined_without_space() -> None:
    pairs = [make_pair("一。", "いち。", id=str(i), src_lang="zh-Hans", tgt_lang="ja") for i in range(3)]
    assert mixed(pairs, SentenceCsConfig(start_lang="src")).text == "一。いち。一。"


@pytest.mark.parametrize(
    "options",
    [
        {"mode": "alternative"},
        {"start_lang": "en"},
        {"share": -0.1},
        {"share": 1.1},
        {"share": math.nan},
        {"min_run": 0},
        {"min_run": 3, "max_run": 2},
    ],
)
def test_config_out_of_range_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        SentenceCsConfig(**options)


@pytest.mark.parametrize("config", [SentenceCsConfig(mode=mode) for mode in MODES], ids=MODES)
def test_shards_do_not_change_the_rows(config: SentenceCsConfig) -> None:
    """Seven documents in one, three and seven shards: the same rows, in the same order."""
    rows = [pair for i in range(7) for pair in make_document(2 + i % 3, f"d{i}")]
    work = partial(mix_documents, config=config, sig="s", seed=0)
    made = [[row for chunk in by_documents(rows, shard_rows) for row in work(chunk).rows] for shard_rows in (100, 7, 1)]
    assert [len(list(by_documents(rows, shard_rows))) for shard_rows in (100, 7, 1)] == [1, 3, 7]
    assert made[0] == made[1] == made[2]
    assert len(made[0]) == 7


def test_shard_accounts_for_every_pair() -> None:
    rows = [
        *make_document(3, "a"),
        make_pair("x", "  ", id="empty", doc_id="a"),
        make_pair(id="lost", doc_id=None),
        make_pair(id="alone", doc_id="b"),
        make_pair("", "", id="nothing", doc_id="c"),
    ]
    [chunk] = by_documents(rows, 100)
    outcome = mix_documents(chunk, config=SentenceCsConfig(), sig="s", seed=0)
    assert outcome.rows_in == len(rows)
    assert outcome.items == len(outcome.rows) + len(outcome.rejects) == 5
    assert {(x.id, x.reason) for x in outcome.rejects} == {
        ("empty", "empty_side"),
        ("lost", "no_document"),
        ("b/0", "single_sentence"),
        ("nothing", "empty_side"),
    }
    assert [segment["pair_id"] for segment in outcome.rows[0]["segments"]] == ["a-0", "a-1", "a-2"]
