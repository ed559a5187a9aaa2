"""Where a value stands in a row: by name, by dotted path, or by position from 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Getter:
    """Takes one value out of a row; None where the row does not have it.

    `name` is what the user calls the column, for messages; `index` its position from 0 in a row without names; `path`
    the keys to follow in a row that has them.
    """

    name: str
    index: int | None = None
    path: tuple[str, ...] = ()

    def get(self, values: Mapping[str, Any] | list[str]) -> Any:
        """Return the value, or None."""
        if isinstance(values, list):
            return values[self.index] if self.index is not None and self.index < len(values) else None
        found: Any = values
        for key in self.path:
            if not isinstance(found, Mapping):
                return None
            found = found.get(key)
        return found


def has_column(values: Mapping[str, Any] | list[str], name: str) -> bool:
    """Tell whether a row has a column of this name, or is a header that has it; a value may be null."""
    if isinstance(values, list):
        return name in values
    return name in values or _reaches(values, name.split("."))


def column_getter(values: Mapping[str, Any], asked: str | None, candidates: Iterable[str]) -> Getter | None:
    """Find a column in a row that has names: the one asked for, else the first candidate that is there.

    A name is first looked up as it stands, then as a dotted path. A number that is no name counts columns from 1.
    """
    for name in [asked] if asked is not None else candidates:
        if name in values:
            return Getter(name=name, path=(name,))
        path = tuple(name.split("."))
        if _reaches(values, path):
            return Getter(name=name, path=path)
        if asked is not None and name.isdecimal() and 1 <= int(name) <= len(values):
            key = list(values)[int(name) - 1]
            return Getter(name=key, path=(key,))
    return None


def header_getters(
    first: list[str],
    wanted: Mapping[str, tuple[str | None, Iterable[str]]],
    *,
    two_columns: tuple[str, str],
) -> tuple[dict[str, Getter | None], bool]:
    """Find columns from the first row of a file without names of its own.

    The first row is a header only if it holds column names that are sought. Without a header, numbers count columns
    from 1, and two columns are the `two_columns`.

    Args:
        first: the cells of the first row.
        wanted: by key, the column asked for and the names tried when none was.
        two_columns: the keys of the first and second column of a two-column file.

    Returns:
        A getter or None by key, and whether the first row is a header.
    """
    named: dict[str, Getter] = {}
    numbered: dict[str, Getter] = {}
    for key, (asked, candidates) in wanted.items():
        for name in [asked] if asked is not None else candidates:
            if name in first:
                named[key] = Getter(name=name, index=first.index(name))
                break
        if asked is not None and asked.isdecimal() and 1 <= int(asked) <= len(first):
            numbered[key] = Getter(name=asked, index=int(asked) - 1)
    asked_names = {key for key, (asked, _) in wanted.items() if asked is not None and not asked.isdecimal()}
    is_header = all(key in named for key in two_columns) or bool(asked_names & named.keys())
    found: dict[str, Getter | None] = {key: numbered.get(key) for key in wanted}
    if is_header:
        found |= named
    elif len(first) == 2:
        for index, key in enumerate(two_columns):
            if wanted[key][0] is None:
                found[key] = Getter(name=str(index + 1), index=index)
    return found, is_header


def _reaches(values: Mapping[str, Any], path: Sequence[str]) -> bool:
    found: Any = values
    for key in path:
        if not isinstance(found, Mapping) or key not in found:
            return False
        found = found[key]
    return True
