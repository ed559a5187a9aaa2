"""The files of stages that `train --stages` reads: one for each arm, and the curriculum's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from cscl_data.io.atomic import write_text
from cscl_data.pipelines.curriculum.arms import ARMS, MAIN, PARTS

FOLDER, MAIN_FILE = "stages", "stages.yaml"


def stages_path(arm: str) -> str:
    """Return the path of an arm's file, below the curriculum's directory."""
    return f"{FOLDER}/{arm}.yaml"


def write_stages(root: Path, arms: Sequence[str], tokens: Mapping[str, int], *, counted: bool) -> None:
    """Write the files; a stage is as long as its text.

    Args:
        root: the curriculum's directory.
        arms: names of `arms.ARMS`.
        tokens: tokens of each part.
        counted: whether these are tokens of a tokenizer and not bytes; without, a stage is one pass over its text.

    Raises:
        OutputError: a file cannot be written.
    """
    for arm in arms:
        write_text(root / stages_path(arm), _document(arm, tokens, "../", counted=counted))
    write_text(root / MAIN_FILE, _document(MAIN, tokens, "", counted=counted))


def _document(arm: str, tokens: Mapping[str, int], above: str, *, counted: bool) -> str:
    stages: list[dict[str, Any]] = [
        {
            "name": part,
            "data": f"{above}{PARTS[part].folder}",
            **({"tokens": tokens[part]} if counted else {"epochs": 1}),
        }
        for part in ARMS[arm]
    ]
    head = f"# Arm {arm}. Paths count from this file; cscl-data train --stages reads it.\n"
    return head + yaml.safe_dump({"stages": stages}, sort_keys=False)
