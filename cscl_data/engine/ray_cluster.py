"""Shard functions in the workers of a Ray cluster, or of a local Ray that is started for the run."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from cscl_data.engine.base import ShardFunction, ShardReport, ShardTask
from cscl_data.engine.local import TRIES, collect_rarely
from cscl_data.engine.ray_address import check_listening, unreachable
from cscl_data.errors import BackendError, ConfigError, RetryableBackendError, missing_package

logger = logging.getLogger(__name__)

LOCAL_STORE_BYTES = 1 << 29
"""Shared memory of a Ray that is started here: payloads and reports are small. Our default."""
PATIENCE_S = 10.0
"""How long no worker may start before the user is told (our default); a cluster that grows takes longer."""
_OURS = "CSCL_DATA_"
"""How the variables begin that a command leaves in its environment for its workers."""


class RayEngine:
    """Runs tasks in `workers` actors, each of which keeps the models that its shards have loaded.

    An actor has one task at a time, and a GPU of its own where there are enough of them, else a share of one. One that
    dies, or whose node does, costs its task a retry, by the next actor that is free; another is started in its place,
    and where the cluster has no room for it, or for all of them from the start, the others do its work. Nodes have to
    see the same files under the same paths. Of the environment, the variables of this package (`CSCL_DATA_...`) are
    those of the run, on any node.

    Args:
        workers: number of actors.
        address: of a running cluster (`auto`, `HOST:PORT`, `ray://...`); None starts a local Ray and ends it behind the
            run.

    Raises:
        ConfigError: fewer than 1 worker.
        BackendError: Ray is not installed, or nothing listens at the address.
    """

    def __init__(self, *, workers: int, address: str | None = None) -> None:
        if workers < 1:
            raise ConfigError(f"--workers must be at least 1, not {workers}")
        try:
            import ray
        except ImportError as error:
            raise missing_package("engine", "ray", "ray", extra="ray") from error
        if address is not None:
            check_listening(address)
        self._ray: Any = ray
        self._workers, self._address = workers, address

    def run(self, shard_function: ShardFunction, tasks: Iterable[ShardTask]) -> Iterator[ShardReport]:
        """Yield one report per task as they finish (see `Engine.run`).

        Raises:
            BackendError: the cluster cannot be reached, or no worker can start in it.
        """
        with self._cluster():
            crew = _Crew(self._ray, self._workers)
            try:
                yield from _run_on(crew, self._ray.put(shard_function), iter(tasks))
            finally:
                crew.dismiss()

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
                    address=self._address or "local",  # with none, Ray would join what RAY_ADDRESS names
                    logging_level=logging.ERROR,
                    log_to_driver=False,
                    **(own if self._address is None else {}),
                )
            except (ConnectionError, RuntimeError, ValueError) as error:
                if self._address is None:
                    raise BackendError(f"--engine ray: a local Ray cannot be started ({_first_line(error)})") from error
                raise unreachable(self._address, _first_line(error)) from error
        try:
            yield
        finally:
            if ours:
                ray.shutdown()


def _run_on(crew: _Crew, function: Any, tasks: Iterator[ShardTask]) -> Iterator[ShardReport]:
    waiting: list[ShardTask] = []
    tries: dict[int, int] = {}
    drained = False
    while True:
        while crew.idle and not drained:
            if not waiting:
                waiting += islice(tasks, 1)
            if waiting:
                crew.give(function, waiting.pop())
            else:
                drained = True
        if drained and not crew.running:
            return
        done = crew.next_done()
        if done is None:
            continue
        task, report, error = done
        if report is not None:
            yield report
            continue
        tries[task.number] = tries.get(task.number, 0) + 1
        if tries[task.number] >= TRIES:
            raise RetryableBackendError(
                f"shard {task.number}: its worker died {TRIES} times",
                hint="fewer --workers or smaller --shard-rows need less memory",
            ) from error
        logger.warning("a worker died; trying shard %d again", task.number)
        waiting.append(task._replace(careful=tries[task.number] == TRIES - 1))
        drained = False


class _Crew:
    """Actors: those that are starting, those without a task, and those at one.

    Attributes:
        idle: actors that could take a task now.
        running: actor and task, by the result to come.
    """

    def __init__(self, ray: Any, size: int) -> None:
        self._ray, self._size = ray, size
        self.idle: list[Any] = []
        self.running: dict[Any, tuple[Any, ShardTask]] = {}
        self._starting: dict[Any, Any] = {}
        self._failed = 0
        self._told = False
        for _ in range(size):
            self._start()

    def give(self, function: Any, task: ShardTask) -> None:
        """Have an idle actor do a task."""
        actor = self.idle.pop()
        self.running[actor.run.remote(function, task)] = (actor, task)

    def next_done(self) -> tuple[ShardTask, ShardReport | None, Exception | None] | None:
        """Wait for the next thing to happen; return a task that ended, with its report or with what its actor died of.

        Returns:
            None where no task ended: an actor has started, or nothing happened for a while.

        Raises:
            BackendError: no actor can start.
            CsclError: the task raised it.
        """
        ray = self._ray
        done, _ = ray.wait([*self.running, *self._starting], num_returns=1, timeout=PATIENCE_S)
        if not done:
            self._tell_of_waiting()
            return None
        if done[0] in self._starting:
            self._started(done[0])
            return None
        actor, task = self.running.pop(done[0])
        try:
            report: ShardReport = ray.get(done[0])
        except ray.exceptions.RayTaskError as error:
            self.idle.append(actor)
            raise error.cause from error
        except ray.exceptions.RayError as error:  # it died, its node did, or there was no memory for it
            ray.kill(actor)
            self._start()
            return task, None, error
        self.idle.append(actor)
        return task, report, None

    def dismiss(self) -> None:
        """End all actors."""
        for actor in (*self.idle, *self._starting.values(), *(actor for actor, _ in self.running.values())):
            self._ray.kill(actor)

    def _start(self) -> None:
        there = int(self._ray.cluster_resources().get("GPU", 0))
        gpus = 1 / math.ceil(self._size / there) if there else 0  # without a share, an actor would see no GPU at all
        folder = os.getcwd()  # noqa: PTH109 - paths are as the user gave them
        actor = self._ray.remote(num_cpus=1, num_gpus=gpus)(_Worker).remote(folder, _variables())
        self._starting[actor.ready.remote()] = actor

    def _started(self, ready: Any) -> None:
        """Note that an actor is ready, or start another for one that could not start."""
        actor = self._starting.pop(ready)
        try:
            self._ray.get(ready)
        except self._ray.exceptions.RayError as error:
            self._failed += 1
            if self._failed < TRIES:
                self._start()
            elif not (self.idle or self.running or self._starting):
                raise BackendError(
                    f"--engine ray: no worker can start ({_last_line(error)})",
                    hint=f"every node needs this Python environment, and the folder {Path.cwd()}",
                ) from error
            return
        self._failed = 0
        self.idle.append(actor)

    def _tell_of_waiting(self) -> None:
        if self._told or self.idle or self.running:
            return
        self._told = True
        has = self._ray.cluster_resources()
        logger.warning(
            "no worker has started in %d seconds; a worker needs a CPU, and the cluster has %d CPUs, %d of them free",
            PATIENCE_S,
            has.get("CPU", 0),
            self._ray.available_resources().get("CPU", 0),
        )


class _Worker:
    """What runs in an actor."""

    def __init__(self, folder: str, variables: dict[str, str]) -> None:
        os.chdir(folder)
        for name in _variables():
            del os.environ[name]  # a node's own environment decides nothing
        os.environ.update(variables)
        collect_rarely()

    def ready(self) -> None:
        """Return as soon as the actor runs."""

    def run(self, function: ShardFunction, task: ShardTask) -> ShardReport:
        return function(task)


def _variables() -> dict[str, str]:
    """Return what the environment of this process holds for workers: they are not its children in a cluster."""
    return {name: value for name, value in os.environ.items() if name.startswith(_OURS)}


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _last_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[-1].strip()
