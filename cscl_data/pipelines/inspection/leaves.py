"""The text fields of a translated record: where they are, and what stood there in the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cscl_data.errors import CsclError
from cscl_data.io.recordfile import Record, Records, RecordSpec
from cscl_data.io.sources import DATA
from cscl_data.text.fields import ConcretePath, find
from cscl_data.translators.results import source_sha256

_LARGEST_SOURCE_BYTES = 256_000_000
_NO_FIELDS = ("bundle", "reference", "id")


def text_fields(record: Mapping[str, Any], fields: Any) -> list[tuple[ConcretePath, str]]:
    """Return the texts of a record with their paths, in the order of the fields.

    Args:
        record: the columns of a row.
        fields: the job's `--fields`, as a list or with commas; anything else means every text in the record.
    """
    paths = fields.split(",") if isinstance(fields, str) else fields if isinstance(fields, list) else []
    found = dict(place for path in paths for place in _found(record, str(path).strip()))
    if not found:
        found = dict(_leaves({name: value for name, value in record.items() if name not in _NO_FIELDS}, ()))
    return [(path, value) for path, value in found.items() if isinstance(value, str)]


def text_at(record: Any, path: ConcretePath) -> str | None:
    """Return the text at a place, None where there is none.

    A text met before the path ends is taken: a reference may hold `answers: [text]` for a field `answers.0.text`.
    """
    for step in path:
        if isinstance(record, str):
            break
        if isinstance(step, int):
            record = record[step] if isinstance(record, list) and step < len(record) else None
        else:
            record = record.get(step) if isinstance(record, Mapping) else None
    return record if isinstance(record, str) else None


def source_records(manifest: Mapping[str, Any], wanted: Mapping[str, str], fields: Any) -> dict[str, Mapping[str, Any]]:
    """Look for the input rows of some records in the files that the manifest names.

    What is not found, or is not any more what was translated, is left out; a file above 256 MB is not searched.

    Args:
        manifest: of the directory.
        wanted: `source_sha256` by record id.
        fields: the job's `--fields`.
    """
    settings = manifest.get("settings") or {}
    pick = _picker(settings.get("records"))
    found: dict[str, Mapping[str, Any]] = {}
    for entry in manifest.get("inputs") or []:
        try:
            for record in _records(entry, settings.get("id_column"), pick):
                if record.id in wanted and _digest(record.values, fields) == wanted[record.id]:
                    found[record.id] = record.values
                    if len(found) == len(wanted):
                        return found
        except (CsclError, KeyError, TypeError):
            continue
    return found


def _records(
    entry: Mapping[str, Any], id_column: str | None, pick: Callable[[Any], list[Any]] | None
) -> Iterator[Record]:
    if entry.get("role", DATA) == DATA and entry["bytes"] <= _LARGEST_SOURCE_BYTES and Path(entry["path"]).is_file():
        for record in Records(RecordSpec(paths=(entry["path"],), id_column=id_column), pick):
            if isinstance(record, Record):
                yield record


def _found(record: Mapping[str, Any], path: str) -> list[tuple[ConcretePath, Any]]:
    try:
        return find(record, path)
    except CsclError:
        return []


def _picker(path: str | None) -> Callable[[Any], list[Any]] | None:
    return None if path is None else lambda tree: [value for _, value in find(tree, path)]


def _digest(record: Mapping[str, Any], fields: Any) -> str:
    return source_sha256([text for _, text in text_fields(record, fields)])


def _leaves(value: Any, at: ConcretePath) -> Iterator[tuple[ConcretePath, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*at, index))
    else:
        yield at, value
