"""A Ray cluster of several nodes, as real processes on one machine: one is killed, and its workers with it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cscl_data.engine import load_engine
from cscl_data.errors import BackendError
from tests.cli.calling import EN_KO, KOREAN, call, hashes, make

SALAD = ("make-token-cs", KOREAN, *EN_KO, "--method", "salad", "--shard-rows", 1)
NODE = {"num_cpus": 1, "object_store_memory": 1 << 27}
LOADED_S = 120.0


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A head without a CPU for workers, and two nodes with one each."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    head = {**NODE, "num_cpus": 0, "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args=head)
    made.add_node(**NODE)
    made.doomed = made.add_node(**NODE)
    yield made
    made.shutdown()


def started(address: str, out: Path, *, workers: int) -> subprocess.Popen[str]:
    """Start the command on a cluster, and return when two shards of it are done."""
    run = [sys.executable, "-m", "cscl_data", *map(str, SALAD), "--engine", "ray", "--ray-address", address]
    command = subprocess.Popen([*run, "--workers", str(workers), "--out", str(out)], stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + LOADED_S
    while len(list(out.glob(".cscl/shards/*.json"))) < 2:
        assert command.poll() is None, "it ended before a shard was done"
        assert time.monotonic() < until, "no shard was done"
        time.sleep(0.01)
    return command


@pytest.mark.slow
def test_node_that_dies_costs_its_shards_a_retry_and_the_bytes_are_those_of_the_local_engine(
    cluster: Any, tmp_path: Path
) -> None:
    """The cluster has no room for another worker then: the one that is left does the work of both."""
    command = started(cluster.address, tmp_path / "ray", workers=2)
    cluster.remove_node(cluster.doomed, allow_graceful=False)
    assert not (tmp_path / "ray" / "manifest.json").exists(), "the run was over before the node died"
    _, told = command.communicate(timeout=LOADED_S)
    assert (command.returncode, "Traceback" in told, "a worker died" in told) == (0, False, True), told
    make(*SALAD, "--out", tmp_path / "local")
    assert hashes(tmp_path / "ray") == hashes(tmp_path / "local")


@pytest.mark.slow
def test_more_workers_than_the_cluster_has_cpus_wait_and_the_others_do_the_work(cluster: Any, tmp_path: Path) -> None:
    _, told = (command := started(cluster.address, tmp_path / "ray", workers=5)).communicate(timeout=LOADED_S)
    assert command.returncode == 0, told


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "auto"])
def test_cluster_that_is_not_there_is_said_at_once(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is fitted, and before Ray's own tries, half a minute to minutes of them."""
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with pytest.raises(BackendError, match="nothing listens at"):
        load_engine("ray", workers=1, address=address)
    called = call(*SALAD, "--engine", "ray", "--ray-address", address, "--out", tmp_path / "x")
    assert (called.code, f"--ray-address {address}" in called.stderr, "ray status" in called.stderr) == (4, True, True)
