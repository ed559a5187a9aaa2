"""An output directory, held by one run at a time under one plan: written first, and compared whenever a run goes on."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cscl_data.errors import ConfigError, OutputError
from cscl_data.io.atomic import output_errors, remove_partials, write_json

STATE = ".cscl"
"""The folder of a run's own notes, inside its output directory."""
_PLAN = "plan.json"
LOCK = "lock"

Plan = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKind:
    """What tells runs of one kind from others, and what they leave.

    Attributes:
        files: names of what they write beside `.cscl`.
        is_own: tells whether a plan is of this kind.
        differences: names what differs between two plans, the older one first.
        binds: tells whether the run in a directory has made something that a run under another plan would spoil.
        kept: what stays in `.cscl` when a run starts anew, by its name without ending.
    """

    files: Sequence[str]
    is_own: Callable[[Plan], bool]
    differences: Callable[[Plan, Plan], list[str]]
    binds: Callable[[Path], bool] = lambda out: True
    kept: Sequence[str] = ()


@contextmanager
def held_directory(out: Path, plan: Plan, kind: RunKind, *, overwrite: bool) -> Iterator[None]:
    """Take hold of an output directory for one run: lock it, compare or write the plan, sweep up after killed runs.

    Args:
        out: the directory; it is made where it is not there.
        plan: what decides the result, JSON values only.
        kind: what the directory may hold.
        overwrite: start anew, whatever plan of this kind stands there.

    Raises:
        ConfigError: it holds a run under another plan; all differences are named.
        OutputError: it cannot be written, holds something that is not ours or another kind of run, or is in use.
    """
    with output_errors(out):
        refuse_foreign(out)
    with locked(out):
        _match_or_write(out, json.loads(json.dumps(plan)), kind, overwrite=overwrite)
        with output_errors(out):
            remove_partials(out)
        yield


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Lock an output directory against other runs on this machine; it is made where it is not there.

    Raises:
        OutputError: it cannot be written, or is in use.
    """
    with output_errors(out):
        (out / STATE).mkdir(parents=True, exist_ok=True)
        lock = (out / STATE / LOCK).open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OutputError(f"{out}: in use by another run", hint="wait for it, or choose another --out") from error
        yield


def refuse_foreign(out: Path) -> None:
    """Refuse an output directory that holds something else.

    Raises:
        OutputError: it is a file, or holds files that no run of ours wrote.
    """
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file, not a directory")
    if out.is_dir() and any(out.iterdir()) and not (out / STATE).is_dir():
        raise OutputError(f"{out}: holds files that are not from cscl-data", hint="choose another --out")


def changed_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Name the keys whose values differ, as `name (old -> new)`; a key that is missing counts as None."""
    return [
        f"{key} ({before.get(key)} -> {after.get(key)})"
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]


def _match_or_write(out: Path, plan: Plan, kind: RunKind, *, overwrite: bool) -> None:
    path = out / STATE / _PLAN
    old = _read(path, damaged_is_none=overwrite)
    if old is not None and not kind.is_own(old):
        raise OutputError(f"{out}: holds the output of another command", hint="choose another --out")
    found = kind.differences(old, plan) if old is not None else []
    if found and not overwrite and kind.binds(out):
        raise ConfigError(
            f"{out}: holds a run with other settings: {'; '.join(found)}",
            hint="--overwrite starts anew, or choose another --out",
        )
    if found or overwrite:
        with output_errors(out):
            _clear(out, kind)
    if old is None or found or overwrite:
        write_json(path, plan)


def _read(path: Path, *, damaged_is_none: bool) -> Plan | None:
    if not path.exists():
        return None
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        if damaged_is_none:
            return None
        raise OutputError(f"{path}: not JSON", hint="--overwrite starts anew") from error
    return plan if isinstance(plan, dict) else {}


def _clear(out: Path, kind: RunKind) -> None:
    notes = [path for path in (out / STATE).iterdir() if path.name != LOCK and path.stem not in kind.kept]
    for path in (*(out / name for name in kind.files), *notes):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
