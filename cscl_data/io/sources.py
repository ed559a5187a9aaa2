"""Input paths: globs and dataset directories spelt out, formats told by ending, compressed files opened as bytes."""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import pyarrow as pa

from cscl_data.errors import InputError
from cscl_data.io.dataset import check_recorded
from cscl_data.io.remote import is_remote, local_copy, remote_files

COMPRESSIONS = ("gz", "zst")
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One input file: its path as the user gave it, its format (`tsv`, `jsonl`, ...), and `gz`, `zst` or None."""

    path: Path
    given: str
    form: str
    compression: str | None


DATA = "data"
"""Role of the files whose rows are the job's input."""


class InputFacts(NamedTuple):
    """What a plan and a manifest say of one file that decides the output.

    Path as given, size and sha256 as it lies on disk. `role` is `data` for the input itself, else what the file is for:
    `fit`, `links`, `lexicon`, `priors`, `aligner` (a fitted one), `encoder`, `model`, `tokenizer`, `catalyst`,
    `pipeline` (of spaCy), `helper`, `bitext`, and the options that name vectors and texts (of `init-embeddings`).
    `licence` is what a model says of itself.
    """

    path: str
    bytes: int
    sha256: str
    role: str = DATA
    licence: str | None = None


def find_sources(given: list[str], forms: tuple[str, ...], stdin: str | None = None) -> list[Source]:
    """Spell out paths, URLs, globs and dataset directories as files, in the order given (a glob's matches by name).

    Args:
        given: what stands on the command line.
        forms: the endings this reader understands, without dots.
        stdin: the file that holds what came from standard input, for `-`.

    Raises:
        InputError: a path does not exist, a glob matches nothing, or a file's ending is not one of `forms`.
    """
    found: list[Source] = []
    for item in given:
        if item == "-" and stdin is not None:
            found.append(replace(_source(stdin, forms), given="-"))
        else:
            found += [_source(path, forms) for path in _spell_out(item)]
    return found


@contextmanager
def open_bytes(source: Source) -> Iterator[BinaryIO]:
    """Open a source for reading, decompressed; see `open_counted` for what it raises."""
    with open_counted(source) as (handle, _):
        yield handle


@contextmanager
def open_counted(source: Source) -> Iterator[tuple[BinaryIO, Callable[[], int]]]:
    """Open a source for reading, decompressed, with a function that tells how many bytes of the file were read so far.

    Raises:
        InputError: the file is missing, unreadable, or its compressed data is damaged or cut off. Errors met while
            the caller reads are reported the same way.
    """
    try:
        with source.path.open("rb") as raw, _decompressed(raw, source.compression) as handle:
            yield handle, raw.tell
    except FileNotFoundError as error:
        raise InputError(f"{source.given}: no such file") from error
    except IsADirectoryError as error:
        raise InputError(f"{source.given}: is a directory, not a file") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{source.given}: damaged or truncated gzip data", hint=f"check it with: gzip -t {source.given}"
        ) from error
    except OSError as error:
        if source.compression == "zst" and error.errno is None:
            raise InputError(
                f"{source.given}: damaged or truncated zstd data", hint=f"check it with: zstd -t {source.given}"
            ) from error
        raise InputError(f"{source.given}: {error.strerror or error}") from error


def input_facts(source: Source) -> InputFacts:
    """Hash the file as it lies on disk (compressed bytes, if it is compressed).

    Raises:
        InputError: it cannot be read, or it is a shard whose manifest has another hash.
    """
    try:
        with source.path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        size = source.path.stat().st_size
    except OSError as error:
        raise InputError(f"{source.given}: {error.strerror or error}") from error
    check_recorded(source.path, digest, given=source.given)
    return InputFacts(source.given, size, digest)


def count_lines(source: Source) -> int:
    """Count lines, an unfinished last one too."""
    lines, last = 0, b"\n"
    with open_bytes(source) as handle:
        while block := handle.read(_BLOCK_BYTES):
            lines += block.count(b"\n")
            last = block[-1:]
    return lines + (last != b"\n")


def text_source(given: str) -> Source:
    """Return a line-based source whatever its ending is (one side of a Moses pair, a text file).

    Raises:
        InputError: there is no such file.
    """
    path = local_copy(given) if is_remote(given) else Path(given)
    if not path.is_file():
        raise InputError(f"{given}: no such file")
    compression = path.suffix[1:].lower() if path.suffix[1:].lower() in COMPRESSIONS else None
    return Source(path=path, given=given, form="txt", compression=compression)


def _spell_out(given: str) -> list[str]:
    if is_remote(given):
        return remote_files(given)
    path = Path(given)
    if path.is_dir():
        shards = sorted((path / "data").glob("*.parquet")) or sorted(path.glob("*.parquet"))
        if not shards:
            raise InputError(f"{given}: a directory without Parquet shards (no data/*.parquet)")
        return [str(shard) for shard in shards]
    if path.exists() or not glob.has_magic(given):
        if not path.exists():
            raise InputError(f"{given}: no such file")
        return [given]
    matches = sorted(glob.glob(given, recursive=True))  # noqa: PTH207 - pathlib refuses absolute patterns
    if not matches:
        raise InputError(f"{given}: no file matches")
    return matches


def _source(given: str, forms: tuple[str, ...]) -> Source:
    endings = [ending.lower() for ending in Path(given).name.split(".")[1:]]
    compression = endings.pop() if endings and endings[-1] in COMPRESSIONS else None
    form = endings[-1] if endings else ""
    if form not in forms:
        known = ", ".join(f".{name}" for name in forms)
        raise InputError(f"{given}: unknown kind of file", hint=f"known endings: {known}, each also as .gz or .zst")
    path = local_copy(given) if is_remote(given) else Path(given)
    return Source(path=path, given=given, form=form, compression=compression)


@contextmanager
def _decompressed(raw: BinaryIO, compression: str | None) -> Iterator[BinaryIO]:
    if compression == "gz":
        with gzip.GzipFile(fileobj=raw) as unpacked:
            yield cast(BinaryIO, unpacked)
    elif compression == "zst":
        with pa.CompressedInputStream(raw, "zstd") as stream:
            yield io.BufferedReader(stream, buffer_size=_BLOCK_BYTES)
    else:
        yield raw
