"""Bitext of any form as a stream of pairs: columns found, every row a pair or a reject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.columns import Getter, column_getter, header_getters
from cscl_data.io.rawrows import TABULAR_FORMS, RawRow, iter_lines, iter_raw_rows
from cscl_data.io.sources import InputFacts, Source, count_lines, find_sources, input_facts, text_source
from cscl_data.records import Pair, Reject

STAGE = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class BitextSpec:
    """Where the bitext lies and how to read it.

    Column options are a header name, a dotted path into nested values, or a number counted from 1.

    Raises:
        ConfigError: neither or both of `paths` and a Moses pair are given.
    """

    src_lang: str
    tgt_lang: str
    paths: tuple[str, ...] = ()
    src_file: str | None = None
    tgt_file: str | None = None
    src_column: str | None = None
    tgt_column: str | None = None
    doc_column: str | None = None
    id_column: str | None = None
    limit: int | None = None

    def __post_init__(self) -> None:
        moses = self.src_file is not None or self.tgt_file is not None
        if moses == bool(self.paths):
            raise ConfigError("give either INPUT paths, or --src-file and --tgt-file")
        if moses and not (self.src_file and self.tgt_file):
            raise ConfigError("--src-file and --tgt-file go together")


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
            self.sources = find_sources(list(spec.paths), TABULAR_FORMS)
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
            self.rows_read[index] += 1
            if not self.spec.paths:
                self.rows_read[1] = self.rows_read[0]
            yield item

    def _tabular(self) -> Iterator[tuple[int, Pair | Reject]]:
        for index, source in enumerate(self.sources):
            rows = iter_raw_rows(source)
            first = next(rows, None)
            if first is None:
                continue
            getters, is_header = _getters(self.spec, source, first)
            if not is_header:
                yield index, _pair(self.spec, source, first, first.number, getters)
            for row in rows:
                number = row.number - is_header
                yield index, _pair(self.spec, source, row, number, getters)

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


def _getters(spec: BitextSpec, source: Source, first: RawRow) -> tuple[_Getters, bool]:
    """Decide from a file's first row where the columns are, and whether that row is a header."""
    src_names, tgt_names = (_names(spec.src_lang, "source", "src_text"), _names(spec.tgt_lang, "target", "tgt_text"))
    wanted = {
        "src": (spec.src_column, src_names),
        "tgt": (spec.tgt_column, tgt_names),
        "doc": (spec.doc_column, ("doc_id", "doc")),
        "id": (spec.id_column, ("id", "tuid")),
    }
    if isinstance(first.values, list):
        found, is_header = header_getters(first.values, wanted, two_columns=("src", "tgt"))
    else:
        found, is_header = {key: column_getter(first.values, *want) for key, want in wanted.items()}, False
    for key in ("src", "tgt", "doc", "id"):
        asked = wanted[key][0]
        if found[key] is None and (asked is not None or key in ("src", "tgt")):
            raise _missing_column(spec, source, key, asked, first)
    src, tgt = found["src"], found["tgt"]
    if src is None or tgt is None:
        raise InputError(f"{source.given}: no columns for both languages")
    return _Getters(src=src, tgt=tgt, doc=found["doc"], id=found["id"]), is_header


def _names(lang: str, *generic: str) -> tuple[str, ...]:
    return (
        lang,
        lang.lower(),
        lang.split("-")[0],
        f"translation.{lang}",
        f"translation.{lang.split('-')[0]}",
        *generic,
    )


def _missing_column(spec: BitextSpec, source: Source, key: str, asked: str | None, first: RawRow) -> InputError:
    have = ", ".join(first.values) if isinstance(first.values, dict) else f"{len(first.values)} columns, no header"
    what = f"no column {asked!r}" if asked else f"no column for {spec.src_lang if key == 'src' else spec.tgt_lang!r}"
    return InputError(f"{source.given}: {what} (it has: {have})", hint=f"name it with --{key}-column, or count from 1")


def _pair(spec: BitextSpec, source: Source, row: RawRow, number: int, getters: _Getters) -> Pair | Reject:
    row_id = f"{source.given}:{number}"
    values = row.values if isinstance(row.values, dict) else {str(i): v for i, v in enumerate(row.values, 1)}
    if row.problem:
        reason, detail = row.problem
        return Reject(id=row_id, stage=STAGE, reason=reason, detail=detail, source=values)
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
