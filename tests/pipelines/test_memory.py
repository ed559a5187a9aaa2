"""Not enough memory in a worker: less of it is asked for, and what cannot be done is named."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cscl_data.errors import RetryableBackendError
from cscl_data.io.dataset import iter_dataset
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import RunOptions, Stages, run_job
from cscl_data.pipelines.plan import JobPlan
from cscl_data.pipelines.shard import ShardOutcome

PLAN = JobPlan(command="count", schema="mono/1", settings={}, sig="s", seed=0, shard_rows=8, inputs=[])
MORE_THAN_THERE_IS = 1 << 60


def work(chunk: Sequence[int], *, most: int = 8, large: frozenset[int] = frozenset()) -> Any:
    """Make a row a number; more than `most` at a time, or a large one, need more memory than there is."""
    if len(chunk) > most or large.intersection(chunk):
        bytearray(MORE_THAN_THERE_IS)
    rows: list[dict[str, Any]] = [{"id": str(n), "doc_id": None, "text": "x", "lang": "en", "sig": "s"} for n in chunk]
    return ShardOutcome(rows, [], len(chunk), len(chunk))


def run(out: Path, *, workers: int = 1, **work_options: Any) -> dict[str, Any]:
    shard = partial(work, **work_options)
    stages = Stages(prepare=lambda: shard, chunks=lambda: by_rows(range(20), 8), rows_read=list)
    return run_job(out, PLAN, stages, RunOptions(workers=workers)).manifest


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_shard_that_needs_too_much_memory_is_done_in_halves(tmp_path: Path, workers: int) -> None:
    manifest = run(tmp_path / "out", workers=workers, most=2)
    assert [row["id"] for row in iter_dataset(tmp_path / "out")] == [str(n) for n in range(20)]
    assert (manifest["items"], manifest["rejects"]) == (20, 0)


def test_row_that_needs_too_much_memory_is_rejected(tmp_path: Path) -> None:
    manifest = run(tmp_path / "out", large=frozenset({5}))
    assert manifest["rejects_by_reason"] == {"backend_crash": 1}
    [reject] = iter_dataset(tmp_path / "out", part="rejects")
    assert reject["detail"].endswith("MemoryError")
    assert [row["id"] for row in iter_dataset(tmp_path / "out")] == [str(n) for n in range(20) if n != 5]


def test_run_without_memory_ends_with_its_shard_named_and_goes_on_later(tmp_path: Path) -> None:
    with pytest.raises(RetryableBackendError, match="shard 1: out of memory") as caught:
        run(tmp_path / "out", large=frozenset(range(8, 16)))
    assert (caught.value.exit_code, "--shard-rows" in str(caught.value.hint)) == (4, True)
    assert run(tmp_path / "out")["rows_out"] == 20
