"""A run's directory: taken by one process at a time, under one plan, with a log that fits its checkpoint."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

from cscl_data.io.atomic import output_errors, write_text
from cscl_data.io.claim import RunKind, held_directory
from cscl_data.train.plan import differences

LOG = "log.jsonl"
SPEED = "speed.jsonl"
TENSORBOARD = "tensorboard"
REFUSED = "refused-batch.json"

_TRAINING = RunKind(
    files=("model", "stages", "checkpoints", LOG, SPEED, "manifest.json", REFUSED, TENSORBOARD, "wandb"),
    is_own=lambda plan: plan.get("command") == "train",
    differences=differences,
    binds=lambda out: (out / "checkpoints").is_dir() or ((out / LOG).is_file() and (out / LOG).stat().st_size > 0),
)


def claimed(out: Path, plan: dict[str, Any], *, overwrite: bool) -> AbstractContextManager[None]:
    """Take hold of a run's directory, see `held_directory`.

    Raises:
        ConfigError: it holds a run with other settings or other data; all differences are named.
        OutputError: it cannot be written, holds something that is not ours, or another run is using it.
    """
    return held_directory(out, plan, _TRAINING, overwrite=overwrite)


class RunLog:
    """Numbers of a run, one JSON object a step and line.

    Args:
        path: the file, None to keep nothing; lines of later steps than `step` (a killed run wrote them) are cut off.
        step: the last step that counts.
    """

    def __init__(self, path: Path | None, *, step: int) -> None:
        self._path = path or Path(os.devnull)
        if path is not None and path.exists():
            write_text(path, "".join(_lines_up_to(path, step)))
        with output_errors(self._path):
            self._file: IO[str] = self._path.open("a", encoding="utf-8", newline="\n")

    def write(self, entry: dict[str, Any]) -> None:
        """Append a line; it is handed to the system at once."""
        with output_errors(self._path):
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()

    def sync(self) -> None:
        """Make sure that all lines are on the disk, before a checkpoint relies on them."""
        with output_errors(self._path):
            if self._path.is_file():
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _lines_up_to(path: Path, step: int) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.endswith("}\n") or json.loads(line)["step"] > step:
            return
        yield line
