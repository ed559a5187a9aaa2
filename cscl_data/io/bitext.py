"""Bitext of any form as a stream of pairs: columns found, every row a pair or a reject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.columns import Getter, column_getter, has_column, header_getters
from cscl_data.io.rawrows import TABULAR_FORMS, RawRow, iter_lines, iter_raw_rows
from cscl_data.io.sources import InputFacts, Source, count_lines, find_sources, input_facts, text_source
from cscl_data.records import Pair, Reject, rng_for

STAGE = "read"
_SEARCHED_ROWS = 1000
_COLUMNS = ("src_column", "tgt_column", "doc_column", "id_column")


@dataclass(frozen=True, slots=True, kw_only=True)
class BitextSpec:
    """Where the bitext lies and how to read it.

    `stdin` is the file that holds what came from standard input, for the path `-`. Column options are a header name, a
    dotted path into nested values, or a number counted from 1. With `else_by_code`, in a file that lacks a text column
    of this name both are found by language, as if none were named. With `draw`, a share in (0, 1] and a seed, of the
    rows within `limit` only those are read that are drawn by their ids; the others are not counted.

    Raises:
        ConfigError: neither or both of `paths` and a Moses pair are given, or columns of a Moses pair.
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
    draw: tuple[float, int] | None = None

    def __post_init__(self) -> None:
        moses = self.src_file is not None or self.tgt_file is not None
        if moses == bool(self.paths):
            raise ConfigError("give either INPUT paths, or --src-file and --tgt-file")
        if moses and not (self.src_file and self.tgt_file):
            raise ConfigError("--src-file and --tgt-file go together")
        columns = [name for name in _COLUMNS if getattr(self, name) is not None]
        if moses and columns:
            flags = ", ".join(f"--{name.replace('_', '-')}" for name in columns)
            raise ConfigError(f"a Moses pair has no columns for {flags}", hint="leave it out, or give INPUT in place")


@dataclass(slots=True)
class Bitext:
    """An opened bitext: `facts` of its files, then one pass over its rows by iterating.

    `rows_read` counts, per file, the rows of the last pass.

    Raises:
        InputError: a file is missing or of unknown kind, or the two sides of a Moses pair differ in length.
    """

    spec: BitextSpec
    sources: list[Source] = field(init=False)
    rows_read: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        spec = self.spec
        if spec.paths:
            self.sources = find_sources(list(spec.paths), TABULAR_FORMS, spec.stdin)
        else:
            self.sources = [text_source(str(spec.src_file)), text_source(str(spec.tgt_file))]
            n_src, n_tgt = (count_lines(source) for source in self.sources)
            if n_src != n_tgt:
                raise InputError(f"{spec.src_file} has {n_src} lines, {spec.tgt_file} has {n_tgt}")

    def facts(self) -> list[InputFacts]:
        """Return path, size and sha256 of every file."""
        return [input_facts(source) for source in self.sources]

    def __iter__(self) -> Iterator[Pair | Reject]:
        """Yield one pair or reject for every row, in order; at most `limit` in all."""
        self.rows_read = [0] * len(self.sources)
        items = self._tabular() if self.spec.paths else self._moses()
        for index, item in islice(items, self.spec.limit):
            if not self._is_drawn(item):
                continue
            self.rows_read[index] += 1
            if not self.spec.paths:
                self.rows_read[1] = self.rows_read[0]
            yield item

    def _is_drawn(self, item: Pair | Reject) -> bool:
        if self.spec.draw is None:
            return True
        share, seed = self.spec.draw
        return rng_for(seed, item.id, STAGE).random() < share

    def _tabular(self) -> Iterator[tuple[int, Pair | Reject]]:
        for index, source in enumerate(self.sources):
            rows = iter_raw_rows(source)
            head, getters, is_header = _opening(self.spec, source, rows)
            for row in chain(head[is_header:], rows):
                yield index, _pair(self.spec, source, row, row.number - is_header, getters)

    def _moses(self) -> Iterator[tuple[int, Pair | Reject]]:
        src, tgt = self.sources
        for (number, src_text, src_line), (_, tgt_text, tgt_line) in zip(iter_lines(src), iter_lines(tgt), strict=True):
            row_id = f"{src.given}:{number}"
            if src_text is None or tgt_text is None:
                shown = {"src": repr(src_line), "tgt": repr(tgt_line)}
                yield 0, Reject(id=row_id, stage=STAGE, reason="undecodable", detail="not UTF-8", source=shown)
            else:
                yield 0, _checked(self.spec, row_id, None, src_text, tgt_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Getters:
    src: Getter
    tgt: Getter
    doc: Getter | None
    id: Getter | None
    width: int


def _opening(spec: BitextSpec, source: Source, rows: Iterator[RawRow]) -> tuple[list[RawRow], _Getters | None, bool]:
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
        if row.problem:
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


def _getters(spec: BitextSpec, source: Source, row: RawRow) -> tuple[_Getters | None, bool]:
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
    return _Getters(src=src, tgt=tgt, doc=found["doc"], id=found["id"], width=len(row.values)), is_header


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


def _pair(spec: BitextSpec, source: Source, row: RawRow, number: int, getters: _Getters | None) -> Pair | Reject:
    row_id = f"{source.given}:{number}"
    values = row.values if isinstance(row.values, dict) else {str(i): v for i, v in enumerate(row.values, 1)}
    if row.problem or getters is None:
        reason, detail = row.problem or ("missing_field", "no columns")
        return Reject(id=row_id, stage=STAGE, reason=reason, detail=detail, source=values)
    if isinstance(row.values, list) and len(row.values) > getters.width:
        detail = f"expected {getters.width} columns, found {len(row.values)}"
        return Reject(id=row_id, stage=STAGE, reason="missing_field", detail=detail, source=values)
    own_id = getters.id.get(row.values) if getters.id else None
    if own_id is not None and own_id != "":
        row_id = str(own_id)
    src_text, tgt_text = getters.src.get(row.values), getters.tgt.get(row.values)
    for name, text in ((getters.src.name, src_text), (getters.tgt.name, tgt_text)):
        if not isinstance(text, str):
            found = "nothing" if text is None else type(text).__name__
            detail = f"column {name}: expected text, found {found}"
            return Reject(id=row_id, stage=STAGE, reason="missing_field", detail=detail, source=values)
    doc = getters.doc.get(row.values) if getters.doc else None
    return _checked(spec, row_id, None if doc is None else str(doc), str(src_text), str(tgt_text))


def _checked(spec: BitextSpec, row_id: str, doc: str | None, src_text: str, tgt_text: str) -> Pair | Reject:
    pair = Pair(
        id=row_id, doc_id=doc, src_lang=spec.src_lang, tgt_lang=spec.tgt_lang, src_text=src_text, tgt_text=tgt_text
    )
    if any(_has_surrogate(text) for text in (row_id, doc or "", src_text, tgt_text)):
        return Reject(id=row_id, stage=STAGE, reason="undecodable", detail="a lone surrogate", source=pair.row())
    return pair


def _has_surrogate(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)
