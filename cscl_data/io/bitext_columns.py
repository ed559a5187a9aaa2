"""Where the parts of a sentence pair stand in a file: columns found by name, by language, or by counting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.columns import Getter, column_getter, has_column, header_getters
from cscl_data.io.rawrows import RawRow
from cscl_data.io.sources import Source

_SEARCHED_ROWS = 1000
_COLUMNS = ("src_column", "tgt_column", "doc_column", "id_column")


@dataclass(frozen=True, slots=True, kw_only=True)
class BitextSpec:
    """Where the bitext lies and how to read it.

    `stdin` is the file that holds what came from standard input, for the path `-`. Column options are a header name, a
    dotted path into nested values, or a number counted from 1. With `else_by_code`, in a file that lacks a text column
    of this name both are found by language, as if none were named. With `blank_ends_document`, and no column that
    names documents, a blank row is none: it ends a document, and they are called `<file>#<n>`. With `window` every so
    many rows of a file are such a document, whatever its columns say. With `draw`, a share in (0, 1] and a seed, of the
    rows within `limit` only those are read that are drawn by their ids; the others are not counted.

    Raises:
        ConfigError: neither or both of `paths` and a Moses pair are given, columns of a Moses pair, or a window of one.
    """

    src_lang: str
    tgt_lang: str
    paths: tuple[str, ...] = ()
    stdin: str | None = None
    src_file: str | None = None
    tgt_file: str | None = None
    src_column: str | None = None
    tgt_column: str | None = None
    doc_column: str | None = None
    id_column: str | None = None
    limit: int | None = None
    else_by_code: bool = False
    blank_ends_document: bool = False
    window: int | None = None
    draw: tuple[float, int] | None = None

    def __post_init__(self) -> None:
        moses = self.src_file is not None or self.tgt_file is not None
        if moses == bool(self.paths):
            raise ConfigError("give either INPUT paths, or --src-file and --tgt-file")
        if moses and not (self.src_file and self.tgt_file):
            raise ConfigError("--src-file and --tgt-file go together")
        if self.window is not None and self.window < 2:
            raise ConfigError(f"--window must be 2 or more, not {self.window}")
        columns = [name for name in _COLUMNS if getattr(self, name) is not None]
        if moses and columns:
            flags = ", ".join(f"--{name.replace('_', '-')}" for name in columns)
            raise ConfigError(f"a Moses pair has no columns for {flags}", hint="leave it out, or give INPUT in place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Getters:
    """Take the parts of a pair out of a row of `width` columns."""

    src: Getter
    tgt: Getter
    doc: Getter | None
    id: Getter | None
    width: int


def opening(spec: BitextSpec, source: Source, rows: Iterator[RawRow]) -> tuple[list[RawRow], Getters | None, bool]:
    """Read a file until a row shows where the columns are.

    Rows without names of their own tell by the first one that can be read; of rows with names (JSON, TMX) the first may
    lack a language, so that up to `_SEARCHED_ROWS` are looked at.

    Returns:
        The rows read, the getters (None if there was no readable row), and whether the first row is a header.

    Raises:
        InputError: no row has the columns, or none of the first `_SEARCHED_ROWS` can be read.
    """
    head: list[RawRow] = []
    readable: RawRow | None = None
    for row in islice(rows, _SEARCHED_ROWS):
        head.append(row)
        if row.problem or (spec.blank_ends_document and is_blank(row)):
            continue
        for asked in (spec, replace(spec, src_column=None, tgt_column=None)) if spec.else_by_code else (spec,):
            getters, is_header = _getters(asked, source, row)
            if getters is not None:
                return head, getters, is_header and row.number == 1
        readable = readable or row
        if isinstance(row.values, list):
            break
    if readable is not None:
        raise _missing_column(spec, source, readable)
    if len(head) == _SEARCHED_ROWS:
        _, detail = head[0].problem or ("", "")
        raise InputError(f"{source.given}: none of the first {_SEARCHED_ROWS:,} rows can be read ({detail})")
    return head, None, False


def is_blank(row: RawRow) -> bool:
    """Tell whether a row without names of its own holds nothing but white space."""
    return isinstance(row.values, list) and not any(value.strip() for value in row.values)


def _getters(spec: BitextSpec, source: Source, row: RawRow) -> tuple[Getters | None, bool]:
    """Decide from a row where the columns are, and whether that row is a header; None if a column is not there."""
    wanted = _wanted(spec, row)
    if isinstance(row.values, list):
        found, is_header = header_getters(row.values, wanted, two_columns=("src", "tgt"))
        twice = [getter.name for getter in found.values() if getter and is_header and row.values.count(getter.name) > 1]
        if twice:
            raise InputError(f"{source.given}: more than one column {twice[0]!r}", hint="count columns from 1 instead")
    else:
        found, is_header = {key: column_getter(row.values, *want) for key, want in wanted.items()}, False
    src, tgt = found["src"], found["tgt"]
    if src is None or tgt is None or any(found[key] is None and wanted[key][0] is not None for key in wanted):
        return None, is_header
    return Getters(src=src, tgt=tgt, doc=found["doc"], id=found["id"], width=len(row.values)), is_header


def _wanted(spec: BitextSpec, row: RawRow) -> dict[str, tuple[str | None, tuple[str, ...]]]:
    """Return for each column the name asked for, and the names to try when none was.

    Both texts are sought under names of one kind (`en` and `ko`, or `source` and `target`), because a column `id` may
    hold Indonesian text or the row's id. Where `id` is the only column for both, the sentence is the row's id too.
    """
    src_kinds, tgt_kinds = _kinds(spec.src_lang, "source", "src_text"), _kinds(spec.tgt_lang, "target", "tgt_text")
    src_names, tgt_names = _id_last(src_kinds), _id_last(tgt_kinds)
    if spec.src_column is None and spec.tgt_column is None:
        for src_kind, tgt_kind in zip(src_kinds, tgt_kinds, strict=True):
            src_there = [name for name in src_kind if has_column(row.values, name)]
            tgt_there = [name for name in tgt_kind if has_column(row.values, name)]
            if src_there and tgt_there:
                src_names, tgt_names = (src_there[0],), (tgt_there[0],)
                break
    id_is_text = "id" in (src_names[0], tgt_names[0])
    return {
        "src": (spec.src_column, src_names),
        "tgt": (spec.tgt_column, tgt_names),
        "doc": (spec.doc_column, ("doc_id", "doc")),
        "id": (spec.id_column, ("tuid", "id") if id_is_text else ("id", "tuid")),
    }


def _kinds(lang: str, *generic: str) -> list[tuple[str, ...]]:
    short = lang.split("-")[0]
    by_code = (lang, lang.lower(), short)
    return [(f"translation.{lang}", f"translation.{short}"), by_code, *((name,) for name in generic)]


def _id_last(kinds: list[tuple[str, ...]]) -> tuple[str, ...]:
    names = dict.fromkeys(name for kind in kinds for name in kind)
    return tuple(sorted(names, key=lambda name: name == "id"))


def _missing_column(spec: BitextSpec, source: Source, row: RawRow) -> InputError:
    if isinstance(row.values, dict):
        have = ", ".join(row.values)
        found = {key: column_getter(row.values, *want) for key, want in _wanted(spec, row).items()}
    else:
        have = f"{len(row.values)} columns, no header"
        found, _ = header_getters(row.values, _wanted(spec, row), two_columns=("src", "tgt"))
    asked = {"src": spec.src_column, "tgt": spec.tgt_column, "doc": spec.doc_column, "id": spec.id_column}
    key = next(key for key in asked if found[key] is None and (asked[key] is not None or key in ("src", "tgt")))
    lang = spec.src_lang if key == "src" else spec.tgt_lang
    what = f"no column {asked[key]!r}" if asked[key] else f"no column for {lang!r}"
    what += f", and none for {lang!r}" if asked[key] and spec.else_by_code else ""
    return InputError(f"{source.given}: {what} (it has: {have})", hint=f"name it with --{key}-column, or count from 1")
