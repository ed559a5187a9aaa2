"""Where the time of a piece of work goes, by stage. It tells the user what to change, and is part of no result."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LOAD, TOKENISE, ALIGN = "load", "tokenise", "align"
ENCODE, TRANSLATE, ASK = "encode", "translate", "ask"
MAKE, WRITE = "make rows", "write"
"""Names of stages: of a worker that loads a model, cuts text, or aligns by what was learned; runs an encoder or a
translation model, or waits for an endpoint; does what is left, and writes."""


class Stopwatch:
    """Adds up seconds by stage; of stages inside each other, the innermost counts.

    Attributes:
        seconds: by stage, of the stages that have ended or are around one that began.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inside: list[str] = []
        self._since = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the block to a stage."""
        self._count()
        self._inside.append(name)
        try:
            yield
        finally:
            self._count()
            self._inside.pop()

    def _count(self) -> None:
        now = time.perf_counter()
        if self._inside:
            self.seconds[self._inside[-1]] = self.seconds.get(self._inside[-1], 0.0) + now - self._since
        self._since = now


_watch: ContextVar[Stopwatch | None] = ContextVar("watch", default=None)


@contextmanager
def watched() -> Iterator[Stopwatch]:
    """Time the stages that this thread goes through in the block."""
    watch = Stopwatch()
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Count the block to a stage, where somebody watches; nothing may be yielded from inside it.

    A block is to be a batch: it costs some microseconds.
    """
    watch = _watch.get()
    if watch is None:
        yield
        return
    with watch.stage(name):
        yield
