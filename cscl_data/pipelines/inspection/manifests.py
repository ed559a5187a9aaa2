"""The manifest of a directory held against its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cscl_data.errors import InputError
from cscl_data.io.dataset import read_manifest
from cscl_data.io.shards import file_facts, open_parquet
from cscl_data.pipelines.inspection.problems import Problems
from cscl_data.pipelines.plan import STATE
from cscl_data.records import REASONS

_KEYS = (
    "schema", "command", "argv", "settings", "sig", "versions", "seed", "deterministic", "inputs", "rows_in", "items",
    "rows_out", "rejects", "rejects_by_reason", "shards",
)  # fmt: skip
_COUNTS = ("rows_in", "items", "rows_out", "rejects")


def manifest_of(directory: Path, problems: Problems) -> dict[str, Any]:
    """Read a job's manifest and check that its counts add up; an unusable one is a problem and gives `{}`."""
    manifest = read_usable(directory, problems)
    if not manifest:
        return {}
    missing = [key for key in _KEYS if key not in manifest]
    if missing:
        problems.add("manifest.json", f"lacks {', '.join(missing)}")
    kinds: dict[str, type] = {"shards": list, "inputs": list, "settings": dict, "rejects_by_reason": dict}
    kinds |= dict.fromkeys(_COUNTS, int)
    wrong = [key for key, kind in kinds.items() if key in manifest and not isinstance(manifest[key], kind)]
    if wrong:
        problems.add("manifest.json", f"holds something else than expected under {', '.join(wrong)}")
        return {}
    if not missing:
        _check_counts(manifest, problems)
    return manifest


def read_usable(directory: Path, problems: Problems) -> dict[str, Any]:
    """Read `manifest.json`; one that is missing or no JSON object is a problem, and gives an empty object."""
    try:
        manifest = read_manifest(directory)
    except InputError as error:
        problems.add("manifest.json", error.message.split(": ", 1)[-1] + (f" ({error.hint})" if error.hint else ""))
        return {}
    if not manifest:
        problems.add("manifest.json", "has nothing in it")
    return manifest


def check_files(directory: Path, manifest: Mapping[str, Any], problems: Problems, *, verify: bool) -> None:
    """Check that the files of `data/` and `rejects/` are those of the manifest: names, sizes, row counts.

    Args:
        directory: a job's output.
        manifest: its manifest; an empty one checks nothing.
        problems: gets what is wrong.
        verify: hash every file too.
    """
    if not manifest:
        return
    listed = set()
    for number, shard in enumerate(manifest.get("shards", ())):
        place = str(shard.get("path", "?")) if isinstance(shard, dict) else "?"
        if not isinstance(shard, dict) or Path(place).parent.as_posix() != "data":
            problems.add("manifest.json", f"shard {number} is not a file of data/: {place}")
            continue
        name = Path(place).name
        listed.add(name)
        _check_file(directory, place, shard, problems, rows=shard.get("rows"), verify=verify)
        facts = _recorded_rejects(directory, name)
        _check_file(directory, f"rejects/{name}", facts, problems, rows=shard.get("rejects"), verify=verify)
    for part in ("data", "rejects"):
        for path in sorted((directory / part).glob("*.parquet")):
            if path.name not in listed:
                problems.add(f"{part}/{path.name}", "stands in no line of the manifest")


def _check_counts(manifest: Mapping[str, Any], problems: Problems) -> None:
    items, rows, rejects = manifest["items"], manifest["rows_out"], manifest["rejects"]
    if items != rows + rejects:
        problems.add("manifest.json", f"{items} items are not {rows} rows plus {rejects} rejects")
    for key, total in (("rows", rows), ("rejects", rejects)):
        counted = sum(shard.get(key, 0) for shard in manifest["shards"] if isinstance(shard, dict))
        if counted != total:
            problems.add("manifest.json", f"its shards hold {counted} {key}, it states {total}")
    counted = sum(manifest["rejects_by_reason"].values())
    if counted != rejects:
        problems.add("manifest.json", f"rejects_by_reason adds up to {counted}, it states {rejects} rejects")
    unknown = sorted(set(manifest["rejects_by_reason"]).difference(REASONS))
    if unknown:
        problems.add("manifest.json", f"unknown reject reason: {', '.join(unknown)}")


def _check_file(
    directory: Path, place: str, facts: Mapping[str, Any], problems: Problems, *, rows: Any, verify: bool
) -> None:
    path = directory / place
    if not path.is_file():
        problems.add(place, "no such file, but the manifest counts on it")
        return
    size = path.stat().st_size
    if "bytes" in facts and size != facts["bytes"]:
        problems.add(place, f"has {size} bytes, {facts['bytes']} are recorded")
    elif verify and "sha256" in facts:
        found = file_facts(path).sha256
        if found != facts["sha256"]:
            problems.add(place, f"sha256 is {found[:16]}..., {str(facts['sha256'])[:16]}... is recorded")
    try:
        with open_parquet(path) as file:
            counted = file.metadata.num_rows
    except InputError as error:
        problems.add(place, error.message.removeprefix(f"{path}: "))
        return
    if counted != rows:
        problems.add(place, f"holds {counted} rows, {rows} are recorded")


def _recorded_rejects(directory: Path, name: str) -> Mapping[str, Any]:
    """Return what `.cscl/shards/` records of a reject file; nothing where it was cleared away."""
    path = directory / STATE / "shards" / f"{name.removeprefix('train-').removesuffix('.parquet')}.json"
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))["rejects_file"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return facts if isinstance(facts, dict) else {}
