"""The rows of one file of any tabular form, as they stand: one result per row, in order, never a guess."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from xml.etree import ElementTree

from cscl_data.errors import InputError
from cscl_data.io.shards import iter_shard
from cscl_data.io.sources import Source, open_bytes

TABULAR_FORMS = ("tsv", "csv", "jsonl", "ndjson", "parquet", "tmx")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SNIFF_BYTES = 4096
_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_MAGIC = (
    *(b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ", b"%PDF-", b"\x7fELF"),
    *(b"\x89PNG", b"\xff\xd8\xff", b"ARROW1", b"\x93NUMPY", b"SQLite format 3"),
)
_ODD_BYTES = 8
"""Control characters that the first bytes of a text may hold, however short it is (our default)."""


class RawRow(NamedTuple):
    """One row: its number from 1, its values by name or by position, and why it cannot be read, if it cannot.

    `problem` is a reject reason and a detail; `values` then holds what could be saved for the reject file.
    """

    number: int
    values: dict[str, Any] | list[str]
    problem: tuple[str, str] | None = None


def iter_raw_rows(source: Source) -> Iterator[RawRow]:
    """Yield every row of a file.

    `.tsv` has no quoting, `.csv` is RFC 4180; both give positions. `.jsonl`, `.parquet` and `.tmx` give names (a TMX
    unit's names are its language codes). A line that is not UTF-8, or not JSON, comes back with a problem.

    Raises:
        InputError: the file is not what its ending says, damaged, or cut off.
    """
    readers = {"tsv": _tsv, "csv": _csv, "jsonl": _jsonl, "ndjson": _jsonl, "parquet": _parquet, "tmx": _tmx}
    yield from readers[source.form](source)


def iter_lines(source: Source) -> Iterator[tuple[int, str | None, bytes]]:
    r"""Yield line number from 1, the decoded line (None if it is not UTF-8), and its bytes, without line ends.

    A file whose first line ends in CRLF is taken to end all its lines so; elsewhere a trailing `\r` is text.

    Raises:
        InputError: the file holds binary data.
    """
    with open_bytes(source) as handle:
        lines = _sniffed(source, handle)
        crlf = False
        for number, line in enumerate(lines, 1):
            if number == 1:
                line = line.removeprefix(_BOM)
                crlf = line.endswith(b"\r\n")
            line = line.removesuffix(b"\n")
            if crlf:
                line = line.removesuffix(b"\r")
            try:
                text: str | None = line.decode("utf-8")
            except UnicodeDecodeError:
                text = None
            yield number, text, line


def _tsv(source: Source) -> Iterator[RawRow]:
    for number, text, line in iter_lines(source):
        if text is None:
            yield RawRow(number, [_escaped(line)], ("undecodable", "not UTF-8"))
        else:
            yield RawRow(number, text.split("\t"))


def _csv(source: Source) -> Iterator[RawRow]:
    csv.field_size_limit(1 << 30)
    with open_bytes(source) as handle:
        # Lines end at line feeds alone, so that the reader notices a lone carriage return instead of cutting there.
        lines = _sniffed(source, handle)
        text = io.TextIOWrapper(lines, encoding="utf-8-sig", errors="surrogateescape", newline="\n")
        reader = csv.reader(text, strict=True)
        try:
            for number, row in enumerate(reader, 1):
                if any(not _is_utf8(value) for value in row):
                    yield RawRow(number, row, ("undecodable", "not UTF-8"))
                else:
                    yield RawRow(number, row)
        except csv.Error as error:
            raise InputError(f"{source.given}:{reader.line_num}: not RFC 4180 CSV ({error})") from error


def _jsonl(source: Source) -> Iterator[RawRow]:
    for number, text, line in iter_lines(source):
        if text is None:
            yield RawRow(number, [_escaped(line)], ("undecodable", "not UTF-8"))
            continue
        if not text.strip():
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            if number == 1:
                raise InputError(f"{source.given}:1: not JSON ({error})") from error
            yield RawRow(number, [text], ("undecodable", f"not JSON: {error}"))
            continue
        if isinstance(value, dict):
            yield RawRow(number, value)
        else:
            yield RawRow(number, [text], ("missing_field", f"a JSON {type(value).__name__}, not an object"))


def _parquet(source: Source) -> Iterator[RawRow]:
    if source.compression is None:
        yield from _numbered(iter_shard(source.path, given=source.given))
        return
    with tempfile.TemporaryDirectory() as folder, open_bytes(source) as handle:
        unpacked = Path(folder) / "unpacked.parquet"
        _copy(handle, unpacked)
        yield from _numbered(iter_shard(unpacked, given=source.given))


def _tmx(source: Source) -> Iterator[RawRow]:
    number = 0
    body: ElementTree.Element | None = None
    with open_bytes(source) as handle:
        try:
            for event, element in ElementTree.iterparse(handle, events=("start", "end")):
                if event == "start":
                    body = element if element.tag == "body" else body
                elif element.tag == "tu":
                    number += 1
                    yield RawRow(number, _unit_texts(element))
                    if body is not None:
                        body.clear()
        except ElementTree.ParseError as error:
            raise InputError(f"{source.given}: not whole TMX ({error})") from error


def _unit_texts(unit: ElementTree.Element) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    if unit.get("tuid"):
        texts["tuid"] = unit.get("tuid")
    for variant in unit.iter("tuv"):
        code = (variant.get(_XML_LANG) or variant.get("lang") or "").lower()
        segment = variant.find("seg")
        if code and segment is not None:
            text = "".join(segment.itertext())
            texts.setdefault(code, text)
            texts.setdefault(code.split("-")[0], text)
    return texts


def _numbered(rows: Iterator[dict[str, Any]]) -> Iterator[RawRow]:
    for number, row in enumerate(rows, 1):
        yield RawRow(number, row)


def _sniffed(source: Source, handle: BinaryIO) -> io.BufferedReader:
    """Return the stream, from its beginning, after a look at its first bytes."""
    stream = handle if isinstance(handle, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, handle))
    head = stream.peek(_SNIFF_BYTES)[:_SNIFF_BYTES]
    if head.startswith(_UTF16_BOMS):
        hint = f"iconv -f UTF-16 -t UTF-8 {source.given}"
        raise InputError(f"{source.given}: is UTF-16, expected UTF-8", hint=hint)
    odd = sum(byte < 9 or 13 < byte < 32 for byte in head)
    if head.startswith(_MAGIC) or odd > max(_ODD_BYTES, len(head) // 20):
        raise InputError(f"{source.given}: holds binary data, not .{source.form} text")
    return stream


def _copy(handle: BinaryIO, path: Path) -> None:
    with path.open("wb") as out:
        while block := handle.read(1 << 20):
            out.write(block)


def _escaped(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")


def _is_utf8(value: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in value)
