"""What a job will do, written down before it starts; a run goes on only under the plan that it began with."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.generators.llm.cache import FOLDER as LLM_CACHE
from cscl_data.io.claim import STATE, RunKind, changed_values, held_directory, refuse_foreign
from cscl_data.io.remote import is_remote
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.parts import Part

__all__ = ["SPOOLED", "STATE", "Basics", "JobPlan", "claimed", "differences", "refuse_foreign"]

SPOOLED = "stdin"
"""Name, without its ending, of the copy of standard input in `.cscl/`."""
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
        part: which shards are made; None makes all of them.
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
    part: Part | None = None

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
            "part": None if self.part is None else str(self.part),
            "inputs": [facts._asdict() for facts in self.inputs],
        }


def claimed(out: Path, document: dict[str, Any], *, overwrite: bool) -> AbstractContextManager[None]:
    """Take hold of an output directory for one run of a job, see `held_directory`.

    A run that stopped before its first shard binds nobody: another plan takes its place.

    Args:
        out: the directory.
        document: the plan's.
        overwrite: start anew, whatever stands there.

    Raises:
        ConfigError: the directory holds an input of the job, or a run with other settings or other input.
        OutputError: it cannot be written, holds something that is not ours, or another run is using it.
    """
    if (out / STATE).is_dir():
        _refuse_inputs(out, [str(item["path"]) for item in document["inputs"]])
    return held_directory(out, document, _JOBS, overwrite=overwrite)


def _refuse_inputs(out: Path, inputs: Sequence[str]) -> None:
    """Refuse to write where the input lies: to start anew would delete it. Standard input is kept there by us."""
    whole = out.resolve()
    for given in inputs:
        path = Path(given).resolve()
        here = given != "-" and not is_remote(given) and path.is_relative_to(whole)
        if here and not path.is_relative_to(whole / STATE):
            raise ConfigError(f"--out {out}: holds an input of the command, {given}", hint="choose another --out")


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Name what differs between two plan documents, as `name (old -> new)`."""
    fields = ("format", "command", "schema", "seed", "shard_rows", "rejects_text", "licence", "part")
    before = {**{key: old.get(key) for key in fields}, **old.get("settings", {})}
    after = {**{key: new.get(key) for key in fields}, **new.get("settings", {})}
    found = changed_values(before, after)
    if old.get("inputs") != new.get("inputs"):
        old_files = {item["path"]: item["sha256"] for item in old.get("inputs", [])}
        new_files = {item["path"]: item["sha256"] for item in new.get("inputs", [])}
        changed = sorted(p for p in old_files.keys() | new_files.keys() if old_files.get(p) != new_files.get(p))
        found.append(f"input ({', '.join(changed) or 'order'})")
    if not found and old.get("sig") != new.get("sig"):
        found.append(f"sig ({old.get('sig')} -> {new.get('sig')})")
    return found


_JOBS = RunKind(
    files=("data", "rejects", "manifest.json", "README.md"),
    is_own=lambda plan: "schema" in plan,
    differences=differences,
    binds=lambda out: any((out / STATE).glob("shards/*.json")),
    kept=(SPOOLED, LLM_CACHE),
)


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
