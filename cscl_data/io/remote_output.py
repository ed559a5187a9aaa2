"""An output directory behind a URL: made in a local one, from which every finished shard is uploaded.

Files are uploaded whole, which stores make visible at once; a shard's record after its files, and the manifest last of
all. So a run that was killed goes on, also on another machine: what lies behind the URL is fetched first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from cscl_data.errors import OutputError
from cscl_data.io.atomic import write_atomically
from cscl_data.io.claim import LOCK, STATE, locked
from cscl_data.io.dataset import MANIFEST
from cscl_data.io.remote import cache_home, filesystem, is_remote, remote_errors
from cscl_data.io.shards import file_facts

_OF_SHARDS = ("data/", "rejects/", f"{STATE}/shards/", MANIFEST)
"""How the names of files begin that say which shards there are."""
_URLS: dict[Path, str] = {}

Stamp = tuple[int, int]


def staged(url: str) -> Path:
    """Return the local directory in which the output behind a URL is made; always the same one for a URL."""
    name = PurePosixPath(url.rstrip("/")).name or "out"
    folder = cache_home().with_name("out") / hashlib.sha256(url.encode()).hexdigest()[:16] / name
    _URLS[folder] = url.rstrip("/")
    return folder


def remote_output(out: Path) -> RemoteOutput | None:
    """Return the remote output that is made in a directory; None where it is a local one."""
    return RemoteOutput(_URLS[out], out) if out in _URLS else None


def output_path(given: str) -> Path:
    """Return where an output is made: the path itself, or the local directory for a URL."""
    return staged(given) if is_remote(given) else Path(given)


class RemoteOutput:
    """What lies behind a URL, and the directory in which it is made.

    Args:
        url: the directory's, without a slash behind it.
        folder: the local one.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self._folder = url, folder
        self._there: dict[str, Stamp] = {}
        with remote_errors(url, OutputError):
            self._store, self._root = filesystem(url)

    def fetch(self, note: Callable[[str], None]) -> None:
        """Bring the local directory to the state of the remote one, which counts where both have a shard or a plan.

        What a run keeps for itself beside its shards, such as answers that were paid for, stays where the plan is the
        same; where it is another one, `run_job` clears it.

        Raises:
            OutputError: the store cannot be read, holds something that no run of ours wrote or a name that leaves the
                directory, or another run on this machine makes the same output.
        """
        with locked(self._folder), remote_errors(self.url, OutputError):
            names = self._listed()
            if names and f"{STATE}/plan.json" not in names:
                raise OutputError(f"{self.url}: holds files that are not from cscl-data", hint="choose another --out")
            if names:
                note(f"fetching what is left of {self.url}: {len(names):,} files")
            for name in sorted(names, key=lambda name: not name.startswith(STATE)):
                if not _is_current(self._folder, name):
                    write_atomically(self._folder / name, partial(self._fetch, name))
                self._there[name] = _stamp(self._folder / name)
            for path in [*self._files()] if names else ():
                name = path.relative_to(self._folder).as_posix()
                if name not in self._there and name.startswith(_OF_SHARDS):
                    path.unlink()

    def publish_shard(self, number: int) -> None:
        """Upload a finished shard: its rows, its rejects, then its record. An old manifest goes before anything else.

        Raises:
            OutputError: the store cannot be written.
        """
        self._withdraw(MANIFEST)
        name = f"train-{number:05d}.parquet"
        self._upload(f"{STATE}/plan.json")
        for one in (f"data/{name}", f"rejects/{name}", f"{STATE}/shards/{number:05d}.json"):
            self._upload(one)

    def publish(self) -> None:
        """Upload what differs, the manifest last, and take away what is no longer part of the output.

        Raises:
            OutputError: the store cannot be written.
        """
        names = [path.relative_to(self._folder).as_posix() for path in self._files()]
        if any(self._differs(name) for name in names if name != MANIFEST):
            self._withdraw(MANIFEST)
        for name in sorted(names, key=lambda name: name == MANIFEST):
            self._upload(name)
        for name in self._there.keys() - set(names):
            self._withdraw(name)

    def _listed(self) -> list[str]:
        """Return the names of the remote files."""
        self._store.invalidate_cache()
        try:
            found = self._store.find(self._root)
        except FileNotFoundError:
            return []
        prefix = self._root.rstrip("/") + "/"
        names = [path.removeprefix(prefix) for path in sorted(found)]
        outside = [name for name in names if name.startswith("/") or ".." in name.split("/")]
        if outside:
            raise OutputError(f"{self.url}: holds {outside[0]!r}, which leaves the directory", hint="remove it")
        return names

    def _files(self) -> Iterator[Path]:
        """Yield the local files that belong to the output."""
        for path in sorted(self._folder.rglob("*")):
            if path.is_file() and path.name != LOCK and not path.name.startswith("."):
                yield path

    def _differs(self, name: str) -> bool:
        return self._there.get(name) != _stamp(self._folder / name)

    def _upload(self, name: str) -> None:
        path = self._folder / name
        if not path.is_file() or not self._differs(name):
            return
        stamp = _stamp(path)
        with remote_errors(f"{self.url}/{name}", OutputError):
            self._store.put_file(str(path), self._at(name))
        self._there[name] = stamp

    def _withdraw(self, name: str) -> None:
        if name in self._there:
            with remote_errors(f"{self.url}/{name}", OutputError):
                self._store.rm_file(self._at(name))
            del self._there[name]

    def _fetch(self, name: str, path: Path) -> None:
        self._store.get_file(self._at(name), str(path))

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"


def _is_current(folder: Path, name: str) -> bool:
    """Tell whether a shard's file is the one that its record, which was fetched before, speaks of."""
    kind, _, file = name.partition("/")
    key = {"data": "data", "rejects": "rejects_file"}.get(kind)
    record = folder / STATE / "shards" / f"{Path(file).stem.removeprefix('train-')}.json"
    if key is None or not record.is_file() or not (folder / name).is_file():
        return False
    found: dict[str, object] = json.loads(record.read_text(encoding="utf-8"))[key]
    return file_facts(folder / name)._asdict() == found


def _stamp(path: Path) -> Stamp:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns


def shown(out: Path) -> str:
    """Return what messages call an output: its URL, or its path."""
    return _URLS.get(out, str(out))
