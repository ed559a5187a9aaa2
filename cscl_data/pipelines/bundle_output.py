"""Where translations stand in a row: in the place of their sources, or beside them under a key of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from cscl_data.errors import ConfigError
from cscl_data.text.fields import ConcretePath, FieldPath, parse_path, replace

MODES = ("replaced", "both", "suffix")
"""`replaced`: the translation in place. `both`: so, and the source beside it. `suffix`: the source in place, and the
translation beside it."""


def suffix_of(mode: str, src_lang: str, tgt_lang: str) -> str:
    """Return what a key gets that stands beside another: the language of what it holds; empty where none does."""
    return {"replaced": "", "both": f"_{src_lang}", "suffix": f"_{tgt_lang}"}[mode]


def with_siblings(schema: pa.Schema, fields: Iterable[str], suffix: str) -> pa.Schema:
    """Return a schema in which every key that a field path ends in, or whose list it goes through, has a sibling.

    Args:
        schema: of the records.
        fields: dotted paths.
        suffix: what the sibling's name has more; empty for none.

    Raises:
        ConfigError: a key of that name is there already.
    """
    if not suffix:
        return schema
    own = {field.name for field in schema}
    grown = pa.struct(list(schema))
    fresh: set[tuple[str, ...]] = set()
    for path in fields:
        grown = _grown(grown, parse_path(path), suffix, (), fresh) or grown
    missing = [field for field in grown if field.name not in own]
    return pa.schema([*(grown.field(name) for name in schema.names), *missing])


def beside(path: ConcretePath, suffix: str) -> ConcretePath:
    """Return where the sibling of a value stands: the same place under the last key with a suffix.

    Example:
        >>> beside(("answers", 0, "text"), "_ko"), beside(("tags", 1), "_ko")
        (('answers', 0, 'text_ko'), ('tags_ko', 1))
    """
    *parent, key = _owner(path)
    return (*parent, f"{key}{suffix}", *path[len(parent) + 1 :])


def placed(record: Mapping[str, Any], changed: Mapping[ConcretePath, Any], suffix: str, *, mode: str) -> dict[str, Any]:
    """Return a record with the translations where the mode wants them; what is not translated is shared.

    Args:
        record: the source.
        changed: the new value by place.
        suffix: see `suffix_of`.
        mode: a name of `MODES`.
    """
    translated = replace(dict(record), changed)
    if mode == "replaced":
        return translated
    made, beside = (translated, record) if mode == "both" else (dict(record), translated)
    for owner in sorted({_owner(path) for path in changed}, key=len, reverse=True):
        *parent, key = owner
        value = _at(beside, owner)
        made = _with_key(made, tuple(parent), f"{key}{suffix}", value)
    return made


def _grown(
    kind: pa.DataType, parts: FieldPath, suffix: str, at: tuple[str, ...], fresh: set[tuple[str, ...]]
) -> pa.DataType | None:
    """Return a type with the siblings of a path; None where the path meets no key from here on.

    `at` are the keys on the way here, and `fresh` the siblings added so far, by the keys that lead to them.
    """
    if not parts:
        return None
    part, rest = parts[0], parts[1:]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        below = _grown(kind.value_type, rest, suffix, at, fresh)
        return None if below is None else (pa.list_ if pa.types.is_list(kind) else pa.large_list)(below)
    if not pa.types.is_struct(kind):
        return None
    fields = {field.name: field for field in kind}
    for name in list(fields) if part.wildcard else [part.key]:
        if name not in fields or (*at, name) in fresh:
            continue
        below = _grown(fields[name].type, rest, suffix, (*at, name), fresh)
        if below is not None:
            fields[name] = fields[name].with_type(below)
            continue
        beside = pa.field(name + suffix, fields[name].type)
        if (*at, beside.name) in fresh:
            continue
        if beside.name in fields:
            raise ConfigError(
                f"the key {beside.name!r} for what stands beside {name!r} is there already",
                hint="--output-mode replaced, or rename the column",
            )
        fields[beside.name] = beside
        fresh.add((*at, beside.name))
    return pa.struct(list(fields.values()))


def _owner(path: ConcretePath) -> tuple[str | int, ...]:
    """Return the path up to its last key: the list that an element is in belongs to that key."""
    last = max(i for i, step in enumerate(path) if isinstance(step, str))
    return path[: last + 1]


def _at(record: Any, path: ConcretePath) -> Any:
    for step in path:
        record = record[step]
    return record


def _with_key(record: dict[str, Any], parent: ConcretePath, key: str, value: Any) -> dict[str, Any]:
    if not parent:
        return {**record, key: value}
    return replace(record, {parent: {**_at(record, parent), key: value}})
