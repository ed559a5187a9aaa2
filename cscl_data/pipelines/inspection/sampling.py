"""Keeps a little of a stream: a random sample, a thinned curve, the ids that came twice."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from hashlib import blake2b
from typing import Generic, TypeVar

from cscl_data.records import rng_for

T = TypeVar("T")


class Reservoir(Generic[T]):
    """A uniform random sample of a stream, in the order of the stream.

    Args:
        size: how many to keep, 0 or more.
        seed: the same seed and stream give the same sample.

    Source:
        vitter-1985, algorithm R. Deviations: none known.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._size = size
        self._rng = rng_for(seed, "", "inspect")
        self._kept: list[tuple[int, T]] = []
        self._seen = 0

    def offer(self, item: T) -> None:
        """Show it one item."""
        at = self._seen
        self._seen += 1
        if at < self._size:
            self._kept.append((at, item))
            return
        slot = math.floor(self._rng.random() * self._seen)
        if slot < self._size:
            self._kept[slot] = (at, item)

    def items(self) -> list[T]:
        """Return the sample so far."""
        return [item for _, item in sorted(self._kept, key=lambda entry: entry[0])]


class Thinned(Generic[T]):
    """Every k-th item of a stream, k a power of two that grows as needed to keep at most `limit`, plus the last one."""

    def __init__(self, limit: int = 400) -> None:
        self._limit, self._every, self._seen = limit, 1, 0
        self._kept: list[T] = []
        self._last: T | None = None

    def offer(self, item: T) -> None:
        """Show it one item."""
        if self._seen % self._every == 0:
            self._kept.append(item)
            self._last = None
        else:
            self._last = item
        self._seen += 1
        if len(self._kept) > self._limit:
            self._last = self._kept[-1] if len(self._kept) % 2 == 0 else self._last
            self._kept, self._every = self._kept[::2], self._every * 2

    def items(self) -> list[T]:
        """Return what is kept."""
        return [*self._kept, *([] if self._last is None else [self._last])]


class IdLedger:
    """Notices ids that come twice; needs 8 bytes an id (an unlike pair is taken for alike once in 10^19)."""

    def __init__(self) -> None:
        self._digests = array("Q")

    def add(self, row_id: str) -> None:
        """Note an id."""
        self._digests.append(_digest(row_id))

    def repeated(self) -> int:
        """Count the rows whose id stood before: rows minus distinct ids."""
        import numpy as np

        digests = np.frombuffer(self._digests, dtype=np.uint64)
        return len(digests) - len(np.unique(digests))

    def examples(self, ids: Iterable[str], limit: int = 5) -> list[str]:
        """Return the first ids that come twice, given all ids again in the same order."""
        import numpy as np

        values, counts = np.unique(np.frombuffer(self._digests, dtype=np.uint64), return_counts=True)
        twice = set(values[counts > 1].tolist())
        found: dict[str, None] = {}
        for row_id in ids:
            if len(found) == min(limit, len(twice)):
                break
            if _digest(row_id) in twice:
                found[row_id] = None
        return list(found)


def _digest(row_id: str) -> int:
    return int.from_bytes(blake2b(row_id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
