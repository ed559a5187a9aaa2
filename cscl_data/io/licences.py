"""The licence that a model directory states in its own files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

_CARDS = ("README.md", "MODEL_CARD.md")
_KEYS = ("licence", "license", "license_name")


def stated_licence(directory: Path) -> str | None:
    """Return what `cscl_model.json` says under `licence`, else the header of README.md or MODEL_CARD.md; else None.

    A header is YAML between two lines `---`, as the cards of the Hugging Face Hub have it (`license: cc-by-nc-4.0`, or
    `license: other` with a `license_name`). A file that cannot be read states nothing.
    """
    found = _of(_json(directory / "cscl_model.json"))
    for name in _CARDS:
        found = found or _of(_header(directory / name))
    return found


def _of(values: Any) -> str | None:
    if not isinstance(values, dict):
        return None
    named = [values[key] for key in _KEYS if values.get(key)]
    if len(named) > 1 and named[0] == "other":
        named = named[1:]
    if not named:
        return None
    return ", ".join(str(item) for item in named[0]) if isinstance(named[0], list) else str(named[0])


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _header(path: Path) -> Any:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    if not lines or lines[0].strip() != "---":
        return None
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    try:
        return yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError:
        return None
