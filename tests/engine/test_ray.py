"""The engine on Ray runs what the local one runs, and gives the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cscl_data.engine import ShardReport, ShardTask, load_engine, ray_home
from cscl_data.engine.ray_home import call_home
from cscl_data.errors import BackendError, ConfigError, OutputError, RetryableBackendError
from cscl_data.io.trust import trust_code
from tests.cli.calling import EN_KO, KOREAN, call, hashes, make
from tests.engine.test_local import die_always, die_once, fail_at_three, fail_with_a_bug, square, tasks

SENTENCE = ("make-sentence-cs", KOREAN, *EN_KO, "--doc-column", "doc", "--shard-rows", 20)
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    """A local Ray that all tests here share; workers find the tests' own functions."""
    found = pytest.importorskip("ray")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    found.init(
        num_cpus=2,
        num_gpus=1,
        object_store_memory=1 << 28,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
        _node_ip_address="127.0.0.1",
        runtime_env={"env_vars": {"PYTHONPATH": str(REPOSITORY), "CSCL_DATA_OF_A_NODE": "1"}},
    )
    yield found
    found.shutdown()


def test_every_task_is_reported_once_by_workers_that_are_drawn_from_lazily(ray: Any) -> None:
    drawn: list[int] = []

    def noted() -> Iterator[Any]:
        for task in tasks(9):
            drawn.append(task.number)
            yield task

    found = {}
    for report in load_engine("ray", workers=2).run(square, noted()):
        found[report.number] = report.facts["result"]
        assert len(drawn) - len(found) <= 3, "a long stream of tasks needs no memory"
    assert found == {i: i**2 for i in range(9)}
    assert list(load_engine("ray", workers=2).run(square, tasks(0))) == []


def devices(task: ShardTask) -> ShardReport:
    return ShardReport(task.number, {"seen": os.environ.get("CUDA_VISIBLE_DEVICES")})


@pytest.mark.slow
def test_workers_share_the_devices_that_there_are(ray: Any) -> None:
    """Ray hides every device from an actor that asks for none."""
    reports = list(load_engine("ray", workers=2).run(devices, tasks(4)))
    assert {report.facts["seen"] for report in reports} == {"0"}


def variables(task: ShardTask) -> ShardReport:
    return ShardReport(task.number, {"seen": {name for name in os.environ if name.startswith("CSCL_DATA_")}})


def test_workers_of_a_cluster_that_ran_before_trust_what_the_command_trusts(ray: Any) -> None:
    """Their parent is the cluster, whose environment knows of no flag, or of that of another command."""
    try:
        for trusted in (True, False):
            trust_code(trusted)
            [report] = load_engine("ray", workers=1).run(variables, tasks(1))
            assert report.facts["seen"] == ({"CSCL_DATA_TRUST_REMOTE_CODE"} if trusted else set())
    finally:
        trust_code(False)


@pytest.mark.slow
def test_errors_come_out_whole(ray: Any) -> None:
    with pytest.raises(OutputError) as caught:
        list(load_engine("ray", workers=2).run(fail_at_three, tasks(6)))
    assert caught.value.hint == "free some space"
    with pytest.raises(ZeroDivisionError):
        list(load_engine("ray", workers=1).run(fail_with_a_bug, tasks(2)))


def test_worker_that_dies_costs_its_shard_a_retry(ray: Any, tmp_path: Path) -> None:
    reports = list(load_engine("ray", workers=2).run(partial(die_once, marks=tmp_path), tasks(7)))
    assert sorted(report.number for report in reports) == list(range(7))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2", "5"]


@pytest.mark.slow
def test_worker_that_always_dies_ends_the_run_with_its_shard_named(ray: Any) -> None:
    with pytest.raises(RetryableBackendError, match="shard 0: its worker died 3 times"):
        list(load_engine("ray", workers=1).run(die_always, tasks(1)))


def ask_home(task: ShardTask) -> ShardReport:
    return ShardReport(task.number, {"answer": call_home(task.payload)})


class UnrebuiltError(Exception):
    """An error that no other process can make again."""

    def __init__(self, *, why: str) -> None:
        super().__init__(why)


def test_workers_ask_the_process_of_the_command_and_get_its_errors(ray: Any) -> None:
    """One that cannot cross between processes left its worker waiting for ever."""

    def home(question: int) -> int:
        if question == 2:
            raise UnrebuiltError(why="it broke")
        return question + os.getpid()

    engine = load_engine("ray", workers=1, home=home)
    assert [report.facts["answer"] - os.getpid() for report in engine.run(ask_home, tasks(2))] == [0, 1]
    with pytest.raises(RuntimeError, match="UnrebuiltError: it broke"):
        list(engine.run(ask_home, tasks(3)))


def test_worker_whose_way_to_the_command_is_gone_says_so(ray: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each of its rows is taken for one that ends the work."""
    box = ray.remote(num_cpus=0)(ray_home._Box).remote()
    monkeypatch.setattr(ray_home, "_box", box)
    ray.kill(box)
    with pytest.raises(BackendError, match="workers ask the command died"):
        call_home("x")


@pytest.mark.slow
def test_command_starts_and_ends_a_local_ray_of_its_own(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "cscl_data", *map(str, SENTENCE), "--engine", "ray", "--workers", "2"]
    done = subprocess.run([*run, "--out", str(tmp_path / "ray")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    make(*SENTENCE, "--out", tmp_path / "local")
    assert hashes(tmp_path / "ray") == hashes(tmp_path / "local")


def test_command_gives_the_bytes_of_the_local_engine(ray: Any, tmp_path: Path) -> None:
    make(*SENTENCE, "--engine", "ray", "--workers", 2, "--out", tmp_path / "ray")
    make(*SENTENCE, "--out", tmp_path / "local")
    assert hashes(tmp_path / "ray") == hashes(tmp_path / "local")


def test_address_is_for_ray_alone_and_ray_is_an_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    called = call(*SENTENCE, "--ray-address", "auto", "--out", tmp_path / "x")
    assert (called.code, "--ray-address auto: the engine is local" in called.stderr) == (2, True)
    with pytest.raises(ConfigError, match="--workers must be at least 1"):
        load_engine("ray", workers=0)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BackendError) as caught:
        load_engine("ray", workers=1)
    assert caught.value.hint == "pip install 'cscl-data[ray]'"
