"""The processes that train together: which one this is, and how they tell each other something.

Nothing here imports torch before it is needed, so that the processes which tokenise stay small.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """One of `size` processes that take the same steps; a process alone talks to nobody.

    Every method but `share` waits for all processes, so all must call it, in the same order.

    Args:
        rank: its number among all, from 0.
        size: how many there are.
        local: its number on its own machine, which is that of its GPU.
    """

    rank: int = 0
    size: int = 1
    local: int = 0

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes: log, checkpoints' names, models, manifest."""
        return self.rank == 0

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """Return every `size`-th item, from the one with this process's number on."""
        return items[self.rank :: self.size]

    def gather(self, value: T) -> list[T]:
        """Return the value of every process, in the order of their numbers."""
        if self.size == 1:
            return [value]
        import torch.distributed as dist

        values: list[Any] = [None] * self.size
        dist.all_gather_object(values, value)
        return values

    def from_first(self, value: T) -> T:
        """Return the value that the first process has; what the others give is not looked at."""
        return self.gather(value if self.is_first else None)[0]  # type: ignore[return-value]

    def any(self, flag: bool) -> bool:
        """Say whether the flag is set in any process."""
        return any(self.gather(flag))

    def wait(self) -> None:
        """Wait until all have come here."""
        self.gather(None)


ALONE = Ranks()


def is_first_process() -> bool:
    """Say whether this is the first of the processes that `torchrun` started, or alone; told from the environment."""
    return os.environ.get("RANK", "0") == "0"
