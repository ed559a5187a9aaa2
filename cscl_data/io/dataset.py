"""A directory of shards as `cscl-data` writes it: `data/`, `rejects/`, `manifest.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from cscl_data.errors import InputError, SchemaError
from cscl_data.io.claim import STATE
from cscl_data.io.shards import iter_shard, schema_name

MANIFEST = "manifest.json"


def shard_paths(directory: Path, part: str = "data") -> list[Path]:
    """Return the shards of `DIR/data` (or `DIR/rejects`) in order.

    Raises:
        InputError: the directory does not exist, is a file, or holds no shard.
    """
    if directory.is_file():
        raise InputError(
            f"{directory}: a file; a directory of shards is needed",
            hint="of text in two languages: cscl-data make-mono SRC TGT --src-lang en --tgt-lang ko --out DIR; "
            "of pairs: make-token-cs, make-sentence-cs; of records: make-preferences",
        )
    if not directory.is_dir():
        raise InputError(f"{directory}: no such directory")
    paths = sorted((directory / part).glob("*.parquet"))
    if not paths:
        raise InputError(
            f"{directory}: not a shard directory (no {part}/*.parquet)",
            hint="give the directory that was the --out of another cscl-data command",
        )
    return paths


def dataset_schema(directory: Path) -> str | None:
    """Return the schema name that all shards of a directory carry, None when they carry none.

    Raises:
        SchemaError: the shards carry different names.
    """
    names = {schema_name(path) for path in shard_paths(directory)}
    if len(names) > 1:
        listed = ", ".join(sorted(str(name) for name in names))
        raise SchemaError(f"{directory}: shards of different schemas: {listed}")
    return names.pop()


def iter_dataset(directory: Path, columns: Sequence[str] | None = None, part: str = "data") -> Iterator[dict[str, Any]]:
    """Yield all rows of a directory, shard by shard, in order."""
    for path in shard_paths(directory, part):
        yield from iter_shard(path, columns)


def check_recorded(path: Path, sha256: str, *, given: str | None = None) -> None:
    """Return quietly unless a manifest says that a shard is another file than what lies there.

    Args:
        path: a file; what is no shard of a directory with a manifest is not looked at.
        sha256: of what lies there.
        given: what messages call the file, `path` if None.

    Raises:
        InputError: it was damaged or changed since it was written.
    """
    path = path.absolute()
    directory = path.parent.parent
    if path.suffix != ".parquet" or not (directory / MANIFEST).is_file():
        return
    recorded = _recorded(directory, (directory / MANIFEST).stat().st_mtime_ns)
    if recorded.get(f"{path.parent.name}/{path.name}", sha256) != sha256:
        raise InputError(
            f"{given or path}: not the file that was written; its sha256 is not that of {directory / MANIFEST}",
            hint=f"cscl-data inspect {directory} --verify names all such files; delete them and make them again",
        )


@lru_cache(maxsize=8)
def _recorded(directory: Path, changed: int) -> dict[str, str]:
    """Return the sha256 of the shards that a manifest lists, by path; nothing where it is not one of ours."""
    try:
        shards = read_manifest(directory).get("shards")
        return {str(entry["path"]): str(entry["sha256"]) for entry in shards or []}
    except (InputError, AttributeError, KeyError, TypeError):
        return {}


def read_manifest(directory: Path) -> dict[str, Any]:
    """Read `manifest.json`.

    Raises:
        InputError: there is none (no such directory, one of something else, a run that did not finish), or it is not a
            JSON object.
    """
    path = directory / MANIFEST
    if not path.is_file():
        if not directory.is_dir():
            raise InputError(f"{directory}: {'is not a' if directory.exists() else 'no such'} directory")
        if not any((directory / name).is_dir() for name in (STATE, "data")):
            raise InputError(f"{directory}: not an output of cscl-data (no {MANIFEST})", hint="give what --out named")
        raise InputError(f"{path}: no such file", hint="the run did not finish; run the same command again")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not JSON ({error})") from error
    if not isinstance(manifest, dict):
        raise InputError(f"{path}: not a JSON object")
    return manifest
