"""Reading ahead: the next task is made by a thread while the work on one goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator, Iterable
from queue import SimpleQueue
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

_PATIENCE_S = 1.0
"""How long closing waits for the item that is being made (our default)."""


class _Ended:
    """What the thread leaves last, with the error that ended it, if one did."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def read_ahead(items: Iterable[T]) -> Generator[T]:
    """Yield items, the next one being made meanwhile: reading overlaps with what waits for a device or an endpoint.

    Items are made by one thread, in order, and never more than one ahead, so that memory stays bounded. An error of
    theirs is raised behind what was made before it.

    Closing waits a second at most for an item in the making, for nothing can stop a thread that is blocked, on a named
    pipe or a network disk. Left behind, the thread makes that item and ends; it keeps no program from ending.
    """
    made: SimpleQueue[T | _Ended] = SimpleQueue()
    room = threading.Semaphore(1)
    stopped = threading.Event()

    def make() -> None:
        error: BaseException | None = None
        try:
            left = iter(items)
            while True:
                room.acquire()
                if stopped.is_set():
                    return
                made.put(next(left))
        except StopIteration:
            pass
        except BaseException as caught:  # noqa: BLE001 - it is raised in the thread that reads
            error = caught
        made.put(_Ended(error))

    thread = threading.Thread(target=make, name="read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            item = made.get()
            if isinstance(item, _Ended):
                if item.error is not None:
                    raise item.error
                return
            room.release()
            yield item
            del item
    finally:
        stopped.set()
        room.release()
        thread.join(_PATIENCE_S)
        if thread.is_alive():
            logger.warning("the input is still being read; that ends by itself, and nobody waits for it")
