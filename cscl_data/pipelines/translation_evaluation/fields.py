"""Which field of a translated record is compared with which field of a reference, place by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cscl_data.errors import ConfigError, InputError
from cscl_data.pipelines.bundle_output import beside
from cscl_data.text.fields import ConcretePath, FieldPath, find, parse_path

Place = tuple[int, tuple[str | int, ...]]
"""The number of a field pair, from 0, and what its wildcards stand for."""


class FieldPair(NamedTuple):
    """A field of translated records and the one that holds its reference, as given and taken apart."""

    name: str
    translated: FieldPath
    reference: FieldPath


def field_pairs(fields: str, ref_fields: str | None) -> tuple[FieldPair, ...]:
    """Read `--fields` and `--ref-fields`: as many of the one as of the other, with as many wildcards.

    Raises:
        ConfigError: a path is malformed or comes twice, or they do not go together.
    """
    names = _paths(fields)
    others = names if ref_fields is None else _paths(ref_fields)
    if not names:
        raise ConfigError("--fields names no field", hint="--fields question,answers.*.text")
    if len(set(names)) < len(names):
        raise ConfigError(f"--fields {fields}: a field twice")
    if len(names) != len(others):
        raise ConfigError(
            f"--ref-fields has {len(others)} fields, but --fields has {len(names)}",
            hint="one for each, in the same order: --ref-fields reference.question,reference.answers.*",
        )
    pairs = []
    for name, other in zip(names, others, strict=True):
        pair = FieldPair(name, parse_path(name), parse_path(other))
        if _stars(pair.translated) != _stars(pair.reference):
            raise ConfigError(f"--ref-fields: {other} has not as many * as {name}, whose reference it should be")
        pairs.append(pair)
    return tuple(pairs)


def reference_texts(record: Mapping[str, Any], pairs: tuple[FieldPair, ...], where: str) -> dict[Place, str]:
    """Return the reference texts of a record by place; nulls and blank texts are none.

    Raises:
        InputError: a value is no text, or a path leads through one; `where` names the record.
    """
    found = {}
    for number, pair in enumerate(pairs):
        for path, value in _found(record, pair.reference, where):
            if value is None:
                continue
            if not isinstance(value, str):
                kind = type(value).__name__
                raise InputError(f"{where}: expected text in the reference of {pair.name}, found {kind}")
            if value.strip():
                found[number, _stars_at(path, pair.reference)] = value
    return found


def translated_texts(
    record: Mapping[str, Any], pairs: tuple[FieldPair, ...], suffix: str, where: str
) -> dict[Place, str]:
    """Return the translated texts of a record by place.

    Args:
        record: a row of `translate-bundle`.
        pairs: its fields.
        suffix: what the key of a translation has more than the key of its field; empty where it is in place.
        where: names the record in errors.

    Raises:
        InputError: a path leads through a value that is neither list nor object.
    """
    found = {}
    for number, pair in enumerate(pairs):
        for path, value in _found(record, pair.translated, where):
            text = _at(record, beside(path, suffix)) if suffix else value
            if isinstance(text, str):
                found[number, _stars_at(path, pair.translated)] = text
    return found


def source_texts(record: Mapping[str, Any], fields: Sequence[str]) -> list[str]:
    """Return the texts of some fields in the order in which `translate-bundle` takes them; [] where one is no text."""
    found: dict[ConcretePath, str] = {}
    for field in fields:
        try:
            values = find(record, field, skip_missing=True)
        except InputError:
            return []
        found |= {path: value for path, value in values if isinstance(value, str)}
    return list(found.values())


def _paths(text: str) -> list[str]:
    return [path.strip() for path in text.split(",") if path.strip()]


def _stars(path: FieldPath) -> int:
    return sum(part.wildcard for part in path)


def _stars_at(path: ConcretePath, pattern: FieldPath) -> tuple[str | int, ...]:
    return tuple(step for step, part in zip(path, pattern, strict=True) if part.wildcard)


def _found(record: Mapping[str, Any], path: FieldPath, where: str) -> list[tuple[ConcretePath, Any]]:
    try:
        return find(record, path, skip_missing=True)
    except InputError as error:
        raise InputError(f"{where}: {error.message}", hint=error.hint) from error


def _at(record: Any, path: ConcretePath) -> Any:
    for step in path:
        if isinstance(record, Mapping):
            record = record.get(str(step))
        elif isinstance(record, list) and isinstance(step, int) and step < len(record):
            record = record[step]
        else:
            return None
    return record
