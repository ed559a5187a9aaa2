"""Files behind URLs (`s3://`, `gs://`, `hf://`, whatever fsspec knows), kept as local copies while they are read.

A copy is fetched once for each state of the file, whole, and found again by its URL, size and what the store calls its
state. The cache is `cscl-data/remote` under XDG_CACHE_HOME, or under ~/.cache.
"""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from cscl_data.errors import BackendError, CsclError, InputError
from cscl_data.io.atomic import write_atomically

_STATES = ("ETag", "etag", "checksum", "md5Hash", "blob_id", "LastModified", "last_modified", "mtime", "created")
"""What stores call the state of a file; the first that is there counts."""


def is_remote(given: str) -> bool:
    """Tell whether a path is a URL."""
    scheme, mark, _ = given.partition("://")
    return bool(mark) and scheme.isidentifier() and scheme != "file"


def cache_home() -> Path:
    """Return where copies are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cscl-data" / "remote"


@contextmanager
def remote_errors(url: str, error_class: type[CsclError] = InputError) -> Iterator[None]:
    """Turn what a store raises into an error that names the URL.

    Raises:
        BackendError: the package that reaches this store is not installed.
        CsclError: of the class given: there is no such file, or the store cannot be reached or refuses.
    """
    try:
        yield
    except CsclError:
        raise
    except ImportError as error:
        raise BackendError(f"{url}: {_first_line(error)}", hint="pip install 'cscl-data[remote]'") from error
    except FileNotFoundError as error:
        raise error_class(f"{url}: no such file") from error
    except Exception as error:
        raise error_class(f"{url}: {type(error).__name__}: {_first_line(error)}") from error


def filesystem(url: str) -> tuple[Any, str]:
    """Return the fsspec file system of a URL, and the path in it; call it within `remote_errors`."""
    from fsspec.core import url_to_fs

    found, path = url_to_fs(url)
    return found, path


def remote_files(given: str) -> list[str]:
    """Spell out a URL as those of files: a directory's shards, the matches of a pattern, or the file itself.

    Raises:
        InputError: there is none, or the store cannot be read.
        BackendError: the package that reaches this store is not installed.
    """
    with remote_errors(given):
        store, path = filesystem(given)
        if glob.has_magic(path):
            found = sorted(store.glob(path))
            if not found:
                raise InputError(f"{given}: no file matches")
        elif store.isdir(path):
            root = path.rstrip("/")
            found = sorted(store.glob(f"{root}/data/*.parquet")) or sorted(store.glob(f"{root}/*.parquet"))
            if not found:
                raise InputError(f"{given}: a directory without Parquet shards (no data/*.parquet)")
        else:
            found = [path]
        return [store.unstrip_protocol(one) for one in found]


def local_copy(url: str) -> Path:
    """Return a local copy of a file, fetched if there is none of its state.

    Raises:
        InputError: there is no such file, or the store cannot be read.
        BackendError: the package that reaches this store is not installed.
        OutputError: the cache cannot be written.
    """
    with remote_errors(url):
        store, path = filesystem(url)
        facts = store.info(path)
        state = next((str(facts[name]) for name in _STATES if facts.get(name)), "")
        key = hashlib.sha256(f"{url}\0{facts.get('size')}\0{state}".encode()).hexdigest()[:20]
        copy = cache_home() / key / PurePosixPath(path).name
        if not copy.is_file():
            write_atomically(copy, lambda partial: store.get_file(path, str(partial)))
        fetched = copy.stat().st_size
        if facts.get("size") not in (None, fetched):
            copy.unlink()
            raise InputError(f"{url}: {fetched} of {facts['size']} bytes came", hint="run the same command again")
        return copy


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
