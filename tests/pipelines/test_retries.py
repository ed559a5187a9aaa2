"""The work on a shard is tried again where its backend says that this may help, a few times, and says so."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cscl_data.errors import BackendError, RetryableBackendError
from cscl_data.io.dataset import iter_dataset
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import RunOptions, Stages, run_job
from cscl_data.pipelines.plan import JobPlan
from cscl_data.pipelines.shard import TRIES, ShardOutcome

PLAN = JobPlan(command="count", schema="mono/1", settings={}, sig="s", seed=0, shard_rows=2, inputs=[])


def work(chunk: list[int], *, log: Path, failures: int, error: type[BackendError]) -> ShardOutcome:
    """Fail the first times that a chunk comes; the log holds a line a try."""
    with log.open("a", encoding="utf-8") as handle:
        handle.write(f"{chunk[0]}\n")
    if log.read_text(encoding="utf-8").splitlines().count(str(chunk[0])) <= failures:
        raise error("device: out of memory", hint="a smaller device job")
    rows: list[dict[str, Any]] = [{"id": str(n), "doc_id": None, "text": "x", "lang": "en", "sig": "s"} for n in chunk]
    return ShardOutcome(rows, [], len(chunk), len(chunk))


def run(
    tmp_path: Path, failures: int, error: type[BackendError] = RetryableBackendError, workers: int = 1
) -> list[str]:
    shard = partial(work, log=tmp_path / "log", failures=failures, error=error)
    stages = Stages(prepare=lambda: shard, chunks=lambda: by_rows(range(6), 2), rows_read=list)
    run_job(tmp_path / "out", PLAN, stages, RunOptions(workers=workers))
    return [row["id"] for row in iter_dataset(tmp_path / "out")]


@pytest.mark.parametrize("workers", [1, 2])
def test_shard_that_fails_at_first_is_tried_again(workers: int, tmp_path: Path, caplog) -> None:
    assert run(tmp_path, TRIES - 1, workers=workers) == list("012345")
    assert (tmp_path / "log").read_text(encoding="utf-8").split().count("2") == TRIES
    if workers == 1:
        assert "shard 1: device: out of memory; trying again, 1 more tries" in caplog.text


def test_tries_are_bounded(tmp_path: Path) -> None:
    with pytest.raises(RetryableBackendError, match="out of memory"):
        run(tmp_path, TRIES)
    assert (tmp_path / "log").read_text(encoding="utf-8").split() == ["0"] * TRIES


def test_other_backend_errors_stop_at_once(tmp_path: Path) -> None:
    with pytest.raises(BackendError):
        run(tmp_path, 1, BackendError)
    assert (tmp_path / "log").read_text(encoding="utf-8").split() == ["0"]
