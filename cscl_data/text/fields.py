"""Paths into nested records: find the values of a path, and put others in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from cscl_data.errors import ConfigError, InputError

ConcretePath = tuple[str | int, ...]
"""Keys and 0-based list indices from the root to one value."""

T = TypeVar("T")

_PART = re.compile(r"((?:\\.|[^.\\])*)(\.|$)", re.DOTALL)
_UNESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = re.compile(r"([.*\\])")


class Part(NamedTuple):
    """One step of a path: a key (or a list index in digits), or every element (`wildcard`)."""

    key: str
    wildcard: bool = False


FieldPath = tuple[Part, ...]


def parse_path(path: str) -> FieldPath:
    r"""Read a dotted path such as `answers.*.text`.

    `*` stands for every element of a list and every value of an object; a number is an index where it meets a list. A
    backslash takes the meaning from a dot, a star or a backslash: `a\.b` is one key.

    Raises:
        ConfigError: the path is empty, has an empty step, or ends in a backslash.
    """
    parts: list[Part] = []
    at = 0
    while True:
        match = _PART.match(path, at)
        if match is None or not match[1]:
            raise ConfigError(
                f"field path {path!r}: empty step or dangling backslash", hint="write it as answers.*.text"
            )
        raw = match[1]
        parts.append(Part("*", True) if raw == "*" else Part(_UNESCAPED.sub(r"\1", raw)))
        if not match[2]:
            return tuple(parts)
        at = match.end()


def find(record: Any, path: str | FieldPath, *, skip_missing: bool = False) -> list[tuple[ConcretePath, Any]]:
    """List the values that a path leads to, in the order of the record.

    A null on the way leads to nothing; a null at the end is a value. With `skip_missing`, so does a key that is not
    there: the elements of a list that have it are still found.

    Raises:
        ConfigError: the path is malformed.
        InputError: an index is not there, or a step meets a value that is neither list nor object; without
            `skip_missing`, a key is not there.

    Example:
        >>> find({"a": [{"t": "x"}, {"t": None}]}, "a.*.t")
        [(('a', 0, 't'), 'x'), (('a', 1, 't'), None)]
    """
    parts = parse_path(path) if isinstance(path, str) else path
    return list(_walk(record, parts, (), skip_missing))


def replace(record: T, values: Mapping[ConcretePath, Any]) -> T:
    """Return the record with other values at some places; what lies on no changed path is shared, nothing is altered.

    Args:
        record: lists and objects as JSON has them.
        values: the new value by the path that `find` gave. No path may lead through another.

    Raises:
        InputError: a path is not there.
    """
    tree: dict[str | int, Any] = {}
    for path, value in values.items():
        node = tree
        for step in path[:-1]:
            node = node.setdefault(step, {})
        if not path:
            raise InputError("field path '': leads to the whole record")
        node[path[-1]] = _New(value)
    return _rebuilt(record, tree, ())  # type: ignore[no-any-return]


def format_path(path: ConcretePath) -> str:
    """Write a concrete path with dots, as `parse_path` reads it."""
    return ".".join(str(step) if isinstance(step, int) else _ESCAPED.sub(r"\\\1", step) for step in path)


class _New(NamedTuple):
    value: Any


def _walk(value: Any, parts: FieldPath, at: ConcretePath, skip_missing: bool) -> Iterator[tuple[ConcretePath, Any]]:
    if not parts:
        yield at, value
        return
    if value is None:
        return
    part, rest = parts[0], parts[1:]
    if part.wildcard:
        if isinstance(value, Mapping):
            steps: list[str | int] = list(value)
        elif isinstance(value, list | tuple):
            steps = list(range(len(value)))
        else:
            raise InputError(f"field {_named(at, part)}: {_kind(value)} is neither a list nor an object")
    elif skip_missing and isinstance(value, Mapping) and part.key not in value:
        return
    else:
        steps = [_step(value, part.key, at)]
    for step in steps:
        yield from _walk(value[step], rest, (*at, step), skip_missing)


def _step(value: Any, key: str, at: ConcretePath) -> str | int:
    if isinstance(value, Mapping):
        if key in value:
            return key
        raise InputError(
            f"field {_named(at, Part(key))}: not there; the keys are {', '.join(map(str, value)) or 'none'}"
        )
    if isinstance(value, list | tuple):
        if key.isascii() and key.isdigit() and int(key) < len(value):
            return int(key)
        raise InputError(f"field {_named(at, Part(key))}: no such index in a list of {len(value)}")
    raise InputError(f"field {_named(at, Part(key))}: {_kind(value)} is neither a list nor an object")


def _rebuilt(value: Any, tree: Mapping[str | int, Any], at: ConcretePath) -> Any:
    copy: Any
    if isinstance(value, Mapping):
        copy = dict(value)
    elif isinstance(value, list | tuple):
        copy = list(value)
    else:
        raise InputError(
            f"field {format_path((*at, next(iter(tree))))}: {_kind(value)} is neither a list nor an object"
        )
    for step, below in tree.items():
        there = step in copy if isinstance(copy, dict) else isinstance(step, int) and 0 <= step < len(copy)
        if not there:
            raise InputError(f"field {format_path((*at, step))}: not there")
        copy[step] = below.value if isinstance(below, _New) else _rebuilt(copy[step], below, (*at, step))
    return tuple(copy) if isinstance(value, tuple) else copy


def _named(at: ConcretePath, part: Part) -> str:
    return ".".join(filter(None, [format_path(at), "*" if part.wildcard else format_path((part.key,))]))


def _kind(value: Any) -> str:
    return {str: "a string", bool: "a boolean", int: "a number", float: "a number"}.get(type(value), "the value")
