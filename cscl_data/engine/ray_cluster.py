"""Shard functions in the workers of a Ray cluster, or of a local Ray that is started for the run."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from cscl_data.engine.base import ShardFunction, ShardReport, ShardTask
from cscl_data.engine.local import TRIES, worn_out
from cscl_data.engine.ray_address import check_listening, unreachable
from cscl_data.engine.ray_crew import Crew
from cscl_data.engine.ray_home import Home, served
from cscl_data.errors import BackendError, ConfigError, missing_package

logger = logging.getLogger(__name__)

LOCAL_STORE_BYTES = 1 << 29
"""Shared memory of a Ray that is started here: payloads and reports are small. Our default."""


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
        home: answers, in this process, what shard functions ask by `call_home`.

    Raises:
        ConfigError: fewer than 1 worker.
        BackendError: Ray is not installed, or nothing listens at the address.
    """

    def __init__(self, *, workers: int, address: str | None = None, home: Home | None = None) -> None:
        if workers < 1:
            raise ConfigError(f"--workers must be at least 1, not {workers}")
        try:
            import ray
        except ImportError as error:
            raise missing_package("engine", "ray", "ray", extra="ray") from error
        if address is not None:
            check_listening(address)
        self._ray: Any = ray
        self._workers, self._address, self._home = workers, address, home

    def run(self, shard_function: ShardFunction, tasks: Iterable[ShardTask]) -> Iterator[ShardReport]:
        """Yield one report per task as they finish (see `Engine.run`).

        Raises:
            BackendError: the cluster cannot be reached, or no worker can start in it.
        """
        with self._cluster(), served(self._ray, self._home) as box:
            crew = Crew(self._ray, self._workers, box)
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


def _run_on(crew: Crew, function: Any, tasks: Iterator[ShardTask]) -> Iterator[ShardReport]:
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
            raise worn_out(task) from error
        logger.warning("a worker died; trying shard %d again", task.number)
        last = tries[task.number] == TRIES - 1
        waiting.append(task._replace(careful=last and not crew.calls_home))  # a child of an actor could not call
        drained = False


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
