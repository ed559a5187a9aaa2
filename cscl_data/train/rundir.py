"""A run's directory: taken by one process at a time, under one plan, with a log that fits its checkpoint."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cscl_data.errors import ConfigError, OutputError
from cscl_data.io.atomic import PARTIAL, output_errors, write_json, write_text
from cscl_data.train.plan import differences

STATE = ".cscl"
LOG = "log.jsonl"
_OURS = ("model", "stages", "checkpoints", LOG, "manifest.json", "refused-batch.json")


@contextmanager
def claimed(out: Path, plan: dict[str, Any], *, overwrite: bool) -> Iterator[None]:
    """Take hold of a run's directory: lock it, compare or write the plan.

    Raises:
        ConfigError: it holds a run with other settings or other data; all differences are named.
        OutputError: it cannot be written, holds something that is not ours, or another run is using it.
    """
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file, not a directory")
    if out.is_dir() and any(out.iterdir()) and not (out / STATE).is_dir():
        raise OutputError(f"{out}: holds files that are not from cscl-data", hint="choose another --out")
    with output_errors(out):
        (out / STATE).mkdir(parents=True, exist_ok=True)
        lock = (out / STATE / "lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OutputError(f"{out}: in use by another run", hint="wait for it, or choose another --out") from error
        if overwrite:
            with output_errors(out):
                _clear(out)
        _match_or_write(out, plan)
        _sweep(out)
        yield


class RunLog:
    """The metrics of a run, one JSON object a line, nothing in them that depends on the clock.

    Args:
        path: the file; lines of later steps than `step` (a killed run wrote them) are cut off.
        step: the last step that counts.
    """

    def __init__(self, path: Path, *, step: int) -> None:
        if path.exists():
            write_text(path, "".join(_lines_up_to(path, step)))
        with output_errors(path):
            self._file: IO[str] = path.open("a", encoding="utf-8", newline="\n")
        self._path = path

    def write(self, entry: dict[str, Any]) -> None:
        """Append a line; it is handed to the system at once."""
        with output_errors(self._path):
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()

    def sync(self) -> None:
        """Make sure that all lines are on the disk, before a checkpoint relies on them."""
        with output_errors(self._path):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _lines_up_to(path: Path, step: int) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.endswith("}\n") or json.loads(line)["step"] > step:
            return
        yield line


def _match_or_write(out: Path, plan: dict[str, Any]) -> None:
    path = out / STATE / "plan.json"
    new = json.loads(json.dumps(plan))
    if not path.exists():
        write_json(path, new)
        return
    try:
        old = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise OutputError(f"{path}: not JSON", hint="--overwrite starts anew") from error
    if old.get("command") != "train":
        raise OutputError(f"{out}: holds the output of another command", hint="choose another --out")
    found = differences(old, new)
    if found:
        raise ConfigError(
            f"{out}: holds a run with other settings: {'; '.join(found)}",
            hint="--overwrite starts anew, or choose another --out",
        )


def _sweep(out: Path) -> None:
    """Remove what killed runs left half written."""
    for path in sorted(out.rglob(f".*{PARTIAL}")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _clear(out: Path) -> None:
    plan = out / STATE / "plan.json"
    if plan.exists() and '"command": "train"' not in plan.read_text(encoding="utf-8", errors="replace"):
        raise OutputError(f"{out}: holds the output of another command", hint="choose another --out")
    for name in _OURS:
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for item in (out / STATE).iterdir():
        if item.is_dir():
            shutil.rmtree(item)
        elif item.name != "lock":
            item.unlink()
