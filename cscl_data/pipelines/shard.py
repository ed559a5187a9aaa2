"""Does one shard and writes it: again, in pieces, or without the rows that end the work, if that must be."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from cscl_data.engine import ShardReport, ShardTask
from cscl_data.errors import CsclError, RetryableBackendError, SchemaError
from cscl_data.io.atomic import write_json
from cscl_data.io.shards import table_from_rows, write_shard
from cscl_data.io.stopwatch import MAKE, WRITE, watched
from cscl_data.pipelines.plan import STATE
from cscl_data.pipelines.poisoned import Halves, WorkerDiedError, in_children
from cscl_data.records import Reject, schema_for

logger = logging.getLogger(__name__)

TRIES = 3
"""How often the work on a shard is tried where its backend says that another try may help (our default)."""


class ShardOutcome(NamedTuple):
    """What the work on one shard gives: its rows and rejects, and the counts that must add up.

    `items` is counted from the input, not from the result, so that a lost row shows. `summary` is what the command
    reports beyond counts (JSON values); `Stages.merge` adds those of all shards.
    """

    rows: list[dict[str, Any]]
    rejects: list[Reject]
    rows_in: int
    items: int
    summary: dict[str, Any] | None = None
    more: tuple[dict[str, Any], ...] = ()

    @property
    def summaries(self) -> tuple[dict[str, Any], ...]:
        """The summaries of all pieces that it was done in."""
        return self.more if self.summary is None else (self.summary, *self.more)


Work = Callable[[Any], ShardOutcome]


def run_shard(work: Work, out: Path, schema: pa.Schema, rejects_text: str, task: ShardTask) -> ShardReport:
    """Do one shard and write it: rows, rejects, then the file that says it is done.

    A `RetryableBackendError` has the work tried again, `TRIES` times in all. A few rows that end the work become
    rejects `backend_crash`, see `poisoned.Halves`; where workers have died of it, children of this process do it. A
    shard for which there is not enough memory is done in halves in the same way.

    Raises:
        SchemaError: items are not rows plus rejects.
        RetryableBackendError: the last try failed too, or there is no memory for single rows.
    """
    with watched() as watch:
        with watch.stage(MAKE):
            outcome = _outcome(work, task)
        with watch.stage(WRITE):
            facts = _written(outcome, out, schema, rejects_text, task)
    return ShardReport(task.number, facts, watch.seconds)


def _written(outcome: ShardOutcome, out: Path, schema: pa.Schema, rejects_text: str, task: ShardTask) -> dict[str, Any]:
    if outcome.items != len(outcome.rows) + len(outcome.rejects):
        raise SchemaError(
            f"shard {task.number}: {outcome.items} items, but {len(outcome.rows)} rows and "
            f"{len(outcome.rejects)} rejects"
        )
    rejects = [reject.row(with_text=rejects_text != "none") for reject in outcome.rejects]
    name = f"train-{task.number:05d}.parquet"
    rows_file = write_shard(out / "data" / name, table_from_rows(outcome.rows, schema))
    rejects_file = write_shard(out / "rejects" / name, table_from_rows(rejects, schema_for("reject/1")))
    facts = {
        "index": task.number,
        "rows_in": outcome.rows_in,
        "items": outcome.items,
        "rows": len(outcome.rows),
        "rejects": len(outcome.rejects),
        "rejects_by_reason": dict(sorted(Counter(reject.reason for reject in outcome.rejects).items())),
        "data": rows_file._asdict(),
        "rejects_file": rejects_file._asdict(),
        "summaries": [*outcome.summaries],
    }
    write_json(out / STATE / "shards" / f"{task.number:05d}.json", facts)
    return facts


def _outcome(work: Work, task: ShardTask) -> ShardOutcome:
    patient = partial(_patiently, work, task.number)
    try:
        if not task.careful:
            return _whole_or_pieced(patient, task.payload)
        with in_children(patient) as attempt:
            return _whole_or_pieced(attempt, task.payload)
    except MemoryError as error:
        raise RetryableBackendError(
            f"shard {task.number}: out of memory, row by row too",
            hint="fewer --workers or smaller --shard-rows need less memory",
        ) from error


def _whole_or_pieced(attempt: Work, payload: Any) -> ShardOutcome:
    """Do the work on a shard, as a whole if that can be."""
    try:
        return attempt(payload)
    except WorkerDiedError as error:
        failure: Exception = error
    except CsclError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a row does to a library
        failure = error
    halves = Halves(attempt, payload, failure)
    return ShardOutcome(
        rows=[row for piece in halves.done for row in piece.rows],
        rejects=[reject for piece in halves.done for reject in piece.rejects]
        + [poison.reject for poison in halves.poison],
        rows_in=sum(piece.rows_in for piece in halves.done) + sum(poison.n_rows for poison in halves.poison),
        items=sum(piece.items for piece in halves.done) + len(halves.poison),
        more=tuple(summary for piece in halves.done for summary in piece.summaries),
    )


def _patiently(work: Work, number: int, payload: Any) -> ShardOutcome:
    for left in range(TRIES - 1, 0, -1):
        try:
            return work(payload)
        except RetryableBackendError as error:
            logger.warning("shard %d: %s; trying again, %d more tries", number, error.message, left)
    return work(payload)
