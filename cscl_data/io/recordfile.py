"""Records of any shape as a stream, and the Arrow schema that holds all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa

from cscl_data.errors import InputError
from cscl_data.io.rawrows import TABULAR_FORMS, RawRow, iter_raw_rows
from cscl_data.io.shards import open_parquet
from cscl_data.io.sources import InputFacts, Source, find_sources, input_facts, open_bytes
from cscl_data.records import Reject

STAGE = "read"
_FORMS = tuple(form for form in TABULAR_FORMS if form != "tmx")
_SCHEMA_ROWS = 1000


class Record(NamedTuple):
    """One record: its id and its columns, as JSON has them."""

    id: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSpec:
    """Where records lie.

    `id_column` names the column of the id; without it a column `id` serves, else path and number.
    """

    paths: tuple[str, ...]
    stdin: str | None = None
    id_column: str | None = None
    limit: int | None = None


@dataclass(slots=True)
class Records:
    """Opened records: `facts` of the files, then passes over the rows by iterating.

    Args:
        spec: where they lie.
        pick: takes the list of records out of a `.json` tree; without it the tree is the list.

    Raises:
        InputError: a file is missing or of unknown kind.
    """

    spec: RecordSpec
    pick: Callable[[Any], list[Any]] | None = None
    sources: list[Source] = field(init=False)
    rows_read: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.sources = find_sources(list(self.spec.paths), (*_FORMS, "json"), self.spec.stdin)

    def facts(self) -> list[InputFacts]:
        """Return path, size and sha256 of every file."""
        return [input_facts(source) for source in self.sources]

    def __iter__(self) -> Iterator[Record | Reject]:
        """Yield one record or reject for every row, in order; at most `limit` in all."""
        self.rows_read = [0] * len(self.sources)
        for index, item in islice(self._all(), self.spec.limit):
            self.rows_read[index] += 1
            yield item

    def schema(self) -> pa.Schema:
        """Return one Arrow schema for all records: a Parquet file's own, else what the values ask for.

        Reads the whole input once. A key that some records lack is null there.

        Raises:
            InputError: the records do not fit one schema (a column holds text in one and a number in another).
        """
        if all(source.form == "parquet" and source.compression is None for source in self.sources):
            schemas = [_parquet_schema(source) for source in self.sources]
            return _unified(schemas, self.sources[0].given)
        schema = pa.schema([])
        rows = (item.values for item in self if isinstance(item, Record))
        while chunk := list(islice(rows, _SCHEMA_ROWS)):
            schema = _unified([schema, _inferred(chunk, self.sources[0].given)], self.sources[0].given)
        return _writable(schema, self.sources[0].given)

    def _all(self) -> Iterator[tuple[int, Record | Reject]]:
        for index, source in enumerate(self.sources):
            rows = _json_records(source, self.pick) if source.form == "json" else _named(iter_raw_rows(source))
            for row in rows:
                yield index, _record(source, row, self.spec.id_column)


def _record(source: Source, row: RawRow, id_column: str | None) -> Record | Reject:
    row_id = f"{source.given}:{row.number}"
    values = row.values if isinstance(row.values, dict) else {str(i): v for i, v in enumerate(row.values, 1)}
    if row.problem:
        return Reject(id=row_id, stage=STAGE, reason=row.problem[0], detail=row.problem[1], source=values)
    if id_column is not None and id_column not in values:
        raise InputError(f"{row_id}: no column {id_column!r} (it has: {', '.join(values)})")
    own_id = values.get(id_column or "id")
    row_id = str(own_id) if isinstance(own_id, str | int) and own_id != "" else row_id
    if _has_surrogate(values):
        return Reject(id=row_id, stage=STAGE, reason="undecodable", detail="a lone surrogate", source=values)
    return Record(row_id, values)


def _named(rows: Iterator[RawRow]) -> Iterator[RawRow]:
    """Give the cells of `.csv` and `.tsv` the names in the first row; other forms have names of their own."""
    header: list[str] | None = None
    for row in rows:
        if isinstance(row.values, dict) or row.problem:
            yield row
        elif header is None:
            header = row.values
        elif len(row.values) == len(header):
            yield RawRow(row.number - 1, dict(zip(header, row.values, strict=True)))
        else:
            detail = f"{len(row.values)} cells under {len(header)} headers"
            yield RawRow(row.number - 1, row.values, ("missing_field", detail))


def _json_records(source: Source, pick: Callable[[Any], list[Any]] | None) -> Iterator[RawRow]:
    with open_bytes(source) as handle:
        try:
            tree = json.load(handle)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(f"{source.given}: not JSON ({error})") from error
    if pick is None and not isinstance(tree, list):
        raise InputError(
            f"{source.given}: not a list of records",
            hint="the file is to be a list; commands that take --records find one inside, as in --records data.*",
        )
    for number, value in enumerate(pick(tree) if pick else tree, 1):
        if isinstance(value, dict):
            yield RawRow(number, value)
        else:
            yield RawRow(number, [json.dumps(value)], ("missing_field", f"a {type(value).__name__}, not an object"))


def _inferred(rows: list[dict[str, Any]], given: str) -> pa.Schema:
    names = dict.fromkeys(name for row in rows for name in row)
    try:
        return pa.schema([(name, pa.array([row.get(name) for row in rows]).type) for name in names])
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError) as error:
        raise InputError(f"{given}: a column holds values of different types ({error})") from error


def _unified(schemas: list[pa.Schema], given: str) -> pa.Schema:
    try:
        return pa.unify_schemas(schemas, promote_options="permissive").remove_metadata()
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(f"{given}: a column holds values of different types ({error})") from error


def _parquet_schema(source: Source) -> pa.Schema:
    with open_parquet(source.path) as file:
        return file.schema_arrow.remove_metadata()


def _writable(schema: pa.Schema, given: str) -> pa.Schema:
    for column in schema:
        if _has_empty_struct(column.type):
            what = f"{given}: column {column.name!r} holds nothing but empty objects, which Parquet cannot"
            raise InputError(what, hint="drop the column")
    return schema


def _has_empty_struct(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return kind.num_fields == 0 or any(_has_empty_struct(kind.field(i).type) for i in range(kind.num_fields))
    return pa.types.is_list(kind) and _has_empty_struct(kind.value_type)


def _has_surrogate(value: Any) -> bool:
    if isinstance(value, str):
        return not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return any(_has_surrogate(key) or _has_surrogate(item) for key, item in value.items())
    return isinstance(value, list) and any(_has_surrogate(item) for item in value)
