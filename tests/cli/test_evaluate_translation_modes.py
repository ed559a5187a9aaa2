"""`cscl-data evaluate translation-modes`: the jobs that it makes, and what it prints and refuses."""

from __future__ import annotations

import json

import pytest

from tests.cli.calling import call, hashes, make, manifest
from tests.pipelines.translations import FIELDS, RECORDS, REF_FIELDS, REFERENCES, recording, write_lines

EN_ID = ("--src-lang", "en", "--tgt-lang", "id")


@pytest.fixture
def ref(tmp_path):
    return write_lines(tmp_path / "ref.jsonl", REFERENCES)


def modes(tmp_path, ref, *more):
    records = write_lines(tmp_path / "records.jsonl", RECORDS)
    return (
        "evaluate", "translation-modes", records, "--fields", FIELDS, *EN_ID,
        "--model", f"replay:{recording(tmp_path)}", "--ref", ref, "--ref-fields", REF_FIELDS,
        "--out", tmp_path / "modes", *more,
    )  # fmt: skip


def test_modes_are_jobs_of_their_own_that_are_not_done_twice(tmp_path, ref):
    called = make(*modes(tmp_path, ref))
    settings = {
        name: (made["settings"]["indicators"], made["settings"]["catalyst_name"], made["rows_out"])
        for name in ("separate", "concatenated", "indicator", "catalyst-concat", "catalyst-relation")
        for made in [manifest(tmp_path / "modes" / name)]
    }
    assert settings == {
        "separate": ("@,#,*", "none", 2),
        "concatenated": ("none", "none", 0),
        "indicator": ("@,#,*", "none", 0),
        "catalyst-concat": ("@,#,*", "concat", 0),
        "catalyst-relation": ("@,#,*", "question-answering", 0),
    }
    lines = [line.split() for line in called.stdout.splitlines()]
    assert ["separate", "3", "2", "1", "0", "-", "-", "-"] in lines
    assert ["indicator", "3", "0", "3", "0", "0.0", "0.0", "0.0"] in lines
    left = hashes(tmp_path / "modes")
    assert {"report.json", "translation.html"} < set(left)
    assert make(*modes(tmp_path, ref)).stdout == called.stdout
    assert hashes(tmp_path / "modes") == left
    assert call(*modes(tmp_path, ref, "--indicators", "*")).code == 2


def test_modes_without_references_show_how_often_they_hold(tmp_path):
    records = write_lines(tmp_path / "records.jsonl", RECORDS)
    called = make(
        *("evaluate", "translation-modes", records, "--fields", FIELDS, *EN_ID, "--model", "echo"),
        *("--arms", "indicator,catalyst-relation", "--out", tmp_path / "modes", "--json"),
    )
    report = json.loads(called.stdout)
    assert report == json.loads((tmp_path / "modes" / "report.json").read_text(encoding="utf-8"))
    tries = {part["name"]: part["reversibility"] for part in report["hypotheses"]}
    assert tries["indicator"] == {"tried": 3, "strict": 3, "lenient": 3, "accepted": 3}
    assert [part["scores"] for part in report["hypotheses"]] == [{}, {}]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--arms", "separat"], 2, "unknown arm 'separat'"),
        (["--arms", "separate,separate"], 2, "each arm once"),
        (["--ref-fields", "x,y,z.*"], 3, "no text in the fields x, y, z.*"),
        (["--model", "replay:none"], 2, "no such file"),
    ],
)
def test_modes_say_what_is_wrong_before_they_translate(tmp_path, ref, arguments, code, message):
    called = call(*modes(tmp_path, ref, *arguments))
    assert called.code == code
    assert message in called.stderr
    assert not (tmp_path / "modes").exists()
