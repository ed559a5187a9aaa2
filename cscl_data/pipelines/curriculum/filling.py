"""Values of a plan file put into the settings that commands are told by their options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from cscl_data.errors import ConfigError
from cscl_data.io.optionfile import unknown_key

T = TypeVar("T")

NAMES = {"input": "paths", "constraint": "constraints"}
"""Options whose setting has another name."""
_FILES = (
    *("paths", "src_file", "tgt_file", "src_docs", "tgt_docs", "source", "target"),
    *("fit_on", "lexicon", "priors", "encoder", "load_model"),
)
"""Settings that name files: relative ones count from the folder of the plan."""
_NO_FILES = ("auto", "none")


class Section:
    """One part of a plan file: checks its keys, and hands its values out.

    Args:
        values: the mapping as it was read, or None.
        where: what messages call it.
        known: every option that it may hold, as the commands spell it.
        folder: the folder of the plan file.
        problems: gets what is wrong.
    """

    def __init__(self, values: Any, where: str, known: Sequence[str], folder: Path, problems: list[str]) -> None:
        self.where = where
        self._folder, self._problems = folder, problems
        self._values: dict[str, Any] = {}
        if values is not None and not isinstance(values, dict):
            problems.append(f"{where}: not a mapping of options to values")
            return
        for key, value in (values or {}).items():
            name = str(key).replace("-", "_")
            if name not in known:
                problems.append(f"{where}: {unknown_key(str(key), known)}")
            elif value is not None:
                self._values[name] = value

    @property
    def given(self) -> frozenset[str]:
        """The options that are given and not off."""
        return frozenset(name for name, value in self._values.items() if value not in (False, [], ""))

    def fill(self, kind: type[T], **fixed: Any) -> T | None:
        """Make settings of the values that are theirs; what is wrong is noted, and gives None.

        Args:
            kind: the dataclass of the settings.
            fixed: what stands elsewhere.
        """
        hints = get_type_hints(kind)
        wanted = {field.name for field in fields(kind)} - fixed.keys()  # type: ignore[arg-type]
        before = len(self._problems)
        found = {}
        for name, value in self._values.items():
            setting = NAMES.get(name, name)
            if setting in wanted:
                found[setting] = self._read(name, value, hints[setting])
        needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}  # type: ignore[arg-type]
        for name in sorted(needed - found.keys() - fixed.keys()):
            self.note(f"no {name!r}")
        if len(self._problems) > before:
            return None
        try:
            return kind(**found, **fixed)
        except ConfigError as error:
            self.note(error.message + (f" ({error.hint})" if error.hint else ""))
            return None

    def take(self, name: str, hint: Any, default: Any) -> Any:
        """Return one value, or its default; what is wrong is noted."""
        return self._read(name, self._values[name], hint) if name in self._values else default

    def note(self, problem: str) -> None:
        """Note something that is wrong."""
        self._problems.append(f"{self.where}: {problem}")

    def file(self, given: str) -> str:
        """Return the path of a file that is named in the plan."""
        return given if given.startswith("hub:") or given in _NO_FILES else str(self._folder / given)

    def _read(self, name: str, value: Any, hint: Any) -> Any:
        wanted, read = _expected(hint)
        found = read(value)
        if found is None:
            self.note(f"{name}: expected {wanted}, not {value!r}")
            return None
        if NAMES.get(name, name) in _FILES:
            return tuple(map(self.file, found)) if isinstance(found, tuple) else self.file(found)
        return found


def options_of(*kinds: type, without: Sequence[str] = ()) -> list[str]:
    """Return the options that fill such settings, as the commands spell them."""
    spelt = {setting: option for option, setting in NAMES.items()}
    names = [spelt.get(f.name, f.name) for kind in kinds for f in fields(kind) if not f.name.startswith("_")]
    return [name for name in names if name not in without]


def _expected(hint: Any) -> tuple[str, Any]:
    """Return the words for a type, and a function that reads a value of it, or gives None."""
    text = str(hint)
    if hint is bool:
        return "true or false", lambda value: value if isinstance(value, bool) else None
    if "tuple[float, float]" in text:
        return "two numbers", _two_numbers
    if "tuple[str, ...]" in text:
        return "a text, or a list of them", _texts
    if "int" in text and "str" not in text:
        return "a whole number", lambda value: value if type(value) is int else None
    if "float" in text:
        return "a number", lambda value: float(value) if type(value) in (int, float) else None
    return "a text", lambda value: str(value) if isinstance(value, str) or type(value) in (int, float) else None


def _texts(value: Any) -> tuple[str, ...] | None:
    listed = value if isinstance(value, list) else [value]
    good = all(isinstance(one, str) or type(one) in (int, float) for one in listed)
    return tuple(map(str, listed)) if good else None


def _two_numbers(value: Any) -> tuple[float, float] | None:
    parts = value.split(",") if isinstance(value, str) else value
    try:
        first, second = map(float, parts)
    except (TypeError, ValueError):
        return None
    return first, second
