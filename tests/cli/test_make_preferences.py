"""`make-preferences` from the command line, on records that hold both languages and on the shipped model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, KOREAN, RECORDS, assert_conserved, bitext_rows, call, hashes, make, manifest, rows

N = 8
TEXTS = ("--prompt-field", "context,question", "--response-field", "answers.0.text")
GOLD = ("--tgt-prompt-field", "reference.context,reference.question", "--tgt-response-field", "reference.answers.0")
BOTH = ("make-preferences", RECORDS, *TEXTS, *GOLD, *EN_KO, "--limit", N)
BY_MODEL = ("make-preferences", RECORDS, *TEXTS, *EN_KO, "--limit", 3)


def test_two_rows_a_record_and_every_item_is_counted(tmp_path: Path) -> None:
    called = make(*BOTH, "--json", "--out", tmp_path / "p")
    made = assert_conserved(tmp_path / "p", N)
    printed = json.loads(called.stdout)
    assert printed.pop("elapsed_s") >= 0
    assert printed == made
    assert (made["schema"], made["items"], made["rows_out"]) == ("preferences/1", 2 * N, 2 * N)
    written = rows(tmp_path / "p")
    for record, english, korean in zip(bitext_rows(RECORDS, N), written[::2], written[1::2], strict=True):
        assert english["record_id"] == korean["record_id"] == record["id"]
        assert english["prompt"] == f"{record['context']}\n\n{record['question']}"
        assert english["chosen"] == korean["rejected"] == record["answers"][0]["text"]
        assert korean["chosen"] == english["rejected"] == record["reference"]["answers"][0]


def test_shards_change_no_row_and_the_same_command_again_does_nothing(tmp_path: Path) -> None:
    make(*BOTH, "--out", tmp_path / "a")
    make(*BOTH, "--shard-rows", 3, "--out", tmp_path / "b")
    assert rows(tmp_path / "a") == rows(tmp_path / "b")
    before = hashes(tmp_path / "b")
    (tmp_path / "b" / "manifest.json").unlink()
    (tmp_path / "b" / ".cscl" / "shards" / "00001.json").unlink()
    assert "2 of 3 shards were there already" in make(*BOTH, "--shard-rows", 3, "--out", tmp_path / "b").stderr
    assert hashes(tmp_path / "b") == before
    called = call(*BOTH, "--scheme", "plug", "--shard-rows", 3, "--out", tmp_path / "b")
    assert called.code == 2
    assert "scheme (clo -> plug)" in called.stderr
    make(*BOTH, "--scheme", "plug", "--overwrite", "--out", tmp_path / "b")
    assert manifest(tmp_path / "b")["schema"] == "sft/1"


def test_model_translates_prompt_and_response_as_one_record(tmp_path: Path) -> None:
    called = make(*BY_MODEL, "--out", tmp_path / "p")
    made = assert_conserved(tmp_path / "p", 3)
    assert made["report"]["reversibility"][0]["tried"] == 3, "three fields of a record went as one sequence"
    assert "levels: indicator" in called.stderr
    assert "first tries with '@' and catalyst question-answering" in called.stderr
    assert {item["role"] for item in made["inputs"] if "role" in item} >= {"model"}


def test_dry_run_writes_nothing_and_says_what_it_takes(tmp_path: Path) -> None:
    for command in (BOTH, BY_MODEL):
        said = make(*command, "--dry-run", "--out", tmp_path / "p").stderr
        assert "would write preferences/1" in said
        assert "time: about" in said
    assert list(tmp_path.iterdir()) == []


def test_inspect_shows_preferences_as_text_and_as_messages(tmp_path: Path) -> None:
    for form, label in (("plain", "chosen "), ("chat", "chosen assistant ")):
        make(*BOTH, "--form", form, "--system", "ko=짧게 답하세요.", "--out", tmp_path / form)
        shown = make("inspect", tmp_path / form, "--verify", "--html", tmp_path / "page.html").stdout
        assert "ko: ko over en  8" in shown
        assert label in shown
        assert "every invariant holds, every hash too" in shown
        assert "짧게 답하세요." in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "prompt system" in shown
    make(*BOTH, "--scheme", "sft-both", "--form", "chat", "--out", tmp_path / "sft")
    assert "assistant " in make("inspect", tmp_path / "sft").stdout


def test_clo_trains_on_what_is_made_and_other_objectives_do_not(tmp_path: Path) -> None:
    make(*BOTH, "--limit", 2, "--out", tmp_path / "p")
    small = (
        "--model",
        "tiny",
        "--vocab-size",
        400,
        "--context",
        384,
        "--batch-size",
        1,
        "--device",
        "cpu",
        "--threads",
        1,
    )
    train = ("train", *small, "--stage", f"clo={tmp_path / 'p'}@2steps")
    plain = ("--chat-template", "plain")
    for objective, more, missing in (("sft", plain, "'response'"), ("causal-lm", (), "'text'")):
        called = call(*train, *more, "--objective", objective, "--out", tmp_path / objective)
        assert called.code == 3
        assert missing in called.stderr
    make(*train, *plain, "--objective", "clo", "--out", tmp_path / "run")
    log = (tmp_path / "run" / "log.jsonl").read_text().splitlines()
    assert len(log) == 2


def test_clo_refuses_instructions(tmp_path: Path) -> None:
    make(*BOTH, "--scheme", "sft-both", "--out", tmp_path / "p")
    clo = ("--objective", "clo", "--chat-template", "plain")
    called = call("train", "--model", "tiny", *clo, "--stage", f"s={tmp_path / 'p'}", "--out", tmp_path / "r")
    assert called.code == 3
    assert "no column 'chosen' (preferences/1 has it)" in called.stderr


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (("--tgt-lang", "en"), 2, "two languages are needed, and both are en"),
        (("--src-lang", "ko", "--tgt-lang", "en"), 3, "the text of --src-lang ko looks like Latin"),
        (("--prompt-field", "qestion"), 3, "no record has the field 'qestion'"),
        (("--model", "replay:{missing}"), 2, "none.jsonl: no such file"),
        (("--tgt-lang", "fr"), 2, "no model that ships translates from en to fr. They have: en to ko"),
        (("--scheme", "dpo"), 2, "unknown scheme 'dpo'"),
        (("--fallback", "indicator,keep-source"), 2, "a source text is no translation"),
        (("--scheme", "reorder"), 2, "give --fit-on BITEXT"),
        (("--fit-on", KOREAN), 2, "--scheme clo aligns no words, so --fit-on would do nothing"),
        (("--messages-field", "messages"), 2, "--messages-field messages: --prompt-field, --response-field would"),
        ((*GOLD, "--model", "echo"), 2, "so --model would do nothing"),
        (("--model", "echo", "--beam-size", 2), 2, "--model echo is no model that --beam-size"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(tmp_path: Path, more: tuple[object, ...], code: int, says: str) -> None:
    more = tuple(str(x).format(missing=tmp_path / "none.jsonl") for x in more)
    called = call(*BY_MODEL, *more, "--out", tmp_path / "p")
    assert called.code == code, called.stderr
    assert says in called.stderr
    assert not (tmp_path / "p").exists()


@pytest.mark.slow
def test_reorder_takes_a_saved_aligner_and_nothing_beside_it(tmp_path: Path) -> None:
    make("align", KOREAN, *EN_KO, "--limit", 40, "--save-model", tmp_path / "m", "--out", tmp_path / "a")
    reorder = (*BOTH, "--scheme", "reorder", "--load-model", tmp_path / "m")
    called = call(*reorder, "--fit-on", KOREAN, "--out", tmp_path / "p")
    assert (called.code, "fitted already, so --fit-on would do nothing" in called.stderr) == (2, True)
    make(*reorder, "--out", tmp_path / "p")
    gold = [f"{x['reference']['context']}\n\n{x['reference']['question']}" for x in bitext_rows(RECORDS, N)]
    prompts = [row["prompt"] for row in rows(tmp_path / "p")]
    assert [sorted(text) for text in prompts] == [sorted(text) for text in gold]
    assert sum(a != b for a, b in zip(prompts, gold, strict=True)) > N / 2
