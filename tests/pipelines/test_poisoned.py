"""A row that ends the work on its shard is found, rejected with what it did, and costs no other row."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cscl_data.errors import BackendError, OutputError
from cscl_data.io.dataset import iter_dataset, read_manifest
from cscl_data.io.mono import MonoDocument
from cscl_data.io.recordfile import Record
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import RunOptions, Stages, run_job
from cscl_data.pipelines.plan import JobPlan
from cscl_data.pipelines.poisoned import MOST_POISONED, Halves, WorkerDiedError, in_children
from cscl_data.pipelines.shard import ShardOutcome
from tests.factories import make_pair

REPOSITORY = Path(__file__).resolve().parents[2]
PLAN = JobPlan(command="count", schema="mono/1", settings={}, sig="s", seed=0, shard_rows=8, inputs=[])


def work(chunk: Sequence[int], *, raises: frozenset[int] = frozenset(), kills: frozenset[int] = frozenset()) -> Any:
    """Make a row a number; some numbers raise, others kill the process."""
    for n in chunk:
        if n in raises:
            raise ZeroDivisionError(f"no row for {n}")
        if n in kills:
            os.kill(os.getpid(), signal.SIGKILL)
    rows: list[dict[str, Any]] = [{"id": str(n), "doc_id": None, "text": "x", "lang": "en", "sig": "s"} for n in chunk]
    return ShardOutcome(rows, [], len(chunk), len(chunk), {"n": len(chunk)})


def run(out: Path, *, workers: int = 1, n: int = 20, engine: str = "local", **work_options: Any) -> dict[str, Any]:
    stages = Stages(
        prepare=lambda: partial(work, **work_options),
        chunks=lambda: by_rows(range(n), 8),
        rows_read=list,
        merge=lambda summaries: {"n": sum(summary["n"] for summary in summaries)},
    )
    return run_job(out, PLAN, stages, RunOptions(workers=workers, engine=engine)).manifest


def test_rows_that_raise_are_rejected_with_the_traceback_and_the_rest_keeps_its_order(tmp_path: Path) -> None:
    manifest = run(tmp_path / "out", raises=frozenset({3, 7, 12}))
    assert [row["id"] for row in iter_dataset(tmp_path / "out")] == [str(n) for n in range(20) if n not in (3, 7, 12)]
    assert manifest == read_manifest(tmp_path / "out")
    assert (manifest["rows_in"], manifest["items"], manifest["rows_out"], manifest["rejects"]) == (20, 20, 17, 3)
    assert manifest["rejects_by_reason"] == {"backend_crash": 3}
    assert manifest["report"] == {"n": 17}
    details = [row["detail"] for row in iter_dataset(tmp_path / "out", part="rejects")]
    assert [detail.splitlines()[-1] for detail in details] == [f"ZeroDivisionError: no row for {n}" for n in (3, 7, 12)]


def test_many_rows_that_raise_are_a_fault_of_the_work(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run(tmp_path / "out", raises=frozenset(range(MOST_POISONED + 1)))


def test_row_that_raises_beside_one_that_kills_is_rejected_too(tmp_path: Path) -> None:
    manifest = run(tmp_path / "out", workers=2, n=8, raises=frozenset({2}), kills=frozenset({5}))
    assert [row["id"] for row in iter_dataset(tmp_path / "out")] == list("013467")
    assert manifest["rejects_by_reason"] == {"backend_crash": 2}


def test_row_that_kills_its_worker_is_found_by_processes_of_their_own(tmp_path: Path) -> None:
    manifest = run(tmp_path / "out", workers=2, n=8, kills=frozenset({5}))
    assert [row["id"] for row in iter_dataset(tmp_path / "out")] == list("0123467")
    assert manifest["rejects_by_reason"] == {"backend_crash": 1}
    [reject] = iter_dataset(tmp_path / "out", part="rejects")
    assert "the process that worked on it died" in reject["detail"]


@pytest.mark.slow
def test_rows_that_raise_or_kill_cost_no_other_row_on_ray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))  # for workers to find the work of this file
    manifest = run(tmp_path / "out", engine="ray", raises=frozenset({2}), kills=frozenset({13}))
    assert [row["id"] for row in iter_dataset(tmp_path / "out")] == [str(n) for n in range(20) if n not in (2, 13)]
    assert manifest["rejects_by_reason"] == {"backend_crash": 2}


def test_reject_names_the_row_that_an_item_wraps() -> None:
    def attempt(payload: Sequence[Any]) -> None:
        raise ValueError("broken")

    pair = make_pair(id="p7")
    [poison] = Halves(attempt, [pair], ValueError("broken")).poison
    assert (poison.reject.id, poison.n_rows, poison.reject.source["id"]) == ("p7", 1, "p7")
    [poison] = Halves(attempt, [("ko", pair)], ValueError("broken")).poison
    assert poison.reject.id == "p7"
    [poison] = Halves(attempt, [Record("r1", {"question": "Why?"})], ValueError("broken")).poison
    assert (poison.reject.id, poison.reject.source) == ("r1", {"question": "Why?"})
    [poison] = Halves(attempt, [MonoDocument("m", None, "Text.", 3)], ValueError("broken")).poison
    assert (poison.n_rows, poison.reject.source["text"]) == (3, "Text.")


@pytest.mark.parametrize("error", [OutputError("out: no space"), BackendError("no model")])
def test_errors_about_more_than_a_row_are_raised_at_once(error: Exception) -> None:
    tried: list[int] = []

    def attempt(payload: Sequence[int]) -> None:
        tried.append(len(payload))
        raise error

    with pytest.raises(type(error)):
        Halves(attempt, range(8), ZeroDivisionError())
    assert tried == [4]


def test_child_that_died_is_followed_by_another() -> None:
    with in_children(partial(work, kills=frozenset({1}))) as attempt:
        with pytest.raises(WorkerDiedError):
            attempt([1])
        assert attempt([2]).items == 1
