"""`--aligner eflomal` as a job: one run of the program, whatever the shards and workers; no output holds two."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.aligners.eflomal_programs import calls_of, real_eflomal, stand_in
from tests.cli.calling import EN_KO, KOREAN, assert_conserved, call, hashes, make, manifest, rows

LONG = " ".join(f"w{i % 50}" for i in range(1024))
LINES = ["a b\tx y", "\tx", f"{LONG}\tx y", "no second column", "c d e\tz z z", "Tea\tTEH"]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return stand_in(tmp_path / "bin")


def corpus(here: Path) -> Path:
    path = here / "corpus.tsv"
    path.write_text("".join(line + "\n" for line in LINES), encoding="utf-8")
    return path


def by_eflomal(command: str, path: Path, program: Path | str, *more: object) -> list[object]:
    languages = ("--src-lang", "en", "--tgt-lang", "id")
    return [command, path, *languages, "--aligner", "eflomal", "--eflomal", program, *more]


def of_links(out: Path) -> list[tuple[str, str | None]]:
    return [(row["pharaoh"], row["skipped"]) for row in rows(out)]


def test_rows_fit_the_input_whatever_the_shards_and_workers(program, tmp_path):
    made = {}
    for name, options in {"one": (), "three": ("--shard-rows", 2), "two": ("--shard-rows", 4, "--workers", 2)}.items():
        make(*by_eflomal("align", corpus(tmp_path), program, *options, "--out", tmp_path / name))
        program.with_name("calls").unlink()
        assert_conserved(tmp_path / name, 6)
        made[name] = rows(tmp_path / name)
    assert made["one"] == made["three"] == made["two"]
    assert of_links(tmp_path / "one") == [
        ("0-0 1-1", None),
        ("", "empty_side"),
        ("", "too_long"),
        ("0-0 1-1 2-2", None),
        ("0-0", None),
    ]


def test_what_the_program_is_given(program, tmp_path):
    (tmp_path / "more.tsv").write_text("Green tea\tteh hijau\n\t\n", encoding="utf-8")
    make(*by_eflomal("align", corpus(tmp_path), program, "--fit-on", tmp_path / "more.tsv", "--out", tmp_path / "out"))
    assert (program.parent / "input.1").read_text().splitlines() == [
        "a b ||| x y",
        "c d e ||| z z z",
        "tea ||| teh",
        "green tea ||| teh hijau",
    ]


def test_plan_and_manifest_say_what_it_is(program, tmp_path):
    told = make(*by_eflomal("align", corpus(tmp_path), program, "--out", tmp_path / "out")).stderr
    assert "no posteriors, so directions are merged by grow-diag-final-and" in told
    assert "eflomal: aligning 3 pairs, 0 s" in told
    made = manifest(tmp_path / "out")
    assert made["deterministic"] is False
    assert "|aligner:eflomal.1|symmetrize:grow-diag-final-and|" in made["sig"]
    assert made["settings"]["symmetrize"] == "grow-diag-final-and"
    dry = make(*by_eflomal("align", corpus(tmp_path), "nowhere", "--dry-run", "--out", tmp_path / "dry")).stderr
    assert f"sig {made['sig']}\n" in dry
    assert "symmetrize = grow-diag-final-and" in dry


def test_given_tokens_get_the_links_of_what_is_in_them(program, tmp_path):
    path = tmp_path / "corpus.tsv"
    path.write_text("don't go\tjangan pergi\n", encoding="utf-8")
    make(*by_eflomal("align", path, program, "--pretokenized", "--out", tmp_path / "out"))
    [row] = rows(tmp_path / "out")
    assert (len(row["src_tokens"]), len(row["tgt_tokens"])) == (2, 2)
    assert (program.parent / "input.1").read_text() == "do n't go ||| jangan pergi\n"
    assert row["pharaoh"] == "0-0 0-1"


def test_token_cs_switches_by_its_links_and_rejects_what_it_did_not_get(program, tmp_path):
    make(
        *by_eflomal(
            "make-token-cs", corpus(tmp_path), program, "--ratio", 1, "--constraint", "none", "--out", tmp_path / "out"
        )
    )
    made = assert_conserved(tmp_path / "out", 6)
    assert made["rejects_by_reason"] == {"empty_side": 1, "missing_field": 1, "too_long": 1}
    assert [row["text"].lower() for row in rows(tmp_path / "out")] == ["x y", "z z z", "teh"]
    make(*by_eflomal("make-token-cs", corpus(tmp_path), "nowhere", "--ratio", 0, "--out", tmp_path / "copy"))


def test_missing_program_is_a_backend_error(tmp_path):
    called = call(*by_eflomal("align", corpus(tmp_path), tmp_path / "nowhere", "--out", tmp_path / "out"))
    assert called.code == 4
    assert "hint: pip install eflomal (GPL-3; needs a C compiler)" in called.stderr


def test_failed_run_leaves_nothing_and_the_next_one_begins_anew(program, tmp_path):
    command = by_eflomal("align", corpus(tmp_path), program, "--out", tmp_path / "out")
    stand_in(program.parent, "sys.exit('boom')")
    called = call(*command)
    assert (called.code, "ended with status 1 on 3 pairs: boom" in called.stderr) == (4, True)
    assert sorted(path.name for path in (tmp_path / "out" / ".cscl").iterdir()) == ["lock", "plan.json"]
    stand_in(program.parent)
    make(*command)
    assert calls_of(program) == [3, 3]


def test_shard_made_again_takes_the_links_that_are_there(program, tmp_path):
    command = by_eflomal("align", corpus(tmp_path), program, "--shard-rows", 2, "--out", tmp_path / "out")
    make(*command)
    before = hashes(tmp_path / "out")
    (tmp_path / "out" / "manifest.json").unlink()
    (tmp_path / "out" / "data" / "train-00002.parquet").unlink()
    program.rename(tmp_path / "gone")
    assert "the links of an earlier start are used" in make(*command).stderr
    assert hashes(tmp_path / "out") == before
    assert calls_of(program) == [3]


def test_output_never_holds_two_runs(program, tmp_path):
    command = by_eflomal("align", corpus(tmp_path), program, "--shard-rows", 2, "--out", tmp_path / "out")
    make(*command)
    once = of_links(tmp_path / "out")
    (tmp_path / "out" / "data" / "train-00002.parquet").unlink()
    (tmp_path / "out" / ".cscl" / "eflomal.parquet").unlink()
    refused = call(*command)
    assert (refused.code, "some shards were made from it" in refused.stderr) == (4, True)
    make(*command, "--overwrite")
    assert calls_of(program) == [3, 3]
    twice = of_links(tmp_path / "out")
    assert (once[0][0], twice[0][0]) == ("0-0 1-1", "0-1 1-0")
    assert (once[3][0], twice[3][0]) == ("0-0 1-1 2-2", "0-2 1-1 2-0")


def test_damaged_links_are_an_input_error(program, tmp_path):
    command = by_eflomal("align", corpus(tmp_path), program, "--out", tmp_path / "out")
    make(*command)
    (tmp_path / "out" / "data" / "train-00000.parquet").unlink()
    (tmp_path / "out" / ".cscl" / "eflomal.parquet").write_bytes(b"PAR1")
    called = call(*command)
    assert (called.code, "eflomal.parquet: " in called.stderr) == (3, True)


def test_job_killed_while_eflomal_works_begins_it_again(program, tmp_path):
    stand_in(program.parent, "(here / 'begun').touch(); time.sleep(3)")
    command = by_eflomal("align", corpus(tmp_path), program, "--out", tmp_path / "out")
    running = subprocess.Popen([sys.executable, "-m", "cscl_data", *map(str, command)], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (program.parent / "begun").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    state = tmp_path / "out" / ".cscl"
    assert not (state / "eflomal.parquet").exists()
    stand_in(program.parent)
    make(*command)
    assert calls_of(program) == [3, 3]
    assert of_links(tmp_path / "out")[0] == ("0-1 1-0", None)
    assert not list(state.glob(".*"))


@pytest.mark.backend
@pytest.mark.skipif(real_eflomal() is None, reason="no eflomal-align on PATH or in CSCL_EFLOMAL")
def test_eflomal_itself_aligns_the_example(tmp_path):
    languages = (*EN_KO, "--aligner", "eflomal", "--eflomal", real_eflomal())
    make("align", KOREAN, *languages, "--shard-rows", 70, "--workers", 2, "--out", tmp_path / "out")
    made = rows(tmp_path / "out")
    assert all(row["skipped"] is None for row in made)
    assert sum(bool(row["links"]) for row in made) > 0.9 * len(made)
