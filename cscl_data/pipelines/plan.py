"""What a job will do, written down before it starts; a run goes on only under the plan that it began with."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cscl_data.errors import ConfigError, OutputError, unknown_name
from cscl_data.io.atomic import output_errors, remove_partials, write_json
from cscl_data.io.sources import InputFacts

STATE = ".cscl"
SPOOLED = "stdin"
"""Name, without its ending, of the copy of standard input in `.cscl/`."""
_OURS = ("data", "rejects", STATE, "manifest.json", "README.md")
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan:
    """Everything that decides a job's output.

    Attributes:
        settings: options by name, resolved (`auto` never stands here), JSON values only.
        sig: what decides the text of a row, as `key:value|key:value`.
        shard_rows: input rows a shard.
        inputs: every file that decides the output, with its hash; the data comes first, see `InputFacts.role`.
        versions: versions of the methods and packages behind the result.
        languages: BCP-47 tags of the text, for the dataset card.
        licence: licence of the inputs, if the user stated it.
        rejects_text: `full`, or `none` to leave input rows out of the reject files.
    """

    command: str
    schema: str
    settings: dict[str, Any]
    sig: str
    seed: int
    shard_rows: int
    inputs: Sequence[InputFacts]
    deterministic: bool = True
    versions: dict[str, str] = field(default_factory=dict)
    languages: Sequence[str] = ()
    licence: str | None = None
    rejects_text: str = "full"

    def document(self) -> dict[str, Any]:
        """Return the plan as it is written to `.cscl/plan.json`."""
        return {
            "format": _FORMAT,
            "command": self.command,
            "schema": self.schema,
            "settings": self.settings,
            "sig": self.sig,
            "seed": self.seed,
            "shard_rows": self.shard_rows,
            "rejects_text": self.rejects_text,
            "licence": self.licence,
            "inputs": [facts._asdict() for facts in self.inputs],
        }


@contextmanager
def claimed(out: Path, plan: JobPlan, *, overwrite: bool) -> Iterator[None]:
    """Take hold of an output directory for one run: lock it, compare or write the plan, sweep up after killed runs.

    Raises:
        ConfigError: the directory holds a run with other settings or other input.
        OutputError: it cannot be written, holds something that is not ours, or another run is using it.
    """
    with output_errors(out):
        refuse_foreign(out)
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
        remove_partials(out)
        yield


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Name what differs between two plan documents, as `name (old -> new)`."""
    fields = ("format", "command", "schema", "seed", "shard_rows", "rejects_text", "licence")
    before = {**{key: old.get(key) for key in fields}, **old.get("settings", {})}
    after = {**{key: new.get(key) for key in fields}, **new.get("settings", {})}
    found = [
        f"{key} ({before.get(key)} -> {after.get(key)})"
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]
    if old.get("inputs") != new.get("inputs"):
        old_files = {item["path"]: item["sha256"] for item in old.get("inputs", [])}
        new_files = {item["path"]: item["sha256"] for item in new.get("inputs", [])}
        changed = sorted(p for p in old_files.keys() | new_files.keys() if old_files.get(p) != new_files.get(p))
        found.append(f"input ({', '.join(changed) or 'order'})")
    if not found and old.get("sig") != new.get("sig"):
        found.append(f"sig ({old.get('sig')} -> {new.get('sig')})")
    return found


def _match_or_write(out: Path, plan: JobPlan) -> None:
    path = out / STATE / "plan.json"
    new = json.loads(json.dumps(plan.document()))
    if not path.exists():
        write_json(path, new)
        return
    try:
        old = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise OutputError(f"{path}: not JSON", hint="--overwrite starts anew") from error
    found = differences(old, new)
    if found and not any((out / STATE).glob("shards/*.json")):
        with output_errors(out):
            _clear(out)  # a run that stopped before its first shard binds nobody
        write_json(path, new)
    elif found:
        raise ConfigError(
            f"{out}: holds a run with other settings: {'; '.join(found)}",
            hint="--overwrite starts anew, or choose another --out",
        )


def refuse_foreign(out: Path) -> None:
    """Refuse an output directory that holds something else.

    Raises:
        OutputError: it is a file, or holds files that no job of ours wrote.
    """
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: is a file, not a directory")
    if out.is_dir() and any(out.iterdir()) and not (out / STATE).is_dir():
        raise OutputError(f"{out}: holds files that are not from cscl-data", hint="choose another --out")


def _clear(out: Path) -> None:
    for name in _OURS:
        path = out / name
        if name == STATE:
            for item in path.iterdir():
                if item.name != "lock" and item.stem != SPOOLED:
                    shutil.rmtree(item) if item.is_dir() else item.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basics:
    """What every job is told: where to write, its seed, and the rest that decides files but not how text is made."""

    out: Path
    seed: int = 0
    shard_rows: int = 10_000
    licence: str | None = None
    rejects_text: str = "full"

    def __post_init__(self) -> None:
        if self.rejects_text not in ("full", "none"):
            raise unknown_name("value of --rejects-text", self.rejects_text, ("full", "none"))
