"""What became of a curriculum: its manifest, and the table that is shown at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cscl_data import __version__
from cscl_data.io.dataset import MANIFEST, read_manifest
from cscl_data.io.shards import file_facts
from cscl_data.pipelines.curriculum.arms import ARMS, MAIN, PARTS
from cscl_data.pipelines.curriculum.plan_file import Curriculum
from cscl_data.pipelines.curriculum.stages_files import stages_path
from cscl_data.pipelines.token_counting import BYTES

SCHEMA = "curriculum/1"
COMMAND = "make-curriculum"
TOLERANCE = 0.01
"""Share of its budget by which a part may miss it before it is named."""


def curriculum_manifest(
    plan: Curriculum, root: Path, jobs: Sequence[tuple[str, str]], parts: Sequence[str], argv: Sequence[str]
) -> dict[str, Any]:
    """Put the manifests of all jobs together.

    Args:
        plan: the curriculum.
        root: its directory.
        jobs: folder and command of every job, in order.
        parts: names of the parts.
        argv: the command as typed.
    """
    made = {folder: read_manifest(root / folder) for folder, _ in jobs}
    of_parts = [_part(plan, name, made) for name in parts]
    tokens = {part["name"]: part["tokens"] for part in of_parts}
    return {
        "schema": SCHEMA,
        "command": COMMAND,
        "argv": list(argv),
        "settings": asdict(plan),
        "versions": {"cscl-data": __version__},
        "seed": plan.seed,
        "deterministic": all(one["deterministic"] for one in made.values()),
        "parts": of_parts,
        "arms": {
            arm: {
                "stages": stages_path(arm),
                "parts": list(ARMS[arm]),
                "tokens": sum(tokens[part] for part in ARMS[arm]),
            }
            for arm in (MAIN, *plan.controls)
        },
        "jobs": [
            {
                "path": folder,
                "command": command,
                "items": made[folder]["items"],
                "rows_out": made[folder]["rows_out"],
                "rejects_by_reason": made[folder]["rejects_by_reason"],
                "manifest_sha256": file_facts(root / folder / MANIFEST).sha256,
            }
            for folder, command in jobs
        ],
    }


def _part(plan: Curriculum, name: str, made: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    part = PARTS[name]
    here = made[part.folder]
    source = made.get(f"made/{part.made}", here)
    report = here["report"]
    characters = report["characters"]
    return {
        "name": name,
        "path": part.folder,
        "budget": plan.budget_of(name),
        "tokens": report["tokens"],
        "rows": here["rows_out"],
        "off_budget": _off_budget(report["tokens"], plan.budget_of(name)),
        "share_by_language": {
            lang: round(count / max(1, sum(characters.values())), 4) for lang, count in characters.items()
        },
        "rejects": source["rejects"],
        "items": source["items"],
        "unused": report.get("unused", {"rows": 0, "tokens": 0}),
    }


def _off_budget(tokens: int, budget: int) -> str | None:
    """Return `short` or `over` for a part that misses its budget by more than the tolerance."""
    if abs(tokens - budget) <= TOLERANCE * budget:
        return None
    return "short" if tokens < budget else "over"


def table_of(manifest: Mapping[str, Any]) -> list[str]:
    """Return the lines that are shown at the end: a line a part, then those that miss their budgets."""
    unit = "bytes" if manifest["settings"]["tokenizer"] == BYTES else "tokens"
    head = ("part", "rows", unit, "budget", "characters by language", "rejects in what was made")
    lines = [head]
    for part in manifest["parts"]:
        shares = ", ".join(f"{lang} {100 * share:.0f} %" for lang, share in part["share_by_language"].items())
        amounts = (f"{part[key]:,}" for key in ("rows", "tokens", "budget"))
        lines.append((part["name"], *amounts, shares, f"{part['rejects']:,} of {part['items']:,}"))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = ["  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return [*table, *(_said(part, unit) for part in manifest["parts"] if part["off_budget"])]


def _said(part: Mapping[str, Any], unit: str) -> str:
    """Return the line that names a part which misses its budget."""
    tokens, budget = part["tokens"], part["budget"]
    if part["off_budget"] == "short":
        return f"{part['name']}: only {tokens:,} of {budget:,} {unit}; its stage is as long as its text"
    more = f"{100 * (tokens - budget) / budget:.0f} % more than its budget of {budget:,}"
    return f"{part['name']}: {tokens:,} {unit}, {more}; its rows are too long to come nearer"
