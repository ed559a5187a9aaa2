"""Files that appear whole or not at all: temporary file, fsync, rename."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cscl_data.errors import OutputError

_REASONS = {
    errno.ENOSPC: ("no space left on the device", "free some space and run the same command again; it goes on"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and run the same command again; it goes on"),
    errno.EROFS: ("the file system is read-only", "choose another --out"),
    errno.EACCES: ("permission denied", "choose another --out"),
    errno.EPERM: ("not permitted", "choose another --out"),
}
PARTIAL = ".partial"
"""Ending of a temporary file; one that is left over belongs to a run that was killed."""


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` while writing `path` into an `OutputError` that names the cause.

    Raises:
        OutputError: writing failed (disk full, read-only, no permission, ...).
    """
    try:
        yield
    except OSError as error:
        what, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), None))
        raise OutputError(f"{path}: {what}", hint=hint) from error


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary file beside `path`, then give it the final name.

    Args:
        path: the final name; an older file of that name is replaced.
        write: gets the temporary path and writes the whole content to it.

    Raises:
        OutputError: the file cannot be written, or a device or a directory has its name. Nothing partial stands under
            the final name, and no temporary file is left.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    if path.exists() and not path.is_file():
        raise OutputError(f"{path}: no regular file, and would be replaced by one", hint="give the name of a file")
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(partial)
            _sync(partial)
            os.replace(partial, path)
            _sync(path.parent)
        finally:
            partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a small text file atomically."""
    write_atomically(path, lambda partial: _fill(partial, text))


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON, keys in the order given."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def remove_partials(directory: Path) -> None:
    """Remove the files and folders that killed runs left half written, below a directory that this run has locked."""
    for path in sorted(directory.rglob(f".*{PARTIAL}")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _fill(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
