"""A job: every item accounted for, resumed where it stopped, the same bytes however it ran."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cscl_data.errors import ConfigError, OutputError, SchemaError, TooManyRejectsError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.dataset import iter_dataset, read_manifest
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.plan import STATE, JobPlan, claimed, differences
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.records import Pair, Reject

QUIET = RunOptions(max_reject_rate=1.0)


def copy_pairs(
    chunk: list[Pair | Reject],
    *,
    lose: int = 0,
    slow_s: float = 0.0,
    calls: Path | None = None,
    leave: Path | None = None,
):
    """The work of these tests: a `pair/1` row a pair, a reject for those with the text `bad`."""
    if leave is not None:
        leave.write_text("half")
    if calls is not None:
        (calls / f"{chunk[0].id.rsplit(':', 1)[1]}-{time.monotonic_ns()}").touch()
    time.sleep(slow_s)
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    for item in chunk:
        if isinstance(item, Reject):
            rejects.append(item)
        elif item.tgt_text == "bad":
            rejects.append(Reject(id=item.id, stage="copy", reason="no_candidate", source=item.row()))
        else:
            rows.append(item.row())
    return ShardOutcome(rows[lose:], rejects, len(chunk), len(chunk))


def make_plan(path: Path, *, shard_rows: int = 4, **changes: Any) -> JobPlan:
    bitext = Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),)))
    plan = JobPlan(
        command="copy",
        schema="pair/1",
        settings={"src_lang": "en", "ratio": 0.3},
        sig="schema:pair/1|method:copy.1",
        seed=0,
        shard_rows=shard_rows,
        inputs=bitext.facts(),
        languages=["en", "ko"],
    )
    return dataclasses.replace(plan, **changes)


def run(path: Path, out: Path, options: RunOptions = QUIET, *, plan: JobPlan | None = None, **work: Any) -> JobReport:
    plan = plan or make_plan(path)
    bitext = Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),)))
    stages = Stages(
        prepare=lambda: partial(copy_pairs, **work),
        chunks=lambda: by_rows(bitext, plan.shard_rows),
        rows_read=lambda: bitext.rows_read,
    )
    return run_job(out, plan, stages, options)


def contents(out: Path) -> dict[str, str]:
    """Hash everything that a run leaves for others."""
    paths = [*out.glob("*.*"), *out.glob("data/*"), *out.glob("rejects/*")]
    files = sorted(path for path in paths if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Ten rows: one cannot be decoded, one makes no row."""
    lines = [f"sentence {i}\t문장 {i}\n".encode() for i in range(10)]
    lines[3], lines[7] = b"caf\xe9\tx\n", b"sentence 7\tbad\n"
    path = tmp_path / "corpus.tsv"
    path.write_bytes(b"".join(lines))
    return path


def test_job_writes_shards_rejects_and_a_manifest_that_adds_up(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    manifest = run(corpus, out).manifest
    assert manifest == read_manifest(out)
    assert {key: manifest[key] for key in ("rows_in", "items", "rows_out", "rejects")} == {
        "rows_in": 10,
        "items": 10,
        "rows_out": 8,
        "rejects": 2,
    }
    assert manifest["rejects_by_reason"] == {"no_candidate": 1, "undecodable": 1}
    assert [(x["path"], x["rows"], x["rejects"]) for x in manifest["shards"]] == [
        ("data/train-00000.parquet", 3, 1),
        ("data/train-00001.parquet", 3, 1),
        ("data/train-00002.parquet", 2, 0),
    ]
    for shard in manifest["shards"]:
        content = (out / shard["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (shard["bytes"], shard["sha256"])
    assert manifest["inputs"] == [
        {
            "path": str(corpus),
            "bytes": corpus.stat().st_size,
            "sha256": hashlib.sha256(corpus.read_bytes()).hexdigest(),
            "rows": 10,
        }
    ]
    assert [row["src_text"] for row in iter_dataset(out)] == [f"sentence {i}" for i in range(10) if i not in (3, 7)]
    assert [(row["id"].rsplit(":", 1)[1], row["reason"]) for row in iter_dataset(out, part="rejects")] == [
        ("4", "undecodable"),
        ("8", "no_candidate"),
    ]


def test_job_manifest_has_the_promised_keys_and_no_clock_or_place(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out", dataclasses.replace(QUIET, argv=("copy", "corpus.tsv")))
    text = (tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")
    assert list(json.loads(text)) == [
        *("schema", "command", "argv", "settings", "sig", "versions", "seed", "deterministic", "inputs"),
        *("rows_in", "items", "rows_out", "rejects", "rejects_by_reason", "shards"),
    ]
    assert str(tmp_path / "out") not in text


def test_job_that_loses_a_row_stops(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="shard 0: 4 items, but 2 rows and 1 rejects"):
        run(corpus, tmp_path / "out", lose=1)
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert not list((tmp_path / "out").glob("data/*"))


def test_job_rejects_keep_the_input_row_unless_told_not_to(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "full")
    kept = [json.loads(row["row"]) for row in iter_dataset(tmp_path / "full", part="rejects")]
    assert kept[0] == {"1": "caf\\xe9\tx"}
    assert kept[1]["src_text"] == "sentence 7"
    run(corpus, tmp_path / "none", plan=make_plan(corpus, rejects_text="none"))
    assert [row["row"] for row in iter_dataset(tmp_path / "none", part="rejects")] == ["", ""]


@pytest.mark.parametrize("content", [b"", b"en\tko\n"])
def test_job_of_an_empty_input_writes_one_empty_shard(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tsv").write_bytes(content)
    report = run(tmp_path / "x.tsv", tmp_path / "out", RunOptions())
    assert (report.manifest["items"], [shard["rows"] for shard in report.manifest["shards"]]) == (0, [0])
    assert list(iter_dataset(tmp_path / "out")) == list(iter_dataset(tmp_path / "out", part="rejects")) == []
    assert report.manifest["inputs"][0]["rows"] == 0


def test_job_with_too_many_rejects_ends_with_an_error_but_valid_output(corpus: Path, tmp_path: Path) -> None:
    strict = RunOptions(max_reject_rate=0.1)
    for shards_there in (0, 3):
        with pytest.raises(TooManyRejectsError, match="2 of 10 items rejected") as caught:
            run(corpus, tmp_path / "out", strict)
        assert caught.value.exit_code == 3
        report = caught.value.report
        assert (report.manifest, report.resumed_shards) == (read_manifest(tmp_path / "out"), shards_there)
    assert read_manifest(tmp_path / "out")["rows_out"] == len(list(iter_dataset(tmp_path / "out"))) == 8
    assert run(corpus, tmp_path / "out", RunOptions(max_reject_rate=0.2)).resumed_shards == 3


def test_finished_job_reports_and_changes_nothing(corpus: Path, tmp_path: Path) -> None:
    out, calls = tmp_path / "out", tmp_path / "calls"
    calls.mkdir()
    first = run(corpus, out, calls=calls)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != "lock"}
    again = run(corpus, out, calls=calls)
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != "lock"}
    assert before == after
    assert (again.manifest, again.resumed_shards) == (first.manifest, 3)
    assert len(list(calls.iterdir())) == 3


@pytest.mark.parametrize(
    "lost", ["data/train-00001.parquet", "rejects/train-00001.parquet", f"{STATE}/shards/00001.json"]
)
def test_job_does_only_the_missing_shard_again(corpus: Path, tmp_path: Path, lost: str) -> None:
    out, calls = tmp_path / "out", tmp_path / "calls"
    calls.mkdir()
    run(corpus, out)
    whole = contents(out)
    (out / lost).unlink()
    (out / "manifest.json").unlink()
    report = run(corpus, out, calls=calls)
    assert [path.name.split("-")[0] for path in calls.iterdir()] == ["5"], "the shard that begins with row 5"
    assert report.resumed_shards == 2
    assert contents(out) == whole


def test_job_does_a_cut_shard_again_even_when_finished(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(corpus, out)
    whole = contents(out)
    shard = out / "data" / "train-00002.parquet"
    shard.write_bytes(shard.read_bytes()[:-5])
    assert run(corpus, out).resumed_shards == 2
    assert contents(out) == whole


@pytest.mark.parametrize("left", ["", '{"index": 1, "da', "[]", "{}"])
@pytest.mark.parametrize("finished", [False, True])
def test_job_does_again_what_its_damaged_or_missing_notes_say_nothing_of(
    corpus: Path, tmp_path: Path, left: str, finished: bool
) -> None:
    """It ended in a traceback."""
    out = tmp_path / "out"
    run(corpus, out)
    whole = contents(out)
    (out / STATE / "shards/00001.json").write_text(left, encoding="utf-8")
    if not finished:
        (out / "manifest.json").unlink()
    assert run(corpus, out).resumed_shards == 2
    assert contents(out) == whole
    (out / STATE / "shards/00002.json").unlink()
    assert run(corpus, out).resumed_shards == 2
    (out / "manifest.json").write_text(left, encoding="utf-8")
    assert run(corpus, out).resumed_shards == 3
    assert contents(out) == whole


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": 1}, r"seed \(0 -> 1\)"),
        ({"shard_rows": 5}, r"shard_rows \(4 -> 5\)"),
        ({"settings": {"src_lang": "en", "ratio": 0.4}}, r"ratio \(0\.3 -> 0\.4\)"),
        ({"settings": {"src_lang": "en"}}, r"ratio \(0\.3 -> None\)"),
        ({"settings": {"src_lang": "en", "ratio": 0.3, "unit": "word"}}, r"unit \(None -> word\)"),
        ({"command": "paste"}, r"command \(copy -> paste\)"),
        ({"rejects_text": "none"}, "rejects_text"),
        ({"sig": "method:copy.2"}, r"sig \(.*copy\.1 -> method:copy\.2\)"),
    ],
)
def test_job_with_other_settings_is_refused_and_names_them(
    corpus: Path, tmp_path: Path, changes: dict[str, Any], named: str
) -> None:
    run(corpus, tmp_path / "out")
    whole = contents(tmp_path / "out")
    with pytest.raises(ConfigError, match=named) as caught:
        run(corpus, tmp_path / "out", plan=make_plan(corpus, **changes))
    assert "--overwrite" in str(caught.value.hint)
    assert contents(tmp_path / "out") == whole


def test_job_with_other_input_names_the_file(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    corpus.write_bytes(corpus.read_bytes() + b"one more\trow\n")
    with pytest.raises(ConfigError, match=r"input \(.*corpus\.tsv\)"):
        run(corpus, tmp_path / "out")


def test_job_names_all_differences_at_once() -> None:
    old = {"seed": 0, "settings": {"a": 1, "b": 2}, "inputs": []}
    new = {"seed": 1, "settings": {"a": 1, "b": 3}, "inputs": [{"path": "x", "sha256": "0"}]}
    assert differences(old, new) == ["seed (0 -> 1)", "b (2 -> 3)", "input (x)"]


def test_job_overwrite_starts_anew(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(corpus, out, plan=make_plan(corpus, shard_rows=1))
    assert len(list(out.glob("data/*"))) == 10
    report = run(corpus, out, dataclasses.replace(QUIET, overwrite=True))
    assert report.resumed_shards == 0
    assert len(list(out.glob("data/*"))) == 3
    run(corpus, tmp_path / "fresh")
    assert contents(out) == contents(tmp_path / "fresh")


@pytest.mark.parametrize("overwrite", [False, True])
def test_job_leaves_foreign_directories_and_files_alone(corpus: Path, tmp_path: Path, overwrite: bool) -> None:
    foreign = tmp_path / "home"
    foreign.mkdir()
    (foreign / "thesis.tex").write_text("years of work")
    options = dataclasses.replace(QUIET, overwrite=overwrite)
    with pytest.raises(OutputError, match="not from cscl-data"):
        run(corpus, foreign, options)
    assert [path.name for path in foreign.iterdir()] == ["thesis.tex"]
    with pytest.raises(OutputError, match="is a file"):
        run(corpus, corpus, options)


def test_job_overwrite_keeps_files_that_are_not_ours(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    run(corpus, tmp_path / "out", dataclasses.replace(QUIET, overwrite=True))
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_job_in_use_by_another_run_is_refused(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(corpus, out)
    hold = (
        "import fcntl, sys\nlock = open(sys.argv[1], 'w')\nfcntl.flock(lock, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\nsys.stdin.read()\n"
    )
    command = [sys.executable, "-c", hold, str(out / STATE / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(OutputError, match="in use by another run") as caught:
            run(corpus, out)
        assert caught.value.exit_code == 4
    assert run(corpus, out).resumed_shards == 3


def test_job_with_a_damaged_plan_says_so(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    (tmp_path / "out" / STATE / "plan.json").write_text("{")
    with pytest.raises(OutputError, match=r"plan\.json: not JSON"):
        run(corpus, tmp_path / "out")
    assert run(corpus, tmp_path / "out", dataclasses.replace(QUIET, overwrite=True)).manifest["rows_out"] == 8


def test_job_sweeps_up_what_killed_runs_left(corpus: Path, tmp_path: Path) -> None:
    partial_file = tmp_path / "out" / "data" / ".train-00000.parquet.99.partial"
    (tmp_path / "out" / STATE).mkdir(parents=True)
    partial_file.parent.mkdir()
    partial_file.write_text("half")
    run(corpus, tmp_path / "out")
    assert not partial_file.exists()


def test_job_sweeps_up_what_a_worker_left_that_died_in_this_run(corpus: Path, tmp_path: Path) -> None:
    """On a node of Ray that died, say: the run went on without it, and its half shard stayed beside the whole one."""
    left = tmp_path / "out" / "data" / ".train-00000.parquet.99.partial"
    left.parent.mkdir(parents=True)
    (tmp_path / "out" / STATE).mkdir()
    run(corpus, tmp_path / "out", leave=left)
    assert not left.exists()


def test_job_finishes_where_one_shard_failed(corpus: Path, tmp_path: Path) -> None:
    """A full disk in the middle: the finished shards stay, and the same command goes on."""
    out = tmp_path / "out"
    (out / STATE).mkdir(parents=True)
    (out / "data").mkdir()
    (out / "data" / "train-00001.parquet").mkdir()  # what cannot be replaced by a file
    with pytest.raises(OutputError, match=r"train-00001\.parquet"):
        run(corpus, out)
    assert [path.name for path in (out / STATE / "shards").iterdir()] == ["00000.json"]
    (out / "data" / "train-00001.parquet").rmdir()
    assert run(corpus, out).resumed_shards == 1
    run(corpus, tmp_path / "fresh")
    assert contents(out) == contents(tmp_path / "fresh")


def test_job_workers_and_shard_order_do_not_change_a_byte(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "one")
    run(corpus, tmp_path / "two", dataclasses.replace(QUIET, workers=2))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("shard_rows", [10, 4, 2])
def test_job_shard_size_does_not_change_the_rows(corpus: Path, tmp_path: Path, shard_rows: int) -> None:
    run(corpus, tmp_path / "a", plan=make_plan(corpus, shard_rows=shard_rows))
    run(corpus, tmp_path / "b", plan=make_plan(corpus, shard_rows=1))
    for part in ("data", "rejects"):
        assert list(iter_dataset(tmp_path / "a", part=part)) == list(iter_dataset(tmp_path / "b", part=part))


SLOW_JOB = """
import sys
from pathlib import Path
from cscl_data.pipelines.job import RunOptions
from tests.pipelines.test_job import make_plan, run
if __name__ == "__main__":
    corpus, out, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    options = RunOptions(max_reject_rate=1.0, workers=workers)
    run(corpus, out, options, plan=make_plan(corpus, shard_rows=1), slow_s=0.1)
"""


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_job_killed_three_times_gives_the_bytes_of_an_uninterrupted_run(
    corpus: Path, tmp_path: Path, repository: Path, workers: int
) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-c", SLOW_JOB, str(corpus), str(out), str(workers)]
    if workers > 1:  # spawned workers read the script again
        (tmp_path / "slow_job.py").write_text(SLOW_JOB)
        command[1:3] = [str(tmp_path / "slow_job.py")]
    env = {**os.environ, "PYTHONPATH": str(repository)}
    moments = random.Random(workers)
    for kill in range(3):
        with subprocess.Popen(command, env=env) as job:
            end = time.monotonic() + 60
            while len(list(out.glob(f"{STATE}/shards/*"))) <= 2 * kill and time.monotonic() < end:
                time.sleep(0.01)
            time.sleep(0.1 * moments.random())
            job.kill()
        time.sleep(1.0 if workers > 1 else 0.0)  # until the workers have noticed
        assert not (out / "manifest.json").exists()
    assert len(list(out.glob(f"{STATE}/shards/*"))) >= 3
    plan = make_plan(corpus, shard_rows=1)
    assert run(corpus, out, plan=plan).resumed_shards >= 3
    run(corpus, tmp_path / "whole", plan=plan)
    assert contents(out) == contents(tmp_path / "whole")


@pytest.mark.backend
def test_job_output_is_read_by_datasets_duckdb_and_polars(corpus: Path, tmp_path: Path, monkeypatch) -> None:
    datasets = pytest.importorskip("datasets")
    duckdb = pytest.importorskip("duckdb")
    polars = pytest.importorskip("polars")
    out = tmp_path / "out"
    run(corpus, out)
    expected = [row["src_text"] for row in iter_dataset(out)]

    loaded = datasets.load_dataset(str(out), cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == ["train"]
    assert list(loaded["train"]["src_text"]) == expected, "data/ alone, without the rejects"
    found = duckdb.sql(f"select src_text from '{out}/data/*.parquet' order by id").fetchall()
    assert sorted(text for (text,) in found) == sorted(expected)
    assert polars.read_parquet(out / "data" / "*.parquet")["src_text"].to_list() == expected


def test_job_card_names_languages_inputs_and_rejects(corpus: Path, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out", plan=make_plan(corpus, licence="CC0 | public domain"))
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    header, _, text = card.removeprefix("---\n").partition("\n---\n")
    assert "path: data/*.parquet" in header
    assert "- en\n- ko" in header
    assert f"| {corpus} | 10 | CC0 \\| public domain | `" in text
    assert "| undecodable | 1 |" in text


def test_plan_of_a_run_without_a_shard_is_replaced(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first, second = make_plan(corpus, settings={"ratio": 0.3}), make_plan(corpus, settings={"ratio": 0.5})
    with claimed(out, first.document(), overwrite=False):
        (out / STATE / "aligner.model").write_text("fitted under the first plan")
    with claimed(out, second.document(), overwrite=False):
        assert json.loads((out / STATE / "plan.json").read_text())["settings"] == {"ratio": 0.5}
        assert not (out / STATE / "aligner.model").exists()


def test_input_behind_a_url_lies_in_no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--out .` it was taken for a file in a folder called `s3:`."""
    monkeypatch.chdir(tmp_path)
    document = {"schema": "pair/1", "command": "copy", "inputs": [{"path": "s3://bucket/in.tsv"}]}
    for _ in range(2):
        with claimed(Path(), document, overwrite=False):
            assert (tmp_path / STATE / "plan.json").is_file()


@pytest.mark.parametrize("overwrite", [False, True])
def test_job_leaves_the_directory_of_a_training_run_alone(corpus: Path, tmp_path: Path, overwrite: bool) -> None:
    out = tmp_path / "run"
    for name in (f"{STATE}/plan.json", f"{STATE}/tokenizer/tokenizer.json", "model/config.json", "manifest.json"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text('{"command": "train", "settings": {}, "stages": []}')
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(OutputError, match="holds the output of another command"):
        run(corpus, out, dataclasses.replace(QUIET, overwrite=overwrite))
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and path.name != "lock"} == before
