"""The rows and rejects of a directory, read shard by shard."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from cscl_data.errors import InputError
from cscl_data.evaluation.corpus import SwitchingTally
from cscl_data.io.shards import iter_shard, open_parquet
from cscl_data.pipelines.inspection.looks import BUNDLE_SCHEMA, LOOKS, Look, SwitchingLook
from cscl_data.pipelines.inspection.problems import Problems
from cscl_data.pipelines.inspection.sampling import IdLedger, Reservoir
from cscl_data.pipelines.inspection.shown import ShownReject, ShownRow
from cscl_data.records import REASONS, SCHEMA_KEY, SCHEMAS, is_bundle, printable

_EXAMPLES_PER_REASON = 3
_EXAMPLE_CHARACTERS = 400


class RowsSeen(NamedTuple):
    """What reading all rows gave: how many, their statistics, the sample, and what compares them with others."""

    total: int
    statistics: dict[str, Any]
    sample: list[ShownRow]
    tally: SwitchingTally | None


class RejectsSeen(NamedTuple):
    """Rejects by reason, and the first few of each."""

    by_reason: dict[str, int]
    examples: list[ShownReject]


def kind_of(paths: list[Path], manifest: Mapping[str, Any]) -> str | None:
    """Return the schema of a directory's rows, from the first shard that can be opened; None if it is none of ours.

    Args:
        paths: its data shards.
        manifest: its manifest, asked where no shard can be opened.
    """
    for path in paths:
        try:
            with open_parquet(path) as file:
                schema = file.schema_arrow
        except InputError:
            continue
        name = ((schema.metadata or {}).get(SCHEMA_KEY) or b"").decode("utf-8", "replace")
        if name in LOOKS:
            return name
        has_bundle = "bundle" in schema.names and pa.types.is_struct(schema.field("bundle").type)
        return BUNDLE_SCHEMA if has_bundle else None
    name = str(manifest.get("schema"))
    return name if name in LOOKS else None


def read_rows(paths: list[Path], kind: str, look: Look, problems: Problems, *, sample: int, seed: int) -> RowsSeen:
    """Read every row once: check it, count it, and offer it to the sample.

    Memory does not grow with the rows but for 8 bytes an id.
    """
    ids, reservoir = IdLedger(), Reservoir[Mapping[str, Any]](sample, seed)
    count = 0
    for path in paths:
        place = f"data/{path.name}"
        for row in sound_rows(path, place, kind, problems):
            count += 1
            row_id = look.row_id(row)
            ids.add(row_id)
            for fault in look.take(row):
                problems.add(f"{place} row {row_id}", fault)
            reservoir.offer(row)
        for fault in look.end_shard():
            problems.add(place, fault)
    repeated = ids.repeated()
    statistics = {**look.statistics(), "repeated_ids": repeated}
    if repeated:
        statistics["repeated_id_examples"] = ids.examples(_ids(paths, kind, look))
    tally = look.tally if isinstance(look, SwitchingLook) else None
    return RowsSeen(count, statistics, look.show(reservoir.items()), tally)


def read_rejects(paths: list[Path], manifest: Mapping[str, Any], problems: Problems) -> RejectsSeen:
    """Read every reject: count its reason, which must be one of the closed list, and keep the first few of each."""
    counts: Counter[str] = Counter()
    examples: list[ShownReject] = []
    for path in paths:
        place = f"rejects/{path.name}"
        for row in sound_rows(path, place, "reject/1", problems):
            reason = row["reason"]
            counts[reason] += 1
            if reason not in REASONS:
                problems.add(f"{place} reject {row['id']}", f"unknown reason {reason!r}")
            if counts[reason] <= _EXAMPLES_PER_REASON:
                examples.append(ShownReject(row["id"], reason, _cut(row["detail"]), _cut(_readable(row["row"]))))
    stated = manifest.get("rejects_by_reason")
    if stated is not None and dict(counts) != stated:
        problems.add("rejects/", f"the files hold {dict(sorted(counts.items()))}, the manifest states {stated}")
    return RejectsSeen(dict(sorted(counts.items())), sorted(examples, key=lambda reject: reject.reason))


def sound_rows(path: Path, place: str, kind: str, problems: Problems) -> Iterator[dict[str, Any]]:
    """Yield the rows of a shard with the right schema; a shard that is damaged or of another schema is a problem."""
    try:
        with open_parquet(path) as file:
            schema = file.schema_arrow
        fault = _schema_fault(schema, kind)
        if fault:
            problems.add(place, fault)
            return
        yield from iter_shard(path)
    except InputError as error:
        problems.add(place, error.message.removeprefix(f"{path}: "))


def _schema_fault(schema: pa.Schema, kind: str) -> str | None:
    name = ((schema.metadata or {}).get(SCHEMA_KEY) or b"").decode("utf-8", "replace")
    if kind == BUNDLE_SCHEMA:
        there = "bundle" in schema.names and is_bundle(schema.field("bundle").type)
        return None if there else "has no column `bundle` of the right type"
    if name != kind:
        return f"has the schema {name or 'of no name'}, not {kind}"
    if not schema.equals(SCHEMAS[kind], check_metadata=False):
        return f"its columns are not those of {kind}"
    return None


def _readable(row: str) -> str:
    """Return a reject's input row, which is kept as ASCII JSON, in its own characters."""
    try:
        return printable(json.dumps(json.loads(row), ensure_ascii=False))
    except ValueError:
        return row


def _cut(text: str) -> str:
    return text if len(text) <= _EXAMPLE_CHARACTERS else text[:_EXAMPLE_CHARACTERS] + "..."


def _ids(paths: list[Path], kind: str, look: Look) -> Iterator[str]:
    column = {BUNDLE_SCHEMA: "bundle", "alignment/1": "pair_id"}.get(kind, "id")
    for path in paths:
        try:
            for row in iter_shard(path, [column]):
                yield look.row_id(row)
        except InputError:
            continue
