"""Hostile records through `translate-bundle`: nothing is lost, and every part comes back to its own field."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cscl_data.io.dataset import iter_dataset
from cscl_data.io.recordfile import RecordSpec
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings, TranslateBundleJob
from cscl_data.pipelines.job import RunOptions
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.translate_bundle import run_translate_bundle
from cscl_data.translators import (
    ON_FAIL,
    PROTECT_MODES,
    BundleJob,
    EchoTranslator,
    LadderConfig,
    Protection,
    ReplayTranslator,
    Translation,
    translate_bundles,
)
from cscl_data.translators.catalysts import NO_CATALYST, Catalyst
from cscl_data.translators.protection import hard_spans

PIECES = [
    "plain words here", "Two sentences. Both short.", "@ home and #1 * too", "＠ wide ＃", "@", "", "   ", "\n", "42",
    "---", "👩‍👩‍👧 family", "🎉", "go 🇰🇷!", "`rm -rf x`", "run `ls -l` now", "```\ncode = 'x'\n```",
    "Look:\n```py\nx = 1\n```\nDone.", "<b>bold</b> &amp; <br/>", "<pre>\nraw text\n</pre> after it",
    "see https://a.org/b?c=1, please", "me@x.org", "{x} and {{y}} of %s", "$HOME ${VAR} %(n)s",
    r"so \(x + 1\) is \alpha", "$$\nx = 1\n$$\nholds", "{1} [1] <1> X1X __1__ `1`", "nul \x00 here", "bell \x07",
    "zero\u200bwidth", "שלום עולם", "한국어 문장.", "日本語の文。二つ目。", "line one\r\n- item\ttab",
    "1,200 men in 3 boats at 11:00", "don't... stop!", "\u2028separated\u2029here", "a" * 3000, "\ufffc \ufffd",
    "e\u0301te\u0301", "# Title\n\n1. one thing\n2. another\n\n> quoted", "| a | b |\n|---|---|\n| c d | e |",
]  # fmt: skip
LONG = "many words go on and on here. " * 1667
"""10,002 words."""

texts = st.lists(st.sampled_from(PIECES), max_size=3).map(" ".join) | st.sampled_from(PIECES) | st.text(max_size=30)
records = st.lists(st.lists(texts, max_size=7), max_size=5)
configs = st.builds(
    LadderConfig,
    rungs=st.sampled_from(
        [
            ("indicator", "smaller", "separate", "split", "reject"),
            ("separate", "split", "keep-source"),
            ("split", "reject"),
            ("indicator", "keep-source"),
        ]
    ),
    catalyst=st.sampled_from([NO_CATALYST, Catalyst("pair", "These belong together.")]),
    protection=st.builds(
        Protection, mode=st.sampled_from(PROTECT_MODES), shape=st.sampled_from(["{1}", "[1]", "X1X", "`1`"])
    ),
    on_fail=st.sampled_from(ON_FAIL),
)


def shouted(text: str) -> str:
    """Translate words, and leave alone what must come back."""
    out, at = [], 0
    for start, end in (*hard_spans(text), (len(text), len(text))):
        out += [text[at:start].upper(), text[start:end]]
        at = end
    return "".join(out)


def letters(text: str) -> str:
    """Return a text without what a ladder may change of its spaces."""
    return "".join(text.split())


class Recording(EchoTranslator):
    """Translates, and keeps what it was asked."""

    def __init__(self, rule) -> None:
        self.rule = rule
        self.recorded: dict[str, str] = {}

    def translate(self, texts, source, target):
        self.recorded |= {text: self.rule(text) for text in texts}
        return [Translation(self.recorded[text]) for text in texts]


def run(jobs: list[BundleJob], translator, config: LadderConfig):
    return translate_bundles(jobs, translator, source="en", target="en", config=config)


def check(jobs, results, rule):
    assert [result.id for result in results] == [job.id for job in jobs]
    for job, result in zip(jobs, results, strict=True):
        if result.texts is None:
            assert (result.status, bool(result.reason), bool(result.detail)) == ("rejected", True, True)
            continue
        same = result.status in ("kept_source", "skipped")
        for text, made in zip(job.texts, result.texts, strict=True):
            assert letters(made).upper() == letters(text).upper()
            if same:
                assert made == text
            elif rule is not None and result.level != "split" and not hard_spans(text):
                assert made == rule(text)
            assert (made[: len(made) - len(made.lstrip())], len(made.splitlines())) == (
                text[: len(text) - len(text.lstrip())], len(text.splitlines()),
            )  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(records=records, config=configs)
def test_the_echo_gives_every_part_back_to_its_field(records, config):
    jobs = [BundleJob(id=str(n), texts=tuple(texts)) for n, texts in enumerate(records)]
    check(jobs, run(jobs, EchoTranslator(), config), lambda text: text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(st.lists(st.sampled_from(PIECES), max_size=7), max_size=5), config=configs)
def test_recorded_translations_go_to_the_fields_that_were_asked(records, config, tmp_path):
    jobs = [BundleJob(id=str(n), texts=tuple(texts)) for n, texts in enumerate(records)]
    recording = Recording(shouted)
    first = run(jobs, recording, config)
    check(jobs, first, None)
    path = tmp_path / "replay.jsonl"
    pair = {"source_lang": "en", "target_lang": "en"}
    lines = [{"source": source, "target": target, **pair} for source, target in recording.recorded.items()]
    path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, {**pair, "source": "-", "target": "-"}]))
    again = run(jobs, ReplayTranslator(path), config)
    assert [result.texts for result in again] == [result.texts for result in first]


@pytest.mark.parametrize(
    ("mode", "on_fail"), [("check", "retry"), ("mask", "flag"), ("skip", "reject"), ("off", "retry")]
)
def test_fifty_fields_and_ten_thousand_words_come_back(mode, on_fail):
    config = LadderConfig(protection=Protection(mode=mode, shape="{1}"), on_fail=on_fail)
    jobs = [
        BundleJob(id="wide", texts=tuple(f"field {n} with {PIECES[n % len(PIECES)]}" for n in range(50))),
        BundleJob(id="long", texts=(LONG, "short", LONG.replace(". ", ".\n"))),
    ]

    class Short(EchoTranslator):
        max_source_tokens = 200

    for translator in (EchoTranslator(), Short()):
        check(jobs, run(jobs, translator, config), lambda text: text)


def nested(parts: list[str], number: int) -> dict:
    """Return a record of many shapes around texts."""
    return {
        "id": f"r{number}",
        "n": number,
        "title": parts[0],
        "messages": [{"role": "user", "content": part, "tokens": len(part)} for part in parts[1:4]],
        "meta": {"note": None, "tags": parts[4:6], "score": 0.5, "flag": True},
        "more": None if number % 3 else [{"text": part} for part in parts[6:]],
    }


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9), min_size=1, max_size=8),
    mode=st.sampled_from(PROTECT_MODES),
    on_fail=st.sampled_from(ON_FAIL),
)
def test_jobs_keep_every_record_and_everything_around_its_texts(parts, mode, on_fail, tmp_path):
    made = [nested(texts, number) for number, texts in enumerate(parts)]
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in made), encoding="utf-8")
    job = TranslateBundleJob(
        source=RecordSpec(paths=(str(path),)),
        bundles=BundleSettings(
            fields=("title", "messages.*.content", "meta.tags.*", "more.*.text"),
            src_lang="en",
            tgt_lang="ko",
            protect_mode=mode,
            on_fail=on_fail,
        ),
        model=ModelSettings(model="echo"),
        basics=Basics(out=tmp_path / "out", shard_rows=3),
    )
    report = run_translate_bundle(job, RunOptions(overwrite=True, max_reject_rate=1.0)).manifest
    assert report["items"] == len(made) == report["rows_out"] + report["rejects"]
    rejected = [row["id"] for row in iter_dataset(tmp_path / "out", part="rejects")]
    rows = list(iter_dataset(tmp_path / "out"))
    kept = [record for record in made if record["id"] not in rejected]
    assert [row["id"] for row in rows] == [record["id"] for record in kept]
    for row, record in zip(rows, kept, strict=True):
        row.pop("bundle")
        assert spelt(row) == spelt(record)


def spelt(record: dict) -> str:
    """Return a record as JSON without the spaces that a ladder may change."""
    return letters(json.dumps(record, sort_keys=True, ensure_ascii=False)).replace("\\n", "").replace("\\r", "")
