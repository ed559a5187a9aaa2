"""Runs a job shard by shard: resume, conservation, manifest. Knows nothing of what a row is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from cscl_data.engine import ShardReport, ShardTask, load_engine
from cscl_data.errors import TooManyRejectsError
from cscl_data.io.atomic import remove_partials, write_json
from cscl_data.io.card import write_card
from cscl_data.io.dataset import MANIFEST
from cscl_data.pipelines.manifest import Merge, finished, make_manifest, recorded, stands
from cscl_data.pipelines.pace import Pace, PaceTaker, write_pace
from cscl_data.pipelines.parts import Part, way_to_part
from cscl_data.pipelines.plan import JobPlan, claimed
from cscl_data.pipelines.shard import Work, run_shard
from cscl_data.records import named_schema, schema_for

logger = logging.getLogger(__name__)

ReportListener = Callable[[ShardReport], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Options that change no row and no shard.

    Attributes:
        workers: processes.
        engine: where shards run.
        ray_address: the cluster of the engine `ray`; None starts a local one.
        overwrite: start anew.
        max_reject_rate: share of rejects in [0, 1] above which the run ends with an error.
        argv: the command as typed, for the manifest.
        part: which shards are made, where several runs share a job; None makes all of them.
    """

    workers: int = 1
    engine: str = "local"
    overwrite: bool = False
    max_reject_rate: float = 0.5
    argv: Sequence[str] = ()
    part: Part | None = None
    ray_address: str | None = None


class JobReport(NamedTuple):
    """How a job ended: its manifest, the seconds it took and where they went, and how many shards were done before."""

    manifest: dict[str, Any]
    elapsed_s: float
    resumed_shards: int
    pace: Pace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The parts of a job that differ from command to command.

    Attributes:
        prepare: runs once before the first shard; gives the function that works on one
            shard's payload. That function must be picklable.
        chunks: gives the payload of each shard, in order; called once.
        rows_read: rows read per input, after the last chunk was drawn.
        columns: the output's Arrow schema where it depends on the input; else the plan's schema decides.
        merge: adds the shards' summaries for the manifest's `report`.
        home: answers what work on Ray asks of this process, see `call_home`.
    """

    prepare: Callable[[], Work]
    chunks: Callable[[], Iterable[Any]]
    rows_read: Callable[[], Sequence[int]]
    columns: pa.Schema | None = None
    merge: Merge | None = None
    home: Callable[[Any], Any] | None = None


def run_job(
    out: Path, plan: JobPlan, stages: Stages, options: RunOptions, on_shard: ReportListener | None = None
) -> JobReport:
    """Run what is left of a job, and write its manifest when all shards stand.

    Raises:
        ConfigError: `out` holds a run with other settings or input.
        OutputError: `out` cannot be written or is in use.
        TooManyRejectsError: the output is valid, but more than `max_reject_rate` of the items were rejected.
        SchemaError: items are not rows plus rejects, or a row breaks its schema (a bug worth reporting).
    """
    started = time.monotonic()
    pace = None
    plan = replace(plan, part=options.part)
    with claimed(out, plan.document(), overwrite=options.overwrite):
        if there := finished(out):
            manifest, resumed = there, len(there["shards"])
        else:
            resumed, n_shards, pace = _run_shards(out, plan, stages, options, on_shard)
            write_pace(out, pace)
            manifest = make_manifest(
                out, plan, argv=options.argv, rows_read=stages.rows_read(), merge=stages.merge, n_shards=n_shards
            )
            write_card(out, manifest, languages=plan.languages)
            write_json(out / MANIFEST, manifest)
    return accepted(out, JobReport(manifest, time.monotonic() - started, resumed, pace), options.max_reject_rate)


def accepted(out: Path, report: JobReport, max_reject_rate: float) -> JobReport:
    """Return the report of a job if not too much was rejected.

    Raises:
        TooManyRejectsError: more than this share of the items were; the output is valid, and the error has the report.
    """
    manifest = report.manifest
    if manifest["rejects"] > max_reject_rate * max(1, manifest["items"]):
        error = TooManyRejectsError(
            f"{out}: {manifest['rejects']} of {manifest['items']} items rejected "
            f"({', '.join(f'{k} {v}' for k, v in manifest['rejects_by_reason'].items())}); the output is valid",
            hint=f"read {out}/rejects, or allow it with --max-reject-rate",
        )
        error.report = report
        raise error
    return report


def _run_shards(
    out: Path, plan: JobPlan, stages: Stages, options: RunOptions, on_shard: ReportListener | None
) -> tuple[int, int, Pace]:
    """Do the shards that are not done; return how many were, how many there are, and where the time went."""
    pace = PaceTaker(options.workers, way_to_part(plan.command, plan.settings))
    done = {index for index in recorded(out) if stands(out, index)}
    seen: list[int] = []

    def tasks() -> Iterator[ShardTask]:
        for index, payload in enumerate(stages.chunks()):
            seen.append(index)
            if index not in done and (plan.part is None or plan.part.takes(index)):
                yield ShardTask(index, payload)
        if not seen and (plan.part is None or plan.part.takes(0)):
            yield ShardTask(0, [])

    engine = load_engine(options.engine, workers=options.workers, address=options.ray_address, home=stages.home)
    work = stages.prepare()
    columns = schema_for(plan.schema) if stages.columns is None else named_schema(stages.columns, plan.schema)
    shard = partial(run_shard, work, out, columns, plan.rejects_text)
    pace.ready()
    for report in engine.run(shard, pace.reading(tasks())):
        logger.info("shard %05d  %s", report.number, _counts(report.facts))
        with pace.counted(report):
            if on_shard:
                on_shard(report)
    remove_partials(out)  # of workers that died in this run, whose shards others made anew
    n_shards = max(1, len(seen))
    if plan.part is not None and (told := plan.part.empty_told(n_shards)):
        logger.warning("%s", told)
    return len(done), n_shards, pace.taken()


def _counts(facts: dict[str, Any]) -> str:
    reasons = ", ".join(f"{reason} {count}" for reason, count in facts["rejects_by_reason"].items())
    return f"items {facts['items']} -> rows {facts['rows']}  rejects {facts['rejects']}" + (
        f" ({reasons})" if reasons else ""
    )
