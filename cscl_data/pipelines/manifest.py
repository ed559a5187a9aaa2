"""The manifest of a finished job, added up from what every shard left, and which shards are done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from cscl_data import __version__
from cscl_data.errors import InputError, SchemaError
from cscl_data.io.dataset import read_manifest
from cscl_data.io.sources import DATA
from cscl_data.pipelines.plan import STATE, JobPlan

Merge = Callable[[Iterable[dict[str, Any]]], dict[str, Any]]
"""Adds up the summaries of shards."""


def make_manifest(
    out: Path,
    plan: JobPlan,
    *,
    argv: Sequence[str],
    rows_read: Sequence[int],
    merge: Merge | None,
    n_shards: int,
) -> dict[str, Any]:
    """Add up the records of all shards.

    Args:
        out: the job's output directory.
        plan: what it was made under.
        argv: the command as typed.
        rows_read: rows read per data file.
        merge: adds the shards' summaries for `report`.
        n_shards: how many shards the job has; a part of it makes some of them.

    Raises:
        SchemaError: a shard is missing, or items are not rows plus rejects (a bug worth reporting).
    """
    numbers = [n for n in range(n_shards) if plan.part is None or plan.part.takes(n)]
    if recorded(out) != numbers:
        missing = sorted({*numbers} ^ {*recorded(out)})
        raise SchemaError(f"{out}: shards {missing} are not where {len(numbers)} shards should be")
    manifest = {
        "schema": plan.schema,
        "command": plan.command,
        "argv": list(argv),
        "settings": plan.settings,
        "sig": plan.sig,
        "versions": {"cscl-data": __version__, **plan.versions},
        "seed": plan.seed,
        "deterministic": plan.deterministic,
        "inputs": _inputs(plan, rows_read),
        **({} if plan.part is None else {"part": {**plan.part._asdict(), "shards": n_shards}}),
        **added_up(record_of(out, n) for n in numbers),
    }
    if merge is not None:
        manifest["report"] = merge(summaries_of(record_of(out, n) for n in numbers))
    if manifest["items"] != manifest["rows_out"] + manifest["rejects"]:
        raise SchemaError(f"{out}: {manifest['items']} items are not rows plus rejects")
    return manifest


def added_up(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return what a manifest says of the shards of a job, from their records."""
    shards = list(records)
    reasons: Counter[str] = Counter()
    for facts in shards:
        reasons.update(facts["rejects_by_reason"])
    return {
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


def _inputs(plan: JobPlan, rows_read: Sequence[int]) -> list[dict[str, Any]]:
    """Return the manifest's inputs: the data with the rows read of each file, then what else decides the output."""
    data = [facts for facts in plan.inputs if facts.role == DATA]
    listed = [
        {"path": path, "bytes": size, "sha256": digest, "rows": rows, "licence": plan.licence}
        for (path, size, digest, *_), rows in zip(data, rows_read, strict=True)
    ]
    listed += [{**facts._asdict(), "rows": 0} for facts in plan.inputs if facts.role != DATA]
    return [{key: value for key, value in entry.items() if value is not None} for entry in listed]


def recorded(out: Path) -> list[int]:
    """Return the numbers of the shards that have a record."""
    return sorted(int(path.stem) for path in (out / STATE / "shards").glob("[0-9]*.json"))


def summaries_of(records: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Return the summaries of all shards; a shard that was done in pieces has several."""
    return (summary for record in records for summary in record["summaries"])


def record_of(out: Path, index: int) -> dict[str, Any]:
    """Return what a finished shard has left beside its files: counts, sizes, hashes."""
    facts: dict[str, Any] = json.loads((out / STATE / "shards" / f"{index:05d}.json").read_text(encoding="utf-8"))
    return facts


def stands(out: Path, index: int) -> bool:
    """Tell whether a shard is done: its record is there and whole, and both files have the recorded size."""
    name = f"train-{index:05d}.parquet"
    try:
        facts = record_of(out, index)
        sizes = {out / "data" / name: facts["data"]["bytes"], out / "rejects" / name: facts["rejects_file"]["bytes"]}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
    return all(path.is_file() and path.stat().st_size == size for path, size in sizes.items())


def finished(out: Path) -> dict[str, Any] | None:
    """Return the manifest of a job; None where there is none, or a shard or it itself is missing or damaged."""
    try:
        manifest = read_manifest(out)
        n_shards = len(manifest["shards"])
    except (InputError, KeyError, TypeError):
        return None
    numbers = recorded(out)
    whole = len(numbers) == n_shards > 0 and all(stands(out, index) for index in numbers)
    return manifest if whole else None
