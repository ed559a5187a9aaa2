"""Folders that appear whole or not at all: filled under a temporary name, synced, renamed."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from cscl_data.io.atomic import PARTIAL, output_errors


def write_folder(path: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write into a temporary folder beside `path`, then give it the final name.

    An older folder of that name is replaced.

    Raises:
        OutputError: writing failed (disk full, read-only, ...); nothing partial stands under the final name.
    """
    partial = partial_of(path)
    with disk_errors(path):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, exist_ok=True)  # another process may fill it, too
        try:
            fill(partial)
            for item in sorted(partial.rglob("*"), reverse=True):
                _sync(item)
            _sync(partial)
            shutil.rmtree(path, ignore_errors=True)
            partial.rename(path)
            _sync(path.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def partial_of(path: Path) -> Path:
    """Return the temporary name of a folder."""
    return path.with_name(f".{path.name}{PARTIAL}")


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the system, torch and safetensors make of a failed write into an `OutputError`; see `output_errors`.

    Raises:
        OutputError: writing failed.
    """
    with output_errors(path):
        try:
            yield
        except (RuntimeError, SafetensorError) as error:
            # anything else of theirs is a bug
            text = str(error).lower()
            if not any(words in text for words in ("no space", "i/o error", "write failed", "unexpected pos")):
                raise
            raise OSError(errno.ENOSPC if "no space" in text else errno.EIO, str(error)) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
