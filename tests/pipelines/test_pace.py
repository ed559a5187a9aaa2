"""What a run says of its time: the shares, the bottleneck and what would help; and that results do not know of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cscl_data.io.stopwatch import ENCODE, LOAD, TOKENISE, TRANSLATE, WRITE, stage
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.inspect import inspect_directory
from cscl_data.pipelines.inspection.page import render_page
from cscl_data.pipelines.inspection.tables import tables
from cscl_data.pipelines.job import RunOptions, Stages, run_job
from cscl_data.pipelines.pace import WORTH_S, Pace, read_pace, write_pace
from cscl_data.pipelines.parts import way_to_part
from cscl_data.pipelines.plan import JobPlan
from cscl_data.pipelines.shard import ShardOutcome
from tests.cli.calling import EN_KO, KOREAN, call, hashes, make

PLAN = JobPlan(command="count", schema="mono/1", settings={}, sig="s", seed=0, shard_rows=2, inputs=[])


def pace(*, workers: int = 1, cores: int = 4, prepare_s: float = 0.0, read_s: float = 0.0, **worker_s: float) -> Pace:
    """Return the pace of a run whose shards took ten seconds."""
    return Pace(
        workers=workers,
        cores=cores,
        shards=3,
        prepare_s=prepare_s,
        shards_s=10.0,
        read_s=read_s,
        worker_s=worker_s,
        parted="--part I/N",
    )


FITTED = {"aligner": "statistical", "load_model": None, "links": None}


@pytest.mark.parametrize(
    ("command", "settings", "way"),
    [
        ("make-sentence-cs", {}, "--part I/N"),
        ("make-token-cs", FITTED, "--part I/N with --load-model FILE or --alignments DIR"),
        ("make-token-cs", {**FITTED, "load_model": "m"}, "--part I/N"),
        ("make-token-cs", {**FITTED, "links": "d"}, "--part I/N"),
        ("make-token-cs", {**FITTED, "aligner": "eflomal"}, "--part I/N with --alignments DIR"),
        ("align", FITTED, "--part I/N with --load-model FILE"),
        ("align", {**FITTED, "aligner": "simalign"}, "--part I/N"),
        ("align", {**FITTED, "aligner": "eflomal"}, None),
        ("make-mono", {}, None),
    ],
)
def test_advice_names_what_the_command_takes_to_share_its_work(
    command: str, settings: dict[str, Any], way: str | None
) -> None:
    """--part alone was advised, which a fitted aligner refuses, and make-mono does not have."""
    assert way_to_part(command, settings) == way
    for of in (replace(pace(cores=1, **{"make rows": 8.0}), parted=way), replace(pace(encode=9.0), parted=way)):
        _, told = of.bottleneck()
        assert (f"({way}) helps" in told, "--part" in told) == (way is not None, way is not None), told


@pytest.mark.parametrize(
    ("of", "name", "advice"),
    [
        (pace(**{"make rows": 8.0}), "make rows", "more --workers help: 1 on 4 cores"),
        (pace(cores=1, **{"make rows": 8.0}), "make rows", "another machine"),
        (pace(workers=2, cores=2, **{TOKENISE: 12.0, WRITE: 3.0}), TOKENISE, "another machine"),
        (pace(workers=2, read_s=9.0, **{"make rows": 5.0}), "read", "more --workers will not help"),
        (pace(workers=2, read_s=1.0, **{"make rows": 5.0}), "wait", "fewer --workers"),
        (pace(read_s=9.5, **{TRANSLATE: 9.0}), TRANSLATE, "a GPU"),
        (pace(**{ENCODE: 6.0, LOAD: 3.0}), ENCODE, "a GPU"),
        (pace(workers=2, **{ENCODE: 3.0, LOAD: 12.0}), LOAD, "fewer --workers, or more input"),
        (pace(ask=9.0), "ask", "--llm-concurrency"),
        (pace(**{WRITE: 9.0}), WRITE, "a faster disk"),
        (pace(prepare_s=11.0, **{"make rows": 9.0}), "prepare", "will not help"),
    ],
)
def test_bottleneck_is_the_largest_share_and_says_what_helps(of: Pace, name: str, advice: str) -> None:
    found, told = of.bottleneck()
    assert (found, advice in told) == (name, True), told
    assert sum(of.shares().values()) == pytest.approx(1.0)
    assert list(of.shares().values()) == sorted(of.shares().values(), reverse=True)


@pytest.mark.parametrize(
    ("of", "name", "advice"),
    [
        (pace(**{ENCODE: 3.0, LOAD: 6.0}), LOAD, "more input in one run"),
        (pace(read_s=1.0, **{"make rows": 4.0}), "wait", "smaller --shard-rows"),
        (pace(ask=3.0, **{"make rows": 6.0}), "make rows", "another machine"),
    ],
)
def test_advice_is_nothing_that_a_run_with_one_worker_cannot_follow(of: Pace, name: str, advice: str) -> None:
    """There are no fewer than one, and a language model is asked by one."""
    found, told = of.bottleneck()
    assert (found, advice in told, "--workers" in told) == (name, True, False), told


def work(chunk: list[int], *, naps: dict[str, float]) -> ShardOutcome:
    """Make rows of numbers, and sleep in some stages."""
    for name, seconds in naps.items():
        with stage(name):
            time.sleep(seconds)
    rows: list[dict[str, Any]] = [{"id": str(n), "doc_id": None, "text": "x", "lang": "en", "sig": "s"} for n in chunk]
    return ShardOutcome(rows, [], len(chunk), len(chunk))


def run(out: Path, *, naps: dict[str, float], read_s: float = 0.0, workers: int = 1, **options: Any) -> Pace:
    def numbers() -> Iterator[int]:
        for n in range(8):
            time.sleep(read_s)
            yield n

    shard = partial(work, naps=naps)
    stages = Stages(prepare=lambda: shard, chunks=lambda: by_rows(numbers(), 2), rows_read=list)
    found = run_job(out, PLAN, stages, RunOptions(workers=workers, **options)).pace
    assert found is not None
    return found


def test_run_measures_the_stages_of_its_workers_and_the_reading_beside_them(tmp_path: Path) -> None:
    found = run(tmp_path / "out", naps={TRANSLATE: 0.1, TOKENISE: 0.01}, read_s=0.02, workers=2)
    assert (found.shards, found.workers) == (4, 2)
    assert found.worker_s[TRANSLATE] >= 0.4
    assert found.worker_s[TOKENISE] >= 0.04
    assert found.read_s >= 0.16
    assert set(found.worker_s) == {TRANSLATE, TOKENISE, "make rows", WRITE}
    assert found == read_pace(tmp_path / "out")


def test_reading_goes_on_while_the_only_worker_works(tmp_path: Path) -> None:
    found = run(tmp_path / "out", naps={TRANSLATE: 0.15}, read_s=0.05)
    assert found.read_s + sum(found.worker_s.values()) > found.shards_s
    assert found.read_s >= 0.4


def test_summary_is_two_lines() -> None:
    shares, held_up = pace(workers=2, read_s=9.0, **{"make rows": 5.0, WRITE: 1.0}).lines()
    assert shares == (
        "time: 0.0 s to prepare, 10.0 s for 3 shards; of 2 workers: wait 70%, make rows 25%, write 5%; "
        "reading beside it: 90%"
    )
    assert held_up.startswith("bottleneck: read; workers wait for input: more --workers will not help")


def test_short_run_gives_no_advice() -> None:
    short = replace(pace(**{WRITE: 1.0}), shards_s=3.0)
    assert [line.partition(":")[0] for line in short.lines()] == ["time"]
    assert "bottleneck" not in dict(short.table())


def test_run_with_nothing_left_to_do_says_nothing_and_keeps_what_was_measured(tmp_path: Path) -> None:
    first = run(tmp_path / "out", naps={})
    (tmp_path / "out" / "manifest.json").unlink()
    again = run(tmp_path / "out", naps={})
    assert (again.shards, again.lines()) == (0, [])
    assert read_pace(tmp_path / "out") == first


def test_times_stand_in_no_file_that_others_read(tmp_path: Path) -> None:
    run(tmp_path / "fast", naps={})
    run(tmp_path / "slow", naps={TRANSLATE: 0.05}, workers=2)
    assert hashes(tmp_path / "fast") == hashes(tmp_path / "slow")
    assert read_pace(tmp_path / "fast") != read_pace(tmp_path / "slow")


def test_summary_shows_the_time_and_the_page_of_a_longer_run_the_bottleneck(tmp_path: Path) -> None:
    told = make("make-sentence-cs", KOREAN, *EN_KO, "--doc-column", "doc", "--out", tmp_path / "out").stderr
    assert "\ntime: " in told
    kept = read_pace(tmp_path / "out")
    assert kept is not None
    write_pace(tmp_path / "out", replace(kept, shards_s=WORTH_S))
    [table] = [one for one in tables(inspect_directory(tmp_path / "out")) if one.title == "Time of the last run"]
    assert [name for name, *_ in table.lines][-1] == "bottleneck"


def test_summary_of_too_many_rejects_tells_the_time_of_its_own_run(tmp_path: Path) -> None:
    """The finished directory again: nothing was made, so the time of the run before is none of its."""
    (tmp_path / "x.jsonl").write_text('{"src_text": "", "tgt_text": "", "doc": "a"}\n', encoding="utf-8")
    run = ("make-sentence-cs", tmp_path / "x.jsonl", *EN_KO, "--doc-column", "doc", "--out", tmp_path / "out")
    first, again = call(*run), call(*run)
    assert (first.code, again.code) == (3, 3), first.stderr
    assert "\ntime: " in first.stderr
    assert "time: " not in again.stderr
    assert "1 of 1 shards were there already" in again.stderr


def test_page_escapes_what_the_file_of_times_says(tmp_path: Path) -> None:
    run(tmp_path / "out", naps={"<script>alert(1)</script>": 0.0})
    page = render_page("x", [inspect_directory(tmp_path / "out")])
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"worker_s": {"x": "y"}}', '{"worker_s": []}'])
def test_broken_file_of_times_is_passed_over(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".cscl" / "pace.json"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert read_pace(tmp_path) is None
    path.write_text(json.dumps({"worker_s": {}, "workers": 1, "cores": 1, "shards": 1}), encoding="utf-8")
    assert read_pace(tmp_path) is None
