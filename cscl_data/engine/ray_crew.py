"""The actors of a run on Ray: they start, get tasks, die and are replaced."""

from __future__ import annotations

import logging
import math
import os
from pathlib import Path
from typing import Any

from cscl_data.engine.base import ShardFunction, ShardReport, ShardTask
from cscl_data.engine.local import TRIES, collect_rarely
from cscl_data.engine.ray_home import set_home
from cscl_data.errors import BackendError

logger = logging.getLogger(__name__)

PATIENCE_S = 10.0
"""How long no worker may start before the user is told (our default); a cluster that grows takes longer."""
_OURS = "CSCL_DATA_"
"""How the variables begin that a command leaves in its environment for its workers."""


class Crew:
    """Actors: those that are starting, those without a task, and those at one.

    Attributes:
        idle: actors that could take a task now.
        running: actor and task, by the result to come.

    Args:
        ray: the package.
        size: number of actors.
        box: what `call_home` goes through; None where nothing is asked.
    """

    def __init__(self, ray: Any, size: int, box: Any | None) -> None:
        self._ray, self._size, self._box = ray, size, box
        self.idle: list[Any] = []
        self.running: dict[Any, tuple[Any, ShardTask]] = {}
        self._starting: dict[Any, Any] = {}
        self._failed = 0
        self._told = False
        for _ in range(size):
            self._start()

    @property
    def calls_home(self) -> bool:
        """Whether tasks ask something of the process that runs the command."""
        return self._box is not None

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
        actor = self._ray.remote(num_cpus=1, num_gpus=gpus)(_Worker).remote(folder, _variables(), self._box)
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

    def __init__(self, folder: str, variables: dict[str, str], box: Any | None) -> None:
        os.chdir(folder)
        for name in _variables():
            del os.environ[name]  # a node's own environment decides nothing
        os.environ.update(variables)
        set_home(box)
        collect_rarely()

    def ready(self) -> None:
        """Return as soon as the actor runs."""

    def run(self, function: ShardFunction, task: ShardTask) -> ShardReport:
        return function(task)


def _variables() -> dict[str, str]:
    """Return what the environment of this process holds for workers: they are not its children in a cluster."""
    return {name: value for name, value in os.environ.items() if name.startswith(_OURS)}


def _last_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[-1].strip()
