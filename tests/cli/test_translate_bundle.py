"""`translate-bundle` from the command line, with translators that need no model."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.aligners.tiny_encoders import build_bert
from tests.cli.calling import EN_KO, RECORDS, assert_conserved, bitext_rows, call, hashes, make, manifest, rows

N = 10
FIELDS = "question,context,answers.*.text"
BUNDLE = ("translate-bundle", RECORDS, "--fields", FIELDS, *EN_KO, "--limit", N)
ECHO = (*BUNDLE, "--model", "echo")


def test_echo_gives_every_record_back(tmp_path: Path) -> None:
    called = make(*ECHO, "--protect-mode", "off", "--json", "--out", tmp_path / "b")
    made = assert_conserved(tmp_path / "b", N)
    printed = json.loads(called.stdout)
    assert printed.pop("elapsed_s") >= 0
    assert printed == made
    for row, record in zip(rows(tmp_path / "b"), bitext_rows(RECORDS, N), strict=True):
        bundle = row.pop("bundle")
        assert row == record
        assert (bundle["id"], bundle["status"], bundle["attempts"]) == (record["id"], "ok", 1)
        assert bundle["indicator"] in ("@", "#", "*")
    assert "levels: indicator 10" in called.stderr
    assert "strict 100.0 %" in called.stderr


def test_only_the_named_fields_change(tmp_path: Path) -> None:
    """A recorded translation of every field, used where the joined one has none."""
    records = bitext_rows(RECORDS, 3)
    replay = tmp_path / "replay.jsonl"
    lines = [
        {
            "source": record["question"],
            "target": "이 기록의 질문은 무엇입니까?",
            "source_lang": "en",
            "target_lang": "ko",
        }
        for record in records
    ]
    replay.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    make(
        "translate-bundle", RECORDS, "--fields", "question", *EN_KO, "--limit", 3, "--model", f"replay:{replay}",
        "--catalyst", "none", "--fallback", "separate,reject", "--protect-mode", "off", "--out", tmp_path / "b",
    )  # fmt: skip
    for row, record in zip(rows(tmp_path / "b"), records, strict=True):
        row.pop("bundle")
        assert row == {**record, "question": "이 기록의 질문은 무엇입니까?"}


@pytest.mark.parametrize(("last", "statuses"), [("keep-source", {"kept_source"}), ("reject", set())])
def test_what_does_not_come_apart_is_kept_or_rejected_and_says_so(
    tmp_path: Path, last: str, statuses: set[str]
) -> None:
    replay = tmp_path / "replay.jsonl"
    other = {"source": "Tea.", "target": "차.", "source_lang": "en", "target_lang": "ko"}
    replay.write_text(json.dumps(other), encoding="utf-8")
    command = (*BUNDLE, "--model", f"replay:{replay}", "--fallback", f"indicator,separate,{last}")
    called = call(*command, "--out", tmp_path / "b")
    assert called.code == (0 if last == "keep-source" else 3), called.stderr
    made = assert_conserved(tmp_path / "b", N)
    assert {row["bundle"]["status"] for row in rows(tmp_path / "b")} == statuses
    assert made["rejects"] == (0 if last == "keep-source" else N)


def test_record_without_the_field_is_a_reject(tmp_path: Path) -> None:
    records = tmp_path / "r.jsonl"
    records.write_text(
        '{"id": "a", "q": "One?"}\n{"id": "b", "p": "Two?"}\n{"id": "c", "p": "Three?"}\n', encoding="utf-8"
    )
    make(
        "translate-bundle", records, "--fields", "q", *EN_KO, "--model", "echo", "--max-reject-rate", 1,
        "--out", tmp_path / "b",
    )  # fmt: skip
    assert [(row["id"], row["q"], row["p"]) for row in rows(tmp_path / "b")] == [("a", "One?", None)]
    rejects = {row["id"]: (row["reason"], row["detail"]) for row in rows(tmp_path / "b", "rejects")}
    assert set(rejects) == {"b", "c"}
    assert {reason for reason, _ in rejects.values()} == {"missing_field"}


def test_shards_change_no_row_and_the_same_command_again_does_nothing(tmp_path: Path) -> None:
    make(*ECHO, "--out", tmp_path / "a")
    make(*ECHO, "--shard-rows", 4, "--out", tmp_path / "b")
    assert rows(tmp_path / "a") == rows(tmp_path / "b")
    before = hashes(tmp_path / "b")
    assert "3 of 3 shards were there already" in make(*ECHO, "--shard-rows", 4, "--out", tmp_path / "b").stderr
    assert hashes(tmp_path / "b") == before


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    assert "translator:echo" in make(*ECHO, "--dry-run", "--out", tmp_path / "b").stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("asked", "shown"), [((), 5), (("--max-fields-per-bundle", 2), 2)])
def test_a_plan_and_the_manifest_name_the_fields_of_a_bundle_as_the_run_takes_them(
    tmp_path: Path, asked: tuple[str, ...], shown: int
) -> None:
    records = tmp_path / "r.jsonl"
    records.write_text('{"id": "a", "q": "Open the file."}\n', encoding="utf-8")
    command = ("translate-bundle", records, "--fields", "q", *EN_KO, *asked, "--out", tmp_path / "b")
    assert f"max_fields_per_bundle = {shown}\n" in make(*command, "--dry-run").stderr
    make(*command)
    assert manifest(tmp_path / "b")["settings"]["max_fields_per_bundle"] == shown


def test_the_summary_says_what_first_sequences_fell_on(tmp_path: Path) -> None:
    records = tmp_path / "r.jsonl"
    records.write_text('{"id": "a", "q": "One\\ntwo."}\n{"id": "b", "q": "One."}\n', encoding="utf-8")
    said = make("translate-bundle", records, "--fields", "q", *EN_KO, "--model", "echo", "--out", tmp_path / "b").stderr
    assert "first tries fell: lines 1\n" in said
    assert [row["bundle"]["reason"] for row in rows(tmp_path / "b")] == ["lines", None]
    assert re.search("What first tries fell on\\s+lines +1 +50.0 %", make("inspect", tmp_path / "b").stdout)


def test_a_dry_run_says_that_the_statement_will_be_tried(tmp_path: Path) -> None:
    said = make(*ECHO, "--catalyst", "auto", "--dry-run", "--out", tmp_path / "b").stderr
    assert "catalyst_name = auto (tried on the input)\n" in said


def test_answers_are_found_anew_and_stand_beside_their_sources(tmp_path: Path) -> None:
    records = tmp_path / "qa.jsonl"
    text = "The red fox ran. The fox slept."
    answers = [{"answer_start": 21, "text": "fox"}, {"answer_start": 4, "text": "red"}]
    records.write_text(json.dumps({"id": "a", "context": text, "answers": answers}) + "\n", encoding="utf-8")
    make(
        "translate-bundle", records, "--fields", "context,answers.*.text", "--answer-offsets", "context=answers.*",
        "--output-mode", "suffix", *EN_KO, "--model", "echo", "--out", tmp_path / "b",
    )  # fmt: skip
    [row] = rows(tmp_path / "b")
    assert (row["context"], row["context_ko"]) == (text, text)
    found = [(a["answer_start"], a["answer_start_ko"], a["text_ko"]) for a in row["answers"]]
    assert found == [(21, 21, "fox"), (4, 4, "red")]
    assert row["bundle"]["attempts"] == 2, "the second fox is told by marks"


def test_output_mode_and_answers_of_another_form_are_refused(tmp_path: Path) -> None:
    for option, value, said in (
        ("--output-mode", "beside", "suffix"),
        ("--answer-offsets", "answers", "CONTEXT=ANSWERS"),
    ):
        called = call(*ECHO, option, value, "--out", tmp_path / "b")
        assert called.code == 2
        assert said in called.stderr


def test_answers_that_no_record_has_are_an_error(tmp_path: Path) -> None:
    called = call(*ECHO, "--answer-offsets", "contxt=answers.*", "--out", tmp_path / "b")
    assert called.code == 3
    assert "no record has the field 'contxt'" in called.stderr


def test_masks_checks_and_scores_are_told(tmp_path: Path) -> None:
    command = (*ECHO, "--protect-mode", "mask", "--checks", "copy,numbers", "--on-fail", "flag")
    called = make(*command, "--qe", "backtranslate:echo", "--out", tmp_path / "b")
    assert "masks: tried on 24 sentences, kept in" in called.stderr
    assert f"flags: copy {N}" in called.stderr
    assert f"qe_backtranslation: mean 100.000, lowest 100.000 of {N} records" in called.stderr
    made = assert_conserved(tmp_path / "b", N)
    assert "|protect:mask.{1}|checks:numbers+copy|on_fail:flag|qe:backtranslation.echo." in made["sig"]
    assert "chrF of the round trip" in make("inspect", tmp_path / "b").stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--protect-mode", "maks"), "mask"),
        (("--on-fail", "retyr"), "retry"),
        (("--checks", "lenght"), "length"),
        (("--mask-shape", "{1}"), "--protect-mode mask"),
        (("--protect-mode", "mask", "--mask-shape", "x"), "--mask-shape"),
        (("--checks", "none", "--protect-mode", "off", "--on-fail", "flag"), "--on-fail would do nothing"),
        (("--qe", "comet:x"), "encoder:PATH"),
        (("--qe", "backtranslate:replay:none.jsonl"), "for the way back"),
        (("--qe", "backtranslate:echo", "--beam-size", "2"), "--beam-size could do anything"),
        (("--qe", "backtranslate:default", "--tokenizer", "characters"), "--tokenizer could do anything"),
        (("--qe", "encoder:e", "--device", "cpu", "--beam-size", "2"), "model that --beam-size could do"),
    ],
)
def test_protection_checks_and_scores_that_are_none_are_refused(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    called = call(*ECHO, *options, "--out", tmp_path / "b")
    assert called.code == 2
    assert said in called.stderr


@pytest.mark.parametrize(
    "options",
    [("encoder:{}", "--device", "cpu"), ("backtranslate:default", "--device", "cpu", "--beam-size", "2")],
)
def test_what_scores_takes_options_that_an_echo_would_ignore(tmp_path: Path, options: tuple[str, ...]) -> None:
    encoder = build_bert(tmp_path / "encoder", layers=2)
    qe, *others = (option.format(encoder) for option in options)
    make(*ECHO, "--qe", qe, *others, "--dry-run", "--out", tmp_path / "b")
