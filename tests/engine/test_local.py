"""Engines run every task once in effect, pass errors on whole, and leave no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from cscl_data.engine import ENGINES, ShardReport, ShardTask, load_engine
from cscl_data.errors import ConfigError, InputError, OutputError, RetryableBackendError

# Spawning two workers takes about a second; the functions below run in them, so they stand at the top level.


def square(task: ShardTask) -> ShardReport:
    return ShardReport(task.number, {"result": task.payload**2, "pid": os.getpid()})


def nap(task: ShardTask) -> ShardReport:
    time.sleep(0.05)
    return ShardReport(task.number, {})


def fail_at_three(task: ShardTask) -> ShardReport:
    if task.number == 3:
        raise OutputError("out: no space left on the device", hint="free some space")
    return ShardReport(task.number, {})


def fail_with_a_bug(task: ShardTask) -> ShardReport:
    return ShardReport(task.number, {"result": 1 // task.payload})


def die_once(task: ShardTask, *, marks: Path) -> ShardReport:
    mark = marks / f"{task.number}"
    if task.number in (2, 5) and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return ShardReport(task.number, {})


def die_always(task: ShardTask) -> ShardReport:
    os.kill(os.getpid(), signal.SIGKILL)
    return ShardReport(task.number, {})


def die_after_reporting(task: ShardTask, *, marks: Path) -> ShardReport:
    """Report the first task, then kill this worker shortly after, while the caller is busy with the report."""
    mark = marks / "died"
    if not mark.exists():
        mark.touch()
        subprocess.Popen(["sh", "-c", f"sleep 0.2; kill -9 {os.getpid()}"])
    return ShardReport(task.number, {})


def tasks(n: int) -> Iterator[ShardTask]:
    return (ShardTask(i, i) for i in range(n))


def results(n: int, workers: int) -> dict[int, int]:
    reports = list(load_engine("local", workers=workers).run(square, tasks(n)))
    assert len(reports) == n
    return {report.number: report.facts["result"] for report in reports}


@pytest.mark.parametrize("workers", [1, 2])
def test_engine_reports_every_task_once(workers: int) -> None:
    assert results(12, workers) == {i: i**2 for i in range(12)}


@pytest.mark.parametrize("workers", [1, 2])
def test_engine_of_no_tasks_gives_no_reports(workers: int) -> None:
    assert results(0, workers) == {}


def test_engine_with_one_worker_runs_here_and_with_two_elsewhere() -> None:
    [here] = load_engine("local", workers=1).run(square, tasks(1))
    [there] = load_engine("local", workers=2).run(square, tasks(1))
    assert here.facts["pid"] == os.getpid() != there.facts["pid"]


@pytest.mark.parametrize("workers", [1, 2])
def test_engine_passes_an_error_on_with_class_hint_and_exit_code(workers: int) -> None:
    with pytest.raises(OutputError, match="no space left") as caught:
        list(load_engine("local", workers=workers).run(fail_at_three, tasks(10)))
    assert (caught.value.hint, caught.value.exit_code) == ("free some space", 4)


def test_engine_passes_a_bug_on_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        list(load_engine("local", workers=2).run(fail_with_a_bug, tasks(3)))


def test_engine_passes_an_error_of_the_tasks_on() -> None:
    def broken() -> Iterator[ShardTask]:
        yield ShardTask(0, 0)
        raise InputError("corpus.tsv:7: damaged")

    with pytest.raises(InputError, match=r"corpus\.tsv:7"):
        list(load_engine("local", workers=2).run(square, broken()))


@pytest.mark.parametrize("workers", [1, 2])
def test_engine_draws_tasks_as_they_are_needed(workers: int) -> None:
    drawn: list[int] = []

    def endless() -> Iterator[ShardTask]:
        for i in range(10**6):
            drawn.append(i)
            yield ShardTask(i, i)

    reports = load_engine("local", workers=workers).run(nap, endless())
    for done in range(1, 6):
        next(reports)
        time.sleep(0.05)
        assert len(drawn) - done <= workers + 1, "tasks lie ready faster than they are done"
    reports.close()


def test_engine_tries_the_shards_of_a_dead_worker_again(tmp_path: Path) -> None:
    work = partial(die_once, marks=tmp_path)
    reports = list(load_engine("local", workers=2).run(work, tasks(8)))
    assert sorted(report.number for report in reports) == list(range(8))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2", "5"]


def test_engine_gives_up_on_a_shard_that_always_kills_its_worker() -> None:
    with pytest.raises(RetryableBackendError, match="its worker died 3 times") as caught:
        list(load_engine("local", workers=2).run(die_always, tasks(2)))
    assert "--workers" in str(caught.value.hint)


def test_engine_loses_no_task_when_a_worker_dies_while_the_caller_is_busy(tmp_path: Path) -> None:
    """The pool breaks between two calls; the task that is handed to it next must not be lost."""
    reports = []
    for report in load_engine("local", workers=2).run(partial(die_after_reporting, marks=tmp_path), tasks(8)):
        reports.append(report.number)
        if len(reports) == 1:
            time.sleep(1.0)
    assert sorted(reports) == list(range(8))


def test_engine_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from cscl_data.engine import ShardReport, ShardTask, load_engine\n"
        "def slow(task):\n"
        "    Path(sys.argv[1], str(os.getpid())).touch()\n"
        "    time.sleep(60)\n"
        "if __name__ == '__main__':\n"
        "    list(load_engine('local', workers=2).run(slow, (ShardTask(i, None) for i in range(2))))\n"
    )
    pids = tmp_path / "pids"
    pids.mkdir()
    parent = subprocess.Popen([sys.executable, str(script), str(pids)], stderr=subprocess.DEVNULL)
    try:
        _wait_until(lambda: len(list(pids.iterdir())) == 2, timeout_s=60)
    finally:
        parent.kill()
        parent.wait()
    workers = [int(path.name) for path in pids.iterdir()]
    _wait_until(lambda: not any(map(_is_alive, workers)), timeout_s=10)


def test_engine_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=f"unknown engine 'locale'. Available: {', '.join(ENGINES)}") as caught:
        load_engine("locale", workers=1)
    assert caught.value.hint == "did you mean 'local'?"


@pytest.mark.parametrize("workers", [0, -1])
def test_engine_wants_a_worker(workers: int) -> None:
    with pytest.raises(ConfigError, match="--workers"):
        load_engine("local", workers=workers)


def _wait_until(holds, *, timeout_s: float) -> None:
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
