"""How a run spent its time: the share of each stage, and the bottleneck.

It differs from run to run, so that it stands in `.cscl/pace.json`, in the summary and on the page of `inspect`, and
never in the manifest.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from cscl_data.engine import ShardReport
from cscl_data.io.atomic import write_json
from cscl_data.io.claim import STATE
from cscl_data.io.stopwatch import ASK, ENCODE, LOAD, TRANSLATE, WRITE

FILE = "pace.json"
READ, WAIT, PREPARE, PUBLISH = "read", "wait", "prepare", "publish"
"""Stages beside those of a worker: the input read by the parent, workers without work, what comes before the first
shard, and a finished shard shown and uploaded."""

WORTH_S = 10.0
"""Seconds of a run from which on it is told what would help; below, starting and importing decide. Our default."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Where the time of a run went.

    Attributes:
        workers: processes that shards ran in.
        cores: of the machine that the run was started on.
        shards: made by this run.
        prepare_s: seconds before the first shard: fitting, loading.
        shards_s: seconds from then to the last shard.
        read_s: of those, seconds in which the input was read, beside the workers.
        worker_s: seconds of all workers together, by stage.
        parted: the options by which several machines share the job, see `way_to_part`; None where it has none.
    """

    workers: int
    cores: int
    shards: int
    prepare_s: float
    shards_s: float
    read_s: float
    worker_s: dict[str, float]
    parted: str | None = None

    def shares(self) -> dict[str, float]:
        """Return the share in [0, 1] that each stage has of the workers' time, the largest first; they add up to 1."""
        whole = max(self.workers * self.shards_s, sum(self.worker_s.values()), 1e-9)
        found = {name: seconds / whole for name, seconds in self.worker_s.items()}
        found[WAIT] = max(0.0, 1.0 - sum(found.values()))
        return dict(sorted(found.items(), key=lambda one: -one[1]))

    def read_share(self) -> float:
        """Return the share in [0, 1] of the shards' time in which the input was being read."""
        return min(1.0, self.read_s / max(self.shards_s, 1e-9))

    def bottleneck(self) -> tuple[str, str]:
        """Return the stage that holds the run up, and what would help; with one worker never fewer of them.

        Workers that wait are held up by reading where that goes on for more than half of the time (our default).
        """
        if self.prepare_s > self.shards_s:
            return PREPARE, "what comes before the first shard takes longest: more --workers will not help"
        first = next(iter(self.shares()))
        if first == WAIT:
            if self.read_share() > 0.5:
                return READ, "workers wait for input: more --workers will not help; a job for each input file does"
            if self.workers == 1:
                return WAIT, "the worker waits, most of all for its first shard: smaller --shard-rows"
            return WAIT, "processes start and wait for the last shards: fewer --workers or smaller --shard-rows"
        if first in (ENCODE, TRANSLATE):
            more = f" or {self._another()}" if self.parted else ""
            return first, f"the model works on the device: a GPU (--device cuda){more} helps"
        if first == LOAD:
            fewer = "" if self.workers == 1 else "fewer --workers, or "
            return first, f"models load longer than they work: {fewer}more input in one run"
        if first == ASK:
            return first, "workers wait for the endpoint: more --llm-concurrency helps where it can take more"
        if first in (WRITE, PUBLISH):
            return first, "a faster disk or store for --out helps"
        if ASK in self.worker_s and self.workers == 1:
            return first, f"one process makes the rows of all answers: {self._another()} helps"
        if self.workers < self.cores:
            return first, f"more --workers help: {self.workers} on {self.cores} cores"
        return first, f"every core has a worker: {self._another()} helps"

    def _another(self) -> str:
        return f"another machine ({self.parted})" if self.parted else "a machine with more cores"

    def table(self) -> tuple[tuple[str, str], ...]:
        """Return names and values for a page."""
        return (
            ("shards made", f"{self.shards:,}"),
            ("seconds before the first shard", f"{self.prepare_s:.1f}"),
            ("seconds of all shards", f"{self.shards_s:.1f}"),
            *((f"workers ({self.workers}): {name}", f"{100 * share:.1f} %") for name, share in self.shares().items()),
            ("reading, beside them", f"{100 * self.read_share():.1f} %"),
            *((("bottleneck", "; ".join(self.bottleneck())),) if self.is_telling else ()),
        )

    def lines(self) -> list[str]:
        """Return what the summary says of it; nothing for a run that made no shard, no advice for a short one."""
        if not self.shards:
            return []
        told = ", ".join(f"{name} {share:.0%}" for name, share in self.shares().items() if share >= 0.005)
        who = "the worker" if self.workers == 1 else f"{self.workers} workers"
        shards = f"{self.shards:,} shard" + ("" if self.shards == 1 else "s")
        lines = [
            f"time: {self.prepare_s:.1f} s to prepare, {self.shards_s:.1f} s for {shards}; of {who}: {told}; "
            f"reading beside it: {self.read_share():.0%}"
        ]
        return lines + ([f"bottleneck: {'; '.join(self.bottleneck())}"] if self.is_telling else [])

    @property
    def is_telling(self) -> bool:
        """Whether the run was long enough for its shares to say what would help."""
        return self.prepare_s + self.shards_s >= WORTH_S


class PaceTaker:
    """Takes the time of a run. It begins when it is made; the shards begin with `ready`."""

    def __init__(self, workers: int, parted: str | None = None) -> None:
        self._parted = parted
        self._workers, self._began = workers, time.monotonic()
        self._ready = self._began
        self._read_s = 0.0
        self._worker_s: defaultdict[str, float] = defaultdict(float)
        self._shards = 0

    def ready(self) -> None:
        """Note that shards begin now."""
        self._ready = time.monotonic()

    def reading(self, items: Iterable[T]) -> Iterator[T]:
        """Yield items, and count the time that each takes to come."""
        left = iter(items)
        while True:
            began = time.monotonic()
            item = next(left, self)
            self._read_s += time.monotonic() - began
            if item is self:
                return
            yield item  # type: ignore[misc]

    @contextmanager
    def counted(self, report: ShardReport) -> Iterator[None]:
        """Count a finished shard, and what the block does with it where the only worker is kept from the next one."""
        self._shards += 1
        for name, seconds in report.seconds.items():
            self._worker_s[name] += seconds
        began = time.monotonic()
        yield
        if self._workers == 1:
            self._worker_s[PUBLISH] += time.monotonic() - began

    def taken(self) -> Pace:
        """Return what was counted."""
        return Pace(
            workers=self._workers,
            cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            shards=self._shards,
            prepare_s=self._ready - self._began,
            shards_s=time.monotonic() - self._ready,
            read_s=self._read_s,
            worker_s=dict(self._worker_s),
            parted=self._parted,
        )


def write_pace(out: Path, pace: Pace) -> None:
    """Keep the pace of a run that made shards."""
    if pace.shards:
        write_json(out / STATE / FILE, asdict(pace))


def read_pace(out: Path) -> Pace | None:
    """Return the pace of the last run that made shards; None where none is kept, or it is not whole."""
    try:
        kept = json.loads((out / STATE / FILE).read_text(encoding="utf-8"))
        stages = {str(name): float(seconds) for name, seconds in kept.pop("worker_s").items()}
        counts = {name: int(kept.pop(name)) for name in ("workers", "cores", "shards")}
        parted = kept.pop("parted", None)
        times = {name: float(seconds) for name, seconds in kept.items()}
        return Pace(worker_s=stages, parted=parted, **counts, **times)  # type: ignore[arg-type]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None
