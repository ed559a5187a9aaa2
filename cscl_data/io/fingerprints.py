"""Fingerprints of files that decide an output beside its input: models, lexicons, links made before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from cscl_data.io.dataset import MANIFEST, check_recorded, read_manifest, shard_paths
from cscl_data.io.licences import stated_licence
from cscl_data.io.shards import file_facts
from cscl_data.io.sources import InputFacts


def file_input(path: Path, role: str, *, given: str | None = None, licence: str | None = None) -> InputFacts:
    """Return the facts of one file; `given` is what the user called it.

    Raises:
        InputError: it cannot be read, or it is a shard whose manifest has another hash.
    """
    size, digest = file_facts(path)
    check_recorded(path, digest, given=given)
    return InputFacts(given or str(path), size, digest, role, licence)


def directory_inputs(
    directory: Path, role: str, patterns: Sequence[str], *, given: str | None = None
) -> list[InputFacts]:
    """Return the facts of a model directory's own files (not of folders in it) that match, by name.

    Each carries the licence that the directory states, see `stated_licence`.

    Raises:
        InputError: a file cannot be read.
    """
    found = sorted({path for pattern in patterns for path in directory.glob(pattern) if path.is_file()})
    licence = stated_licence(directory)
    return [
        file_input(path, role, given=f"{given or directory}/{path.name}".replace("//", "/"), licence=licence)
        for path in found
    ]


def links_inputs(links: Path, *, given: str | None = None) -> list[InputFacts]:
    """Return the facts of links made before: a Pharaoh file, or the manifest and shards of an `align` directory.

    Args:
        links: the file or the directory.
        given: what the user called it, `links` if None.

    Raises:
        InputError: a file is missing, or the directory's run did not finish.
    """
    name = given or str(links)
    if not links.is_dir():
        return [file_input(links, "links", given=name)]
    paths = [links / MANIFEST, *shard_paths(links)]
    return [file_input(path, "links", given=f"{name}/{path.relative_to(links)}") for path in paths]


def links_digest(links: Path) -> str:
    """Return 8 hexadecimal digits of what decided the links in the directory of an `align` job.

    How it was cut into shards is no part of it, unless the links cannot be made again: then it is what lies there.

    Raises:
        InputError: the directory's run did not finish.
    """
    made = read_manifest(links)
    if not made.get("deterministic"):
        return short_digest(links_inputs(links), "links")
    decided = [made["sig"], made["settings"], [[item["sha256"], item.get("role")] for item in made["inputs"]]]
    return sha256(json.dumps(decided, sort_keys=True).encode()).hexdigest()[:8]


def short_digest(facts: Iterable[InputFacts], role: str) -> str:
    """Return 8 hexadecimal digits for `sig`: of the file of that role, or of the names and hashes of all of them."""
    chosen = [item for item in facts if item.role == role]
    if len(chosen) == 1:
        return chosen[0].sha256[:8]
    whole = sha256()
    for item in sorted(chosen, key=lambda item: Path(item.path).name):
        whole.update(f"{Path(item.path).name}\0{item.sha256}\n".encode())
    return whole.hexdigest()[:8]
