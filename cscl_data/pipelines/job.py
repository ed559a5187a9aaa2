"""Runs a job shard by shard: resume, conservation, manifest. Knows nothing of what a row is."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from cscl_data import __version__
from cscl_data.engine import ShardReport, ShardTask, load_engine
from cscl_data.errors import SchemaError, TooManyRejectsError
from cscl_data.io.atomic import write_json
from cscl_data.io.card import write_card
from cscl_data.io.dataset import MANIFEST, read_manifest
from cscl_data.io.shards import table_from_rows, write_shard
from cscl_data.io.sources import DATA
from cscl_data.pipelines.plan import STATE, JobPlan, claimed
from cscl_data.records import Reject, named_schema, schema_for

logger = logging.getLogger(__name__)

ReportListener = Callable[[ShardReport], None]


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


Work = Callable[[Any], ShardOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Options that never change the result.

    Attributes:
        workers: processes.
        engine: where shards run.
        overwrite: start anew.
        max_reject_rate: share of rejects in [0, 1] above which the run ends with an error.
        argv: the command as typed, for the manifest.
    """

    workers: int = 1
    engine: str = "local"
    overwrite: bool = False
    max_reject_rate: float = 0.5
    argv: Sequence[str] = ()


class JobReport(NamedTuple):
    """How a job ended: its manifest, the seconds it took, and how many shards had been done before."""

    manifest: dict[str, Any]
    elapsed_s: float
    resumed_shards: int


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
    """

    prepare: Callable[[], Work]
    chunks: Callable[[], Iterable[Any]]
    rows_read: Callable[[], Sequence[int]]
    columns: pa.Schema | None = None
    merge: Callable[[Iterable[dict[str, Any]]], dict[str, Any]] | None = None


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
    with claimed(out, plan, overwrite=options.overwrite):
        if (out / MANIFEST).exists() and _is_finished(out):
            manifest = read_manifest(out)
            resumed = len(manifest["shards"])
        else:
            resumed, n_shards = _run_shards(out, plan, stages, options, on_shard)
            manifest = _manifest(out, plan, options, stages, n_shards)
            write_card(out, manifest, languages=plan.languages)
            write_json(out / MANIFEST, manifest)
    if manifest["rejects"] > options.max_reject_rate * max(1, manifest["items"]):
        raise TooManyRejectsError(
            f"{out}: {manifest['rejects']} of {manifest['items']} items rejected "
            f"({', '.join(f'{k} {v}' for k, v in manifest['rejects_by_reason'].items())}); the output is valid",
            hint=f"read {out}/rejects, or allow it with --max-reject-rate",
        )
    return JobReport(manifest, time.monotonic() - started, resumed)


def run_shard(work: Work, out: Path, schema: pa.Schema, rejects_text: str, task: ShardTask) -> ShardReport:
    """Do one shard and write it: rows, rejects, then the file that says it is done.

    Raises:
        SchemaError: items are not rows plus rejects.
    """
    outcome = work(task.payload)
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
        **({"summary": outcome.summary} if outcome.summary is not None else {}),
    }
    write_json(out / STATE / "shards" / f"{task.number:05d}.json", facts)
    return ShardReport(task.number, facts)


def _run_shards(
    out: Path, plan: JobPlan, stages: Stages, options: RunOptions, on_shard: ReportListener | None
) -> tuple[int, int]:
    """Do the shards that are not done; return how many were, and how many there are."""
    done = {index for index in _recorded(out) if _stands(out, index)}
    seen: list[int] = []

    def tasks() -> Iterator[ShardTask]:
        for index, payload in enumerate(stages.chunks()):
            seen.append(index)
            if index not in done:
                yield ShardTask(index, payload)
        if not seen:
            yield ShardTask(0, [])

    work = stages.prepare()
    columns = schema_for(plan.schema) if stages.columns is None else named_schema(stages.columns, plan.schema)
    shard = partial(run_shard, work, out, columns, plan.rejects_text)
    engine = load_engine(options.engine, workers=options.workers)
    for report in engine.run(shard, tasks()):
        logger.info("shard %05d  %s", report.number, _counts(report.facts))
        if on_shard:
            on_shard(report)
    return len(done), max(1, len(seen))


def _manifest(out: Path, plan: JobPlan, options: RunOptions, stages: Stages, n_shards: int) -> dict[str, Any]:
    if _recorded(out) != list(range(n_shards)):
        missing = sorted(set(range(n_shards)) ^ set(_recorded(out)))
        raise SchemaError(f"{out}: shards {missing} are not where {n_shards} shards should be")
    shards = [json.loads((out / STATE / "shards" / f"{i:05d}.json").read_text()) for i in _recorded(out)]
    reasons: Counter[str] = Counter()
    for facts in shards:
        reasons.update(facts["rejects_by_reason"])
    manifest = {
        "schema": plan.schema,
        "command": plan.command,
        "argv": list(options.argv),
        "settings": plan.settings,
        "sig": plan.sig,
        "versions": {"cscl-data": __version__, **plan.versions},
        "seed": plan.seed,
        "deterministic": plan.deterministic,
        "inputs": _inputs(plan, stages.rows_read()),
        "rows_in": sum(facts["rows_in"] for facts in shards),
        "items": sum(facts["items"] for facts in shards),
        "rows_out": sum(facts["rows"] for facts in shards),
        "rejects": sum(facts["rejects"] for facts in shards),
        "rejects_by_reason": dict(sorted(reasons.items())),
        "shards": [
            {
                "path": f"data/train-{facts['index']:05d}.parquet",
                "rows": facts["rows"],
                "rejects": facts["rejects"],
                **facts["data"],
            }
            for facts in shards
        ],
    }
    if stages.merge is not None:
        manifest["report"] = stages.merge(facts["summary"] for facts in shards)
    if manifest["items"] != manifest["rows_out"] + manifest["rejects"]:
        raise SchemaError(f"{out}: {manifest['items']} items are not rows plus rejects")
    return manifest


def _inputs(plan: JobPlan, rows_read: Sequence[int]) -> list[dict[str, Any]]:
    """Return the manifest's inputs: the data with the rows read of each file, then what else decides the output."""
    data = [facts for facts in plan.inputs if facts.role == DATA]
    listed = [
        {"path": path, "bytes": size, "sha256": digest, "rows": rows, "licence": plan.licence}
        for (path, size, digest, *_), rows in zip(data, rows_read, strict=True)
    ]
    listed += [{**facts._asdict(), "rows": 0} for facts in plan.inputs if facts.role != DATA]
    return [{key: value for key, value in entry.items() if value is not None} for entry in listed]


def _recorded(out: Path) -> list[int]:
    return sorted(int(path.stem) for path in (out / STATE / "shards").glob("[0-9]*.json"))


def _stands(out: Path, index: int) -> bool:
    """Tell whether a shard is done: its record is there and both files have the recorded size."""
    facts = json.loads((out / STATE / "shards" / f"{index:05d}.json").read_text())
    name = f"train-{index:05d}.parquet"
    sizes = {out / "data" / name: facts["data"]["bytes"], out / "rejects" / name: facts["rejects_file"]["bytes"]}
    return all(path.is_file() and path.stat().st_size == size for path, size in sizes.items())


def _is_finished(out: Path) -> bool:
    recorded = _recorded(out)
    return bool(recorded) and all(_stands(out, index) for index in recorded)


def _counts(facts: dict[str, Any]) -> str:
    reasons = ", ".join(f"{reason} {count}" for reason, count in facts["rejects_by_reason"].items())
    return f"items {facts['items']} -> rows {facts['rows']}  rejects {facts['rejects']}" + (
        f" ({reasons})" if reasons else ""
    )
