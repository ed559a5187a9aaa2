"""`merge`: the parts of one job, made by independent runs, to what the job would have made alone."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.atomic import write_atomically, write_json
from cscl_data.io.card import card_languages, write_card
from cscl_data.io.dataset import MANIFEST, read_manifest
from cscl_data.io.shards import file_facts
from cscl_data.pipelines.job import JobReport, RunOptions, accepted
from cscl_data.pipelines.manifest import Merge, added_up, finished, record_of, recorded, stands, summaries_of
from cscl_data.pipelines.parts import Part
from cscl_data.pipelines.plan import STATE, claimed, differences
from cscl_data.pipelines.sentence_shard import merge_summaries
from cscl_data.pipelines.token_llm import merge_llm
from cscl_data.pipelines.token_shard import merge_notes
from cscl_data.translators import merge_summaries as merge_bundles

_FOLDERS = {"data": "data", "rejects": "rejects_file"}
"""Directories of a job, and what a shard's record calls the size and hash of its file there."""


class PartRun(NamedTuple):
    """A finished part: where it lies, which one it is, its plan's document and its manifest."""

    folder: Path
    part: Part
    plan: dict[str, Any]
    manifest: dict[str, Any]


def merge_parts(folders: Sequence[Path], out: Path, options: RunOptions) -> JobReport:
    """Join the parts of a job; every file is compared with the hash that its part has recorded.

    The result is that of the job run alone, but for the command line in the manifest, and that command would find it
    finished. What is there already stays, so that a merge that was stopped goes on.

    Args:
        folders: the outputs of all parts, in any order.
        out: the directory of the whole.
        options: whether to start anew, and how many rejects are too many; of the whole.

    Returns:
        How it ended, as of the job run alone.

    Raises:
        InputError: a part has not finished, or a file of it was damaged.
        ConfigError: a directory is no part, parts are of different jobs, or one is missing or there twice; or `out` is
            one of them, or holds a run of another job.
        OutputError: `out` cannot be written or is in use.
        TooManyRejectsError: the output is valid, but too many items were rejected.
    """
    started = time.monotonic()
    if out.resolve() in [folder.resolve() for folder in folders]:
        raise ConfigError(f"--out {out}: is one of the parts, and would take its place", hint="choose another --out")
    parts = _matched([_opened(folder) for folder in folders])
    first = parts[0]
    n_shards = int(first.manifest["part"]["shards"])
    with claimed(out, {**first.plan, "part": None}, overwrite=options.overwrite):
        if whole := finished(out):
            manifest, already = whole, n_shards
        else:
            already = sum(not _take_shard(parts[n % len(parts)].folder, out, n) for n in range(n_shards))
            manifest = _whole(parts, out, n_shards)
            write_card(out, manifest, languages=card_languages(first.folder))
            write_json(out / MANIFEST, manifest)
    return accepted(out, JobReport(manifest, time.monotonic() - started, already), options.max_reject_rate)


def _whole(parts: Sequence[PartRun], out: Path, n_shards: int) -> dict[str, Any]:
    """Return the manifest of the whole, from that of a part and the records of all shards."""
    records = [record_of(out, number) for number in range(n_shards)]
    manifest = {key: value for key, value in parts[0].manifest.items() if key != "part"} | added_up(records)
    if "report" in manifest:
        manifest["report"] = _merge_of(manifest)(summaries_of(records))
        costs = [part.manifest["report"].get("llm", {}).get("cost") for part in parts]
        if None not in costs:
            manifest["report"]["llm"]["cost"] = round(sum(costs), 6)
    return manifest


def _opened(folder: Path) -> PartRun:
    manifest = read_manifest(folder)
    given = manifest.get("part")
    if given is None:
        raise ConfigError(f"{folder}: no part of a job, but a whole one", hint="parts are made with --part I/N")
    path = folder / STATE / "plan.json"
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file", hint=f"copy the folder {STATE} of a part with its data") from error
    except ValueError as error:
        raise InputError(f"{path}: not JSON", hint="run the part's command again with --overwrite") from error
    part = Part(given["number"], given["of"])
    broken = [number for number in range(given["shards"]) if part.takes(number) and not stands(folder, number)]
    if broken:
        raise InputError(
            f"{folder}: the files of shard {broken[0]} are missing or not whole", hint="run the part's command again"
        )
    return PartRun(folder, part, plan, manifest)


def _matched(parts: Sequence[PartRun]) -> list[PartRun]:
    """Return the parts in order, if they are all parts of one job."""
    first = parts[0]
    for other in parts[1:]:
        found = differences({**first.plan, "part": None}, {**other.plan, "part": None})
        if first.part.of != other.part.of:
            found.append(f"one of {other.part.of} parts, not of {first.part.of}")
        if found:
            raise ConfigError(f"{other.folder}: not a part of the job of {first.folder}: {'; '.join(found)}")
    by_number: dict[int, PartRun] = {}
    for one in parts:
        twice = by_number.setdefault(one.part.number, one)
        if twice is not one:
            raise ConfigError(f"{one.folder}: part {one.part} again, which {twice.folder} is")
    missing = [str(Part(n, first.part.of)) for n in range(1, first.part.of + 1) if n not in by_number]
    if missing:
        raise ConfigError(f"{first.folder}: without part {', '.join(missing)}", hint="give the outputs of all parts")
    return [by_number[number] for number in sorted(by_number)]


def _take_shard(folder: Path, out: Path, number: int) -> bool:
    """Copy a shard, and its record last; tell whether it was not there."""
    record = record_of(folder, number)
    if number in recorded(out) and stands(out, number) and record_of(out, number) == record:
        return False
    name = f"train-{number:05d}.parquet"
    for kind, key in _FOLDERS.items():
        source, target = folder / kind / name, out / kind / name
        if file_facts(source)._asdict() != record[key]:
            raise InputError(
                f"{source}: not the file that was written; its sha256 differs",
                hint="delete it and run the part's command again",
            )
        write_atomically(target, partial(_copy, source))
    write_json(out / STATE / "shards" / f"{number:05d}.json", record)
    return True


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _merge_of(manifest: dict[str, Any]) -> Merge:
    """Return what adds up the summaries of a command's shards."""
    if "llm" in manifest["report"]:
        return partial(merge_llm, prices=None)
    return {
        "make-token-cs": merge_notes,
        "make-sentence-cs": merge_summaries,
        "translate-bundle": merge_bundles,
        "make-preferences": merge_bundles,
    }[manifest["command"]]
