"""What an engine is: it runs a function over tasks and knows nothing of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from cscl_data.errors import ConfigError, unknown_name


class ShardTask(NamedTuple):
    """One unit of work: the shard's number from 0, and what its function needs (picklable).

    `careful` says that workers have died of it before, and that this is the last try.
    """

    number: int
    payload: Any
    careful: bool = False


class ShardReport(NamedTuple):
    """What a shard function gives back: the shard's number and its counts (picklable, small).

    `seconds` says where its time went, by stage; it is part of no result.
    """

    number: int
    facts: dict[str, Any]
    seconds: dict[str, float] = {}  # noqa: RUF012 - never changed


ShardFunction = Callable[[ShardTask], ShardReport]


class Engine(Protocol):
    """Runs shard functions somewhere."""

    def run(self, shard_function: ShardFunction, tasks: Iterable[ShardTask]) -> Iterator[ShardReport]:
        """Yield one report for every task, in the order in which they finish.

        Tasks are drawn as workers become free, so that a long stream of tasks needs no memory.

        Raises:
            CsclError: the first error of a shard function; tasks that have not started are dropped.
        """
        ...


ENGINES = ("local", "ray")
"""Names that `load_engine` knows."""


def load_engine(
    name: str, *, workers: int, address: str | None = None, home: Callable[[Any], Any] | None = None
) -> Engine:
    """Return the engine called `name`.

    Args:
        name: of `ENGINES`.
        workers: processes, or actors.
        address: of a Ray cluster; None starts a local one.
        home: answers, in this process, what shard functions on Ray ask by `call_home`; for Ray alone.

    Raises:
        ConfigError: the name is unknown, `workers` is below 1, or an address is given to an engine that has none.
        BackendError: the engine's package is not installed.
    """
    if name not in ENGINES:
        raise unknown_name("engine", name, ENGINES)
    if name == "ray":
        from cscl_data.engine.ray_cluster import RayEngine

        return RayEngine(workers=workers, address=address, home=home)
    if address is not None:
        raise ConfigError(f"--ray-address {address}: the engine is {name}", hint="give --engine ray, or leave it out")
    from cscl_data.engine.local import LocalEngine

    return LocalEngine(workers=workers)
