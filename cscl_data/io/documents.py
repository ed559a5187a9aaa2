"""Documents in two languages that are matched file by file or row by row, and no further."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.sources import InputFacts
from cscl_data.records import Reject

STAGE = "read"
MARKUP_OF_ENDING = {".md": "markdown", ".markdown": "markdown", ".txt": "text"}
"""Endings of files that are read, and the markup of each."""


class DocumentPair(NamedTuple):
    """Two texts that translate each other as a whole: their document, and the markup of both (`text.units.MARKUPS`)."""

    doc_id: str
    src_text: str
    tgt_text: str
    markup: str

    def row(self) -> dict[str, Any]:
        """Return its columns, for a reject."""
        return {"doc_id": self.doc_id, "src_text": self.src_text, "tgt_text": self.tgt_text}


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSpec:
    """Two directories whose files are matched by their path in them; `markup` is `auto` (by ending) or a markup."""

    src_docs: str
    tgt_docs: str
    markup: str = "auto"
    limit: int | None = None


@dataclass(slots=True)
class FolderPairs:
    """Two opened directories: `facts` of both, then one pass over their documents by iterating.

    Read are the files of `MARKUP_OF_ENDING`, in the order of their paths; hidden ones are passed over. A document is
    named by its path. A file that has no partner is a reject `no_document`, one that is no UTF-8 `undecodable`, a pair
    with an empty side `empty_side`.

    Raises:
        InputError: a directory is missing, or no file has a partner.
        ConfigError: both are the same directory.
    """

    spec: FolderSpec
    paths: list[str] = field(init=False)
    rows_read: list[int] = field(init=False, default_factory=lambda: [0, 0])
    _there: tuple[Mapping[str, Path], Mapping[str, Path]] = field(init=False)

    def __post_init__(self) -> None:
        spec = self.spec
        self._there = _files(spec.src_docs), _files(spec.tgt_docs)
        if Path(spec.src_docs).resolve() == Path(spec.tgt_docs).resolve():
            raise ConfigError(f"--src-docs and --tgt-docs are the same directory, {spec.src_docs}")
        self.paths = sorted({*self._there[0], *self._there[1]})
        if not self._there[0].keys() & self._there[1].keys():
            endings = ", ".join(MARKUP_OF_ENDING)
            raise InputError(
                f"{spec.src_docs} and {spec.tgt_docs}: no file ({endings}) of the one has a file of the same path in "
                f"the other ({len(self._there[0])} and {len(self._there[1])} files)",
                hint="a translation lies at the same path below its directory: en/guide/a.md and ko/guide/a.md",
            )

    def facts(self) -> list[InputFacts]:
        """Return the facts of both directories: bytes of their files, and a hash over paths and contents.

        Raises:
            InputError: a file cannot be read.
        """
        return [
            _facts(given, files)
            for given, files in zip((self.spec.src_docs, self.spec.tgt_docs), self._there, strict=True)
        ]

    def __iter__(self) -> Iterator[DocumentPair | Reject]:
        """Yield one pair or reject for every path; at most `limit` in all.

        Raises:
            InputError: a file cannot be read.
        """
        self.rows_read = [0, 0]
        for path in islice(self.paths, self.spec.limit):
            found = [files.get(path) for files in self._there]
            self.rows_read = [n + (file is not None) for n, file in zip(self.rows_read, found, strict=True)]
            yield self._pair(path, *found)

    def _pair(self, path: str, src: Path | None, tgt: Path | None) -> DocumentPair | Reject:
        if src is None or tgt is None:
            missing = f"{(self.spec.src_docs if src is None else self.spec.tgt_docs).rstrip('/')}/{path}"
            return Reject(id=path, stage=STAGE, reason="no_document", detail=f"no such file: {missing}")
        texts = []
        for file in (src, tgt):
            content = _content(file)
            try:
                texts.append(content.decode("utf-8-sig"))
            except UnicodeDecodeError as error:
                detail = f"{file}: not UTF-8, at byte {error.start}"
                return Reject(id=path, stage=STAGE, reason="undecodable", detail=detail)
        markup = MARKUP_OF_ENDING[src.suffix.lower()] if self.spec.markup == "auto" else self.spec.markup
        pair = DocumentPair(path, texts[0], texts[1], markup)
        empty = [file for file, text in zip((src, tgt), texts, strict=True) if not text.strip()]
        if empty:
            return Reject(id=path, stage=STAGE, reason="empty_side", detail=f"{empty[0]}: no text", source=pair.row())
        return pair


@dataclass(slots=True)
class RowPairs:
    """A bitext whose rows are pairs of whole documents; a document is named by its column, else by the row's id.

    Raises:
        InputError: a file is missing or of unknown kind.
    """

    spec: BitextSpec
    markup: str = "text"
    _bitext: Bitext = field(init=False)

    def __post_init__(self) -> None:
        self._bitext = Bitext(self.spec)

    @property
    def rows_read(self) -> list[int]:
        """Rows of the last pass, per file."""
        return self._bitext.rows_read

    def facts(self) -> list[InputFacts]:
        """Return path, size and sha256 of every file."""
        return self._bitext.facts()

    def __iter__(self) -> Iterator[DocumentPair | Reject]:
        """Yield one pair or reject for every row."""
        for item in self._bitext:
            if isinstance(item, Reject):
                yield item
                continue
            if not (item.src_text.strip() and item.tgt_text.strip()):
                yield Reject(
                    id=item.id, stage=STAGE, reason="empty_side", detail="a side has no text", source=item.row()
                )
                continue
            yield DocumentPair(item.doc_id or item.id, item.src_text, item.tgt_text, self.markup)


def _files(given: str) -> dict[str, Path]:
    folder = Path(given)
    if not folder.is_dir():
        raise InputError(f"{given}: no such directory")
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        path: file
        for path, file in found.items()
        if file.suffix.lower() in MARKUP_OF_ENDING and not any(part.startswith(".") for part in path.split("/"))
    }


def _facts(given: str, files: Mapping[str, Path]) -> InputFacts:
    whole = hashlib.sha256()
    size = 0
    for path in sorted(files):
        content = _content(files[path])
        size += len(content)
        whole.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\n".encode("utf-8", "surrogateescape"))
    return InputFacts(given, size, whole.hexdigest())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
