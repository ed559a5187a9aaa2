"""Files of static vectors: fastText's text form (`.vec`, packed or not) and its binary form (`.bin`)."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import IO, Any

from cscl_data.embeddings.static import StaticVectors
from cscl_data.errors import InputError, missing_package
from cscl_data.io.atomic import write_atomically

EXTRA = "embeddings"
_MARK = "▁"
_MARKED = 0.1
"""Share of the words that carry the mark of a word's beginning in a file of tokens (our default)."""


def read_vectors(path: Path, *, limit: int | None = None) -> StaticVectors:
    """Read static vectors; a `.bin` file is fastText's binary form, anything else its text form.

    Args:
        path: the file; text may be packed (`.gz`).
        limit: words that are read, the first ones, of a text file.

    Raises:
        InputError: the file is missing, damaged, empty, or lines have numbers of different count, or nan.
        BackendError: a binary file, and gensim is not installed.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file", hint="give --static-vectors FILE, or --train-vectors TEXT")
    return _read_binary(path) if path.suffix == ".bin" else _read_text(path, limit)


def write_vectors(path: Path, vectors: StaticVectors) -> None:
    """Write words and vectors in the text form, which cannot hold words with spaces or line feeds: they are left out.

    Raises:
        OutputError: the file cannot be written.
    """

    def fill(partial: Path) -> None:
        with partial.open("w", encoding="utf-8", newline="\n") as handle:
            kept = [word for word in vectors.words if word and " " not in word and "\n" not in word]
            handle.write(f"{len(kept)} {vectors.table.shape[1]}\n")
            for word in kept:
                row = vectors.table[vectors.words[word]]
                handle.write(f"{word} {' '.join(f'{value:.6g}' for value in row)}\n")

    write_atomically(path, fill)


def _read_text(path: Path, limit: int | None) -> StaticVectors:
    import numpy as np

    words: dict[str, int] = {}
    rows: list[Any] = []
    try:
        with _opened(path) as handle:
            for number, line in enumerate(handle, 1):
                word, _, numbers = line.rstrip("\n").rstrip(" ").partition(" ")
                if number == 1 and len(numbers.split(" ")) == 1 and word.isdigit():
                    continue
                values = np.array(numbers.split(" "), dtype=np.float32) if numbers else np.zeros(0, np.float32)
                if not len(values) or (rows and len(values) != len(rows[0])):
                    width = len(rows[0]) if rows else "some"
                    raise InputError(f"{path}:{number}: {len(values)} numbers after the word, expected {width}")
                if word not in words:
                    words[word] = len(rows)
                    rows.append(values)
                if limit is not None and len(rows) >= limit:
                    break
    except (OSError, EOFError, zlib.error, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path}: not vectors in fastText's text form ({str(error).splitlines()[0]})",
            hint="a line is a word and its numbers, divided by spaces",
        ) from error
    if not rows:
        raise InputError(f"{path}: no vectors in it")
    table = np.stack(rows)
    finite = np.isfinite(table).all(axis=1)
    if not finite.all():
        word = list(words)[int(finite.argmin())]
        raise InputError(f"{path}: the vector of {word!r} holds nan or inf", hint="leave out its line")
    marked = sum(word.startswith(_MARK) for word in words)
    return StaticVectors(words=words, table=table, of_tokens=marked > _MARKED * len(words))


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="surrogateescape", newline="\n")
    return path.open(encoding="utf-8", errors="surrogateescape", newline="\n")


_NOT_BINARY = (OSError, EOFError, ValueError, struct.error, NotImplementedError, AssertionError)
"""What gensim raises for a file of another form: it asserts sizes, and has not all kinds of models."""


def _read_binary(path: Path) -> StaticVectors:
    try:
        from gensim.models.fasttext import load_facebook_vectors
    except ImportError as error:
        raise missing_package("static vectors", path.name, "gensim", EXTRA) from error
    try:
        vectors = load_facebook_vectors(str(path))
    except _NOT_BINARY as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(f"{path}: not vectors in fastText's binary form ({reason})") from error

    def compose(word: str) -> Any:
        return vectors.get_vector(word) if word in vectors else None

    return StaticVectors(words=vectors.key_to_index, table=vectors.vectors, compose=compose)
