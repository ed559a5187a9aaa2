"""The dataset card: the README.md that makes `datasets.load_dataset(OUT)` load `data/` alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from cscl_data.io.atomic import write_text
from cscl_data.io.sources import DATA

NOT_STATED = "not stated"
"""What stands for a licence that neither the user nor a model's own files state."""


def write_card(directory: Path, manifest: dict[str, Any], *, languages: Sequence[str]) -> None:
    """Write `README.md` from a manifest: a YAML header for `datasets`, then the rows, their sources, their licences.

    Args:
        directory: the job's output directory.
        manifest: the finished manifest.
        languages: BCP-47 tags of the text.

    Raises:
        OutputError: the file cannot be written.
    """
    header = {
        "language": list(languages),
        "tags": ["code-switching", "cscl-data"],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "data/*.parquet"}]}],
    }
    settings = [f"| {name} | {_cell(value)} |" for name, value in manifest["settings"].items()]
    data = [item for item in manifest["inputs"] if item.get("role", DATA) == DATA]
    others = [item for item in manifest["inputs"] if item.get("role", DATA) != DATA]
    rejects = [f"| {reason} | {count} |" for reason, count in manifest["rejects_by_reason"].items()]
    lines = [
        "---",
        yaml.safe_dump(header, sort_keys=False, allow_unicode=True).strip(),
        "---",
        "",
        f"# {manifest['schema']}, made by `cscl-data {manifest['command']}`",
        "",
        f"{manifest['items']} items gave {manifest['rows_out']} rows and {manifest['rejects']} rejects.",
        "Rejects lie in `rejects/`, each with its reason; `manifest.json` holds counts and hashes.",
        "",
        f"`{manifest['sig']}`",
        "",
        "## Inputs",
        "",
        "| path | rows | licence | sha256 |",
        "|---|---|---|---|",
        *(_line(item, item["rows"]) for item in data),
        "",
        "## Licences",
        "",
        *_licences(data, others),
        "",
        "## Settings",
        "",
        "| option | value |",
        "|---|---|",
        *settings,
    ]
    if others:
        lines += ["", "## Models and other files", "", "| path | what | licence | sha256 |", "|---|---|---|---|"]
        lines += [_line(item, item["role"]) for item in others]
    if rejects:
        lines += ["", "## Rejects", "", "| reason | items |", "|---|---|", *rejects]
    write_text(directory / "README.md", "\n".join(lines) + "\n")


def card_languages(directory: Path) -> list[str]:
    """Return the languages that the card of a directory names."""
    header = (directory / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    return list(yaml.safe_load(header)["language"])


def _line(item: dict[str, Any], second: Any) -> str:
    cells = (_cell(item["path"]), second, _cell(item.get("licence", NOT_STATED)), f"`{item['sha256'][:16]}`")
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _licences(data: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> list[str]:
    """Say under what licences the input and the models are: the rows are made from them."""
    known = {("input", item.get("licence", NOT_STATED)): None for item in data}
    known |= {(item["role"], item.get("licence", NOT_STATED)): None for item in others}
    return [f"- {what}: {licence}" for what, licence in known]


def _cell(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    return str(value).replace("|", "\\|").replace("\n", " ")
