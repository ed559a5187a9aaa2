"""Shard functions in the workers of a Ray cluster, or of a local Ray that is started for the run."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from cscl_data.engine.base import ShardFunction, ShardReport, ShardTask
from cscl_data.engine.local import TRIES, collect_rarely
from cscl_data.errors import BackendError, ConfigError, RetryableBackendError, missing_package

LOCAL_STORE_BYTES = 1 << 29
"""Shared memory of a Ray that is started here: payloads and reports are small. Our default."""
_OURS = "CSCL_DATA_"
"""How the variables begin that a command leaves in its environment for its workers."""


class RayEngine:
    """Runs tasks in `workers` actors, each of which keeps the models that its shards have loaded.

    An actor has one task at a time, and a GPU of its own where there are enough of them, else a share of one. One that
    dies, or whose node does, is started anew and costs its task a retry. Nodes have to see the same files under the
    same paths. Of the environment, the variables of this package (`CSCL_DATA_...`) are those of the run, on any node.

    Args:
        workers: number of actors.
        address: of a running cluster (`auto`, `HOST:PORT`, `ray://...`); None starts a local Ray and ends it behind the
            run.

    Raises:
        ConfigError: fewer than 1 worker.
        BackendError: Ray is not installed.
    """

    def __init__(self, *, workers: int, address: str | None = None) -> None:
        if workers < 1:
            raise ConfigError(f"--workers must be at least 1, not {workers}")
        try:
            import ray
        except ImportError as error:
            raise missing_package("engine", "ray", "ray", extra="ray") from error
        self._ray: Any = ray
        self._workers, self._address = workers, address

    def run(self, shard_function: ShardFunction, tasks: Iterable[ShardTask]) -> Iterator[ShardReport]:
        """Yield one report per task as they finish (see `Engine.run`).

        Raises:
            BackendError: the cluster cannot be reached.
        """
        with self._cluster():
            actors = self._actors(self._workers)
            try:
                yield from self._run_on(actors, self._ray.put(shard_function), iter(tasks))
            finally:
                for actor in actors:
                    self._ray.kill(actor)

    @contextmanager
    def _cluster(self) -> Iterator[None]:
        ray = self._ray
        ours = not ray.is_initialized()
        if ours:
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            own = {
                "num_cpus": self._workers,
                "object_store_memory": LOCAL_STORE_BYTES,
                "include_dashboard": False,
                "_node_ip_address": "127.0.0.1",
            }
            try:
                ray.init(
                    address=self._address,
                    logging_level=logging.ERROR,
                    log_to_driver=False,
                    **(own if self._address is None else {}),
                )
            except (ConnectionError, RuntimeError, ValueError) as error:
                where = self._address or "a local Ray"
                raise BackendError(
                    f"--engine ray: {where} cannot be reached or started ({_first_line(error)})",
                    hint="ray status says whether a cluster is there",
                ) from error
        try:
            yield
        finally:
            if ours:
                ray.shutdown()

    def _actors(self, number: int) -> list[Any]:
        there = int(self._ray.cluster_resources().get("GPU", 0))
        gpus = 1 / math.ceil(self._workers / there) if there else 0  # without a share, an actor would see no GPU at all
        kind = self._ray.remote(num_cpus=1, num_gpus=gpus, max_restarts=TRIES - 2, max_task_retries=TRIES - 2)(_Worker)
        folder = os.getcwd()  # noqa: PTH109 - paths are as the user gave them
        return [kind.remote(folder, _variables()) for _ in range(number)]

    def _run_on(self, actors: list[Any], function: Any, tasks: Iterator[ShardTask]) -> Iterator[ShardReport]:
        ray = self._ray
        idle = list(actors)
        running: dict[Any, tuple[Any, ShardTask]] = {}
        while True:
            while idle and (task := next(tasks, None)) is not None:
                actor = idle.pop()
                running[actor.run.remote(function, task)] = (actor, task)
            if not running:
                return
            [done], _ = ray.wait(list(running), num_returns=1)
            actor, task = running.pop(done)
            try:
                report: ShardReport = ray.get(done)
            except ray.exceptions.RayTaskError as error:
                raise error.cause from error
            except ray.exceptions.RayActorError as error:
                if not task.careful:
                    [actor] = self._actors(1)
                    actors.append(actor)
                    task = task._replace(careful=True)
                    running[actor.run.remote(function, task)] = (actor, task)
                    continue
                raise RetryableBackendError(
                    f"shard {task.number}: its worker died {TRIES} times",
                    hint="fewer --workers or smaller --shard-rows need less memory",
                ) from error
            idle.append(actor)
            yield report


class _Worker:
    """What runs in an actor."""

    def __init__(self, folder: str, variables: dict[str, str]) -> None:
        os.chdir(folder)
        for name in _variables():
            del os.environ[name]  # a node's own environment decides nothing
        os.environ.update(variables)
        collect_rarely()

    def run(self, function: ShardFunction, task: ShardTask) -> ShardReport:
        return function(task)


def _variables() -> dict[str, str]:
    """Return what the environment of this process holds for workers: they are not its children in a cluster."""
    return {name: value for name, value in os.environ.items() if name.startswith(_OURS)}


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
