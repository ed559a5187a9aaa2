"""Parts of a job, merged, are the job; what cannot be merged says why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import EN_KO, KOREAN, RECORDS, call, hashes, make, manifest, rows

N_PARTS = 3
SENTENCE = ("make-sentence-cs", KOREAN, *EN_KO, "--doc-column", "doc", "--shard-rows", 20)


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Alignments of the example bitext, by a lexicon."""
    folder = tmp_path_factory.mktemp("links")
    (folder / "lexicon.tsv").write_text("water\t물\nseed\t씨앗\ngarden\t정원\n", encoding="utf-8")
    make(
        "align", KOREAN, *EN_KO, "--aligner", "lexicon", "--lexicon", folder / "lexicon.tsv", "--out", folder / "links"
    )
    return folder / "links"


def jobs(links: Path) -> dict[str, tuple[Any, ...]]:
    """Return a command of each kind that has parts."""
    echo = ("--model", "echo", "--fields", "question,answers.*.text")
    return {
        "align": (
            "align",
            KOREAN,
            *EN_KO,
            "--aligner",
            "lexicon",
            "--lexicon",
            links.parent / "lexicon.tsv",
            "--shard-rows",
            50,
        ),
        "token": ("make-token-cs", KOREAN, *EN_KO, "--alignments", links, "--max-reject-rate", 1, "--shard-rows", 50),
        "sentence": SENTENCE,
        "bundle": ("translate-bundle", RECORDS, *EN_KO, *echo, "--shard-rows", 4),
        "preferences": (
            *("make-preferences", RECORDS, *EN_KO, "--prompt-field", "question", "--response-field", "context"),
            *("--model", "echo", "--shard-rows", 4, "--max-reject-rate", 1),
        ),
    }


def parts_of(command: tuple[Any, ...], folder: Path, n_parts: int = N_PARTS) -> list[Path]:
    """Run every part of a job."""
    outs = [folder / f"part-{number}" for number in range(1, n_parts + 1)]
    for number, out in enumerate(outs, start=1):
        make(*command, "--part", f"{number}/{n_parts}", "--out", out)
    return outs


@pytest.mark.parametrize("name", ["align", "token", "sentence", "bundle", "preferences"])
def test_merged_parts_are_the_job(name: str, links: Path, tmp_path: Path) -> None:
    command = jobs(links)[name]
    outs = parts_of(command, tmp_path)
    make("merge", *reversed(outs), "--max-reject-rate", 1, "--out", tmp_path / "merged")
    make(*command, "--out", tmp_path / "alone")
    assert hashes(tmp_path / "merged") == hashes(tmp_path / "alone")
    assert manifest(tmp_path / "merged") == manifest(tmp_path / "alone")
    assert (tmp_path / "merged/README.md").read_bytes() == (tmp_path / "alone/README.md").read_bytes()
    assert sum(len(manifest(out)["shards"]) for out in outs) == len(manifest(tmp_path / "alone")["shards"]) >= N_PARTS
    again = make(*command, "--out", tmp_path / "merged")
    assert "shards were there already" in again.stderr


def test_merge_goes_on_and_ends_at_once_when_it_is_done(tmp_path: Path) -> None:
    outs = parts_of(SENTENCE, tmp_path)
    make("merge", *outs, "--out", tmp_path / "merged")
    before = hashes(tmp_path / "merged")
    (tmp_path / "merged/manifest.json").unlink()
    (tmp_path / "merged/data/train-00001.parquet").unlink()
    n_shards = len(before) // 2
    called = make("merge", *outs, "--out", tmp_path / "merged")
    assert f"{len(manifest(tmp_path / 'merged')['shards']) - 1} of" in called.stderr, n_shards
    assert hashes(tmp_path / "merged") == before


def test_more_parts_than_shards_leave_some_without_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    command = (*SENTENCE[:-1], 10_000)
    outs = [tmp_path / "part-1", tmp_path / "part-2"]
    for number, out in enumerate(outs, start=1):
        make(*command, "--part", f"{number}/2", "--out", out)
        assert f"--part {number}/2: part 2 is empty, for the job has 1 shard" in caplog.text
    make(*command, "--part", "1/3", "--out", tmp_path / "three")
    assert "parts 2 to 3 are empty" in caplog.text
    caplog.clear()
    make(*command, "--part", "1/1", "--out", tmp_path / "one")
    assert "empty" not in caplog.text
    assert manifest(outs[1])["shards"] == []
    make("merge", *outs, "--out", tmp_path / "merged")
    assert rows(tmp_path / "merged") == rows(outs[0])


def test_what_is_not_all_parts_of_one_job_is_refused(tmp_path: Path) -> None:
    outs = parts_of(SENTENCE, tmp_path)
    called = call("merge", *outs[:2], "--out", tmp_path / "merged")
    assert (called.code, "without part 3/3" in called.stderr) == (2, True)
    called = call("merge", outs[0], *outs, "--out", tmp_path / "merged")
    assert (called.code, "part 1/3 again" in called.stderr) == (2, True)
    make(*SENTENCE, "--part", "2/2", "--out", tmp_path / "half")
    called = call("merge", *outs[:2], tmp_path / "half", "--out", tmp_path / "merged")
    assert (called.code, "one of 2 parts, not of 3" in called.stderr) == (2, True)
    make(*SENTENCE, "--seed", 1, "--part", "3/3", "--out", tmp_path / "other")
    called = call("merge", *outs[:2], tmp_path / "other", "--out", tmp_path / "merged")
    assert (called.code, "seed (0 -> 1)" in called.stderr) == (2, True)
    make(*SENTENCE, "--out", tmp_path / "whole")
    called = call("merge", tmp_path / "whole", "--out", tmp_path / "merged")
    assert (called.code, "no part of a job" in called.stderr) == (2, True)
    assert "shards were there already" in make("merge", *outs, "--out", tmp_path / "whole").stderr
    (outs[0] / "manifest.json").unlink()
    called = call("merge", *outs, "--out", tmp_path / "merged")
    assert (called.code, "the run did not finish" in called.stderr) == (3, True)
    assert not (tmp_path / "merged/data").exists()


def test_damaged_shard_of_a_part_is_named(tmp_path: Path) -> None:
    outs = parts_of(SENTENCE, tmp_path)
    path = outs[1] / "data/train-00001.parquet"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(bytes(content))
    called = call("merge", *outs, "--out", tmp_path / "merged")
    assert called.code == 3
    assert f"{path}: not the file that was written; its sha256 differs" in called.stderr
    path.unlink()
    called = call("merge", *outs, "--out", tmp_path / "merged")
    assert (called.code, "the files of shard 1 are missing" in called.stderr) == (3, True)


def test_part_without_its_notes_or_with_damaged_ones_is_named(tmp_path: Path) -> None:
    """Each was a traceback: a copy of `part/*` leaves `.cscl` out, a full disk leaves empty files."""
    outs = parts_of(SENTENCE, tmp_path)
    notes = outs[1] / ".cscl"
    before = {path: path.read_bytes() for path in (notes / "plan.json", notes / "shards/00001.json")}
    for path, said in zip(
        before, ("plan.json: not JSON", "the files of shard 1 are missing or not whole"), strict=True
    ):
        path.write_bytes(b"")
        called = call("merge", *outs, "--out", tmp_path / "merged")
        assert (called.code, said in called.stderr) == (3, True), called.stderr
        path.write_bytes(before[path])
    (notes / "shards/00001.json").unlink()
    called = call("merge", *outs, "--out", tmp_path / "merged")
    assert (called.code, "the files of shard 1 are missing" in called.stderr) == (3, True)
    assert make(*SENTENCE, "--part", "2/3", "--out", outs[1]).code == 0
    make("merge", *outs, "--out", tmp_path / "merged")
    shutil.rmtree(notes)
    called = call("merge", *outs, "--out", tmp_path / "again")
    assert (called.code, "copy the folder .cscl of a part with its data" in called.stderr) == (3, True)


def test_part_goes_on_where_it_stopped_and_no_other_part_takes_its_place(tmp_path: Path) -> None:
    out = tmp_path / "part"
    make(*SENTENCE, "--part", "2/3", "--out", out)
    before = hashes(out)
    (out / "manifest.json").unlink()
    shutil.rmtree(out / "rejects")
    make(*SENTENCE, "--part", "2/3", "--out", out)
    assert hashes(out) == before
    called = call(*SENTENCE, "--part", "1/3", "--out", out)
    assert (called.code, "part (2/3 -> 1/3)" in called.stderr) == (2, True)
    assert json.loads((out / ".cscl/plan.json").read_text(encoding="utf-8"))["part"] == "2/3"


@pytest.mark.parametrize("given", ["0/3", "4/3", "2", "a/b", "1/0", "-1/3"])
def test_part_that_is_none(given: str, tmp_path: Path) -> None:
    called = call(*SENTENCE, f"--part={given}", "--out", tmp_path / "out")
    assert (called.code, f"--part {given}: expected I/N" in called.stderr) == (2, True)


def test_aligner_that_learns_from_the_whole_input_has_no_parts(tmp_path: Path, links: Path) -> None:
    for command in ("align", "make-token-cs"):
        called = call(command, KOREAN, *EN_KO, "--part", "1/2", "--out", tmp_path / command)
        assert (called.code, "learns from the whole input" in called.stderr) == (2, True)
    salad = ("make-token-cs", KOREAN, *EN_KO, "--method", "salad", "--part", "1/2")
    make(*salad, "--out", tmp_path / "salad")


def test_directory_that_is_no_output_is_told_from_one_that_is_not_finished(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for name, said in (("nodir", "no such directory"), ("other", "not an output of"), ("file", "is not a directory")):
        called = call("merge", tmp_path / name, "--out", tmp_path / "merged")
        assert (called.code, said in called.stderr, "did not finish" in called.stderr) == (3, True, False)


def test_merge_onto_one_of_its_parts_is_refused(tmp_path: Path) -> None:
    """With --overwrite it would have deleted the part before it was read."""
    outs = parts_of(SENTENCE, tmp_path)
    before = hashes(outs[0])
    called = call("merge", *outs, "--overwrite", "--out", outs[0] / ".." / outs[0].name)
    assert (called.code, "is one of the parts" in called.stderr) == (2, True)
    assert hashes(outs[0]) == before
