"""The dataset card: the README.md that makes `datasets.load_dataset(OUT)` load `data/` alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from cscl_data.io.atomic import write_text


def write_card(directory: Path, manifest: dict[str, Any], *, languages: Sequence[str]) -> None:
    """Write `README.md` from a manifest: a YAML header for `datasets`, then what the rows are and where they are from.

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
    inputs = [_input_line(item) for item in manifest["inputs"]]
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
        *inputs,
        "",
        "## Settings",
        "",
        "| option | value |",
        "|---|---|",
        *settings,
    ]
    if rejects:
        lines += ["", "## Rejects", "", "| reason | items |", "|---|---|", *rejects]
    write_text(directory / "README.md", "\n".join(lines) + "\n")


def _input_line(item: dict[str, Any]) -> str:
    cells = (_cell(item["path"]), item["rows"], _cell(item.get("licence", "not stated")), f"`{item['sha256'][:16]}`")
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
