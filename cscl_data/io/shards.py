"""One Parquet shard: written whole, read as a stream."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from cscl_data.errors import InputError, SchemaError
from cscl_data.io.atomic import write_atomically
from cscl_data.records import SCHEMA_KEY

ROW_GROUP_ROWS = 1024


class FileFacts(NamedTuple):
    """Size and sha256 of a finished file."""

    bytes: int
    sha256: str


def table_from_rows(rows: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """Build a table after checking what pyarrow does not: no unknown, missing or null column.

    `Table.from_pylist` drops unknown keys and fills missing ones with null, and `validate` accepts nulls in fields
    that are not nullable; so both are checked here.

    Raises:
        SchemaError: a row's columns are not the schema's, a value has the wrong type, or a required value is null.
    """
    names = set(schema.names)
    for row in rows:
        if row.keys() != names:
            odd = sorted(names.symmetric_difference(row.keys()))
            raise SchemaError(f"row {row.get('id', '?')}: columns differ from the schema: {', '.join(odd)}")
    try:
        table = pa.Table.from_pylist(list(rows), schema=schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError) as error:
        raise SchemaError(f"rows do not fit the schema: {error}") from error
    for field in schema:
        _check_nulls(field, table.column(field.name).combine_chunks(), field.name)
    return table


def write_shard(path: Path, table: pa.Table) -> FileFacts:
    """Write a table as one zstd Parquet file with 1,024-row groups; the final name appears when it is whole.

    Every page has a checksum, so that a bit that flips is noticed by whoever reads it.

    Raises:
        OutputError: the file cannot be written.
    """
    write_atomically(path, lambda partial: _write_table(partial, table))
    return file_facts(path)


def file_facts(path: Path) -> FileFacts:
    """Hash a file; a missing one is an `InputError`."""
    try:
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    return FileFacts(path.stat().st_size, digest)


def open_parquet(path: Path, *, given: str | None = None) -> pq.ParquetFile:
    """Open a Parquet file, checksums of its pages verified where it has them; `given` is what messages call it.

    Raises:
        InputError: it is missing, or it is not a (whole) Parquet file.
    """
    try:
        return pq.ParquetFile(path, page_checksum_verification=True)
    except FileNotFoundError as error:
        raise InputError(f"{given or path}: no such file") from error
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError(f"{given or path}: not a whole Parquet file ({_first_line(error)})") from error


def schema_name(path: Path) -> str | None:
    """Return the name under `cscl.schema` in the file's metadata, None when it has none."""
    with open_parquet(path) as file:
        metadata = file.schema_arrow.metadata or {}
    name = metadata.get(SCHEMA_KEY)
    return name.decode() if name else None


def iter_shard(
    path: Path, columns: Sequence[str] | None = None, *, given: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one shard, a thousand at a time however large its row groups are.

    Args:
        path: the file.
        columns: which columns, all of them if None.
        given: what messages call the file, `path` if None.

    Raises:
        InputError: the file is damaged, holds text that is not UTF-8, or a column is missing.
    """
    with open_parquet(path, given=given) as file:
        missing = [name for name in columns or () if name not in file.schema_arrow.names]
        if missing:
            have = ", ".join(file.schema_arrow.names)
            raise InputError(f"{given or path}: no column {missing[0]!r}", hint=f"its columns are: {have}")
        batches = file.iter_batches(ROW_GROUP_ROWS, columns=list(columns) if columns is not None else None)
        n_rows = 0
        while True:
            try:
                batch = next(batches, None)
                rows = [] if batch is None else batch.to_pylist()
            except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
                raise InputError(f"{given or path}: damaged after row {n_rows} ({_first_line(error)})") from error
            if batch is None:
                return
            n_rows += len(rows)
            yield from rows


def _write_table(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP_ROWS, write_page_checksum=True)


def _check_nulls(field: pa.Field, array: pa.Array, where: str) -> None:
    if not field.nullable and array.null_count:
        raise SchemaError(f"column {where}: {array.null_count} null values where none are allowed")
    if pa.types.is_list(field.type):
        _check_nulls(field.type.value_field, array.flatten(), f"{where}[]")
    elif pa.types.is_struct(field.type):
        for i in range(field.type.num_fields):
            child = field.type.field(i)
            values = array.filter(array.is_valid()).field(i) if array.null_count else array.field(i)
            _check_nulls(child, values, f"{where}.{child.name}")


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
