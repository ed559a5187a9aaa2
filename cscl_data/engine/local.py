"""Shard functions in this process, or in spawned worker processes."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import islice

from cscl_data.engine.ahead import read_ahead
from cscl_data.engine.base import ShardFunction, ShardReport, ShardTask
from cscl_data.errors import ConfigError, RetryableBackendError

logger = logging.getLogger(__name__)

TRIES = 3
"""How often a shard is tried when its worker dies (our default)."""
_WATCH_SECONDS = 0.5


class LocalEngine:
    """Runs tasks with `workers` processes; with one, in the calling process, where a thread reads ahead.

    Workers are spawned, never forked, and end by themselves when their parent is gone. A worker that dies costs the
    unfinished shards a retry.

    Raises:
        ConfigError: fewer than 1 worker.
    """

    def __init__(self, *, workers: int) -> None:
        if workers < 1:
            raise ConfigError(f"--workers must be at least 1, not {workers}")
        self._workers = workers

    def run(self, shard_function: ShardFunction, tasks: Iterable[ShardTask]) -> Iterator[ShardReport]:
        """Yield one report per task as they finish (see `Engine.run`)."""
        if self._workers == 1:
            return self._run_here(shard_function, tasks)
        return self._run_spawned(shard_function, iter(tasks))

    def _run_here(self, shard_function: ShardFunction, tasks: Iterable[ShardTask]) -> Iterator[ShardReport]:
        with closing(read_ahead(tasks)) as ahead:
            yield from map(shard_function, ahead)

    def _run_spawned(self, shard_function: ShardFunction, tasks: Iterator[ShardTask]) -> Iterator[ShardReport]:
        waiting: list[ShardTask] = []
        tries: dict[int, int] = {}
        drained = False
        while waiting or not drained:
            pool = spawn_pool(self._workers)
            running: dict[Future[ShardReport], ShardTask] = {}
            try:
                while waiting or running or not drained:
                    while len(running) <= self._workers:
                        if not waiting:
                            waiting += islice(tasks, 1)
                            if not waiting:
                                drained = True
                                break
                        # A broken pool refuses the task; it must still be waiting then.
                        future = pool.submit(shard_function, waiting[-1])
                        running[future] = waiting.pop()
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        report = future.result()
                        del running[future]
                        yield report
            except BrokenProcessPool as error:
                for task in running.values():
                    tries[task.number] = tries.get(task.number, 0) + 1
                    if tries[task.number] >= TRIES:
                        raise worn_out(task) from error
                    waiting.append(task._replace(careful=tries[task.number] == TRIES - 1))
                logger.warning("a worker died; trying %d shards again", len(waiting))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def worn_out(task: ShardTask) -> RetryableBackendError:
    """Build the error for a task whose worker died `TRIES` times."""
    return RetryableBackendError(
        f"shard {task.number}: its worker died {TRIES} times",
        hint="fewer --workers or smaller --shard-rows need less memory",
    )


def spawn_pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool of spawned processes that end when this one is gone."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(os.getpid(),))


def collect_rarely() -> None:
    """Let Python look for reference cycles less often in this process: rows make hundreds of thousands of small tuples.

    Looking through them again and again takes a quarter of the time of aligning; there are next to no cycles. The
    thresholds are our default.
    """
    gc.set_threshold(100_000, 20, 20)


def _start_worker(parent: int) -> None:
    """Set a worker up."""
    collect_rarely()
    _follow_parent(parent)


def _follow_parent(parent: int) -> None:
    """End this worker when its parent has gone (after a SIGKILL nobody else would tell it)."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
