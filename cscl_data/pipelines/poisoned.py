"""Work on a shard that some of its rows end: they are found by halving and rejected, and the rest goes on."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, TypeVar

from cscl_data.engine.local import spawn_pool
from cscl_data.errors import BackendError, CsclError
from cscl_data.records import Reject

logger = logging.getLogger(__name__)

MOST_POISONED = 3
"""Rows of one shard that may be rejected for what they do to the work; more are taken for a fault of the work, which is
raised. Our default."""
STAGE = "work"
_DETAIL_CHARACTERS = 1_000

T = TypeVar("T")


class Poison(NamedTuple):
    """A row that ended the work: its reject, and how many input rows it stands for."""

    reject: Reject
    n_rows: int


class Halves(Generic[T]):
    """Does the pieces of a payload that can be done, and finds the rows that cannot.

    Attributes:
        done: results of the pieces, in order.
        poison: rows that ended the work, in order.

    Raises:
        Exception: what the work raised, where more than `MOST_POISONED` rows end it.
        CsclError: the work raised it; it is about more than a row.
    """

    def __init__(self, attempt: Callable[[Sequence[Any]], T], payload: Sequence[Any], failure: Exception) -> None:
        self.done: list[T] = []
        self.poison: list[Poison] = []
        self._attempt = attempt
        self._halve(payload, failure)

    def _do(self, payload: Sequence[Any]) -> None:
        try:
            self.done.append(self._attempt(payload))
        except WorkerDiedError as error:
            self._halve(payload, error)
        except CsclError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a row does to a library
            self._halve(payload, error)

    def _halve(self, payload: Sequence[Any], failure: Exception) -> None:
        if len(payload) > 1:
            middle = len(payload) // 2
            self._do(payload[:middle])
            self._do(payload[middle:])
            return
        if not payload or len(self.poison) == MOST_POISONED:
            raise failure
        self.poison.append(_poison(payload[0], failure))
        logger.warning("%s ends the work (%s); rejected", self.poison[-1].reject.id, type(failure).__name__)


class WorkerDiedError(BackendError):
    """The process that did a piece of a shard died."""


@contextmanager
def in_children(work: Callable[[Any], T]) -> Iterator[Callable[[Any], T]]:
    """Give a function that does what `work` does in a child process, a new one behind each that has died.

    Raises:
        WorkerDiedError: raised by that function: its child died.
    """
    pools: list[ProcessPoolExecutor] = []

    def attempt(payload: Any) -> T:
        if not pools:
            pools.append(spawn_pool(1))
        try:
            return pools[-1].submit(work, payload).result()
        except BrokenProcessPool as error:
            pools.pop().shutdown(wait=False)
            raise WorkerDiedError("the process that worked on it died") from error

    try:
        yield attempt
    finally:
        for pool in pools:
            pool.shutdown(wait=True, cancel_futures=True)


def _poison(item: Any, failure: Exception) -> Poison:
    told = "".join(traceback.format_exception(failure)).strip()
    n_rows = int(getattr(item, "n_rows", None) or getattr(item, "rows", None) or 1)
    while True:  # an item may wrap the row: a pair with its links, a language and a document with its weight
        inner = item[-1] if type(item) is tuple else getattr(item, "pair", None) or getattr(item, "item", None)
        if inner is None:
            break
        item, n_rows = inner, int(getattr(inner, "rows", None) or n_rows)
    name = getattr(item, "id", None) or getattr(item, "doc_id", None) or "a row"
    detail = told if len(told) <= _DETAIL_CHARACTERS else "..." + told[-_DETAIL_CHARACTERS:]
    source = _input_of(item)
    return Poison(Reject(id=str(name), stage=STAGE, reason="backend_crash", detail=detail, source=source), n_rows)


def _input_of(item: Any) -> Mapping[str, Any]:
    """Return the input row behind an item, for the reject."""
    if callable(getattr(item, "row", None)):
        row: Mapping[str, Any] = item.row()
        return row
    if isinstance(getattr(item, "values", None), Mapping):  # a record
        values: Mapping[str, Any] = item.values
        return values
    return item._asdict() if hasattr(item, "_asdict") else {"item": repr(item)}
