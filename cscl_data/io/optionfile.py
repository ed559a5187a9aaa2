"""YAML files of options: what `--config` reads, and what holds the stages of a curriculum."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from cscl_data.errors import ConfigError, InputError


class Option(Protocol):
    """What is asked of an option of a command: the name of its parameter, and its flags."""

    @property
    def name(self) -> str | None:
        """Name of the parameter."""
        ...

    @property
    def opts(self) -> Sequence[str]:
        """Its flags as they are typed, `--min-score`."""
        ...


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping.

    Raises:
        InputError: the file is missing or not YAML.
        ConfigError: it holds something else than a mapping.
    """
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path}: not YAML ({' '.join(str(error).split())})") from error
    if not isinstance(document, dict):
        raise ConfigError(f"{path}: not a mapping of names to values")
    return document


def option_defaults(path: Path, options: Iterable[Option]) -> dict[str, Any]:
    """Read the defaults of a command's options from a YAML file.

    Keys are flags as they are spelt, with or without `--`, with `-` or `_`. `--config` and `--help` cannot be set. An
    option that may be repeated takes a list, or one value.

    Args:
        path: the file.
        options: the parameters of the command.

    Returns:
        Values by name of the parameter.

    Raises:
        InputError: the file is missing or not YAML.
        ConfigError: it is not a mapping, or names options that the command does not have; all of them are named.
    """
    options = list(options)
    repeated = {
        option.name for option in options if getattr(option, "multiple", False) or getattr(option, "nargs", 1) == -1
    }
    flags = {flag.removeprefix("--"): option.name for option in options for flag in option.opts if option.name}
    known = {flag: name for flag, name in flags.items() if flag not in ("config", "help", "-h")}
    defaults: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in read_mapping(path).items():
        flag = str(key).removeprefix("--").replace("_", "-")
        if flag in known:
            name = known[flag]
            defaults[name] = (
                [value] if name in repeated and not isinstance(value, list) and value is not None else value
            )
        else:
            problems.append(f"{path}: {unknown_key(str(key), list(known))}")
    if problems:
        raise ConfigError("\n".join(problems))
    return defaults


def unknown_key(key: str, known: Sequence[str]) -> str:
    """Return the words for a key that is not among the known ones; they name the nearest."""
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
    return f"unknown key {key!r}, the nearest is {close[0]!r}" if close else f"unknown key {key!r}"
