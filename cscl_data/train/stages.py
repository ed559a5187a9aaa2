"""The stages of a curriculum: how they are written on the command line and in a stages file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from cscl_data.errors import ConfigError
from cscl_data.io.amounts import parse_tokens
from cscl_data.io.optionfile import read_mapping, unknown_key

Unit = Literal["tokens", "steps", "epochs"]

_COUNTED = re.compile(r"(\d+)(steps?|epochs?)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_NUMBERS = ("lr", "warmup")
_OPTIONS = (*_NUMBERS, "replay")
_FILE_KEYS = ("name", "data", "tokens", "steps", "epochs", *_OPTIONS)


class Budget(NamedTuple):
    """How long a stage lasts: an amount (1 or more) of tokens trained on, of steps, or of passes over the data."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount > 1 else self.unit[:-1]}"


ONE_EPOCH = Budget(1, "epochs")


class Stage(NamedTuple):
    """One stage: its name, a shard directory, its budget, and what it sets for itself.

    `lr` is the peak learning rate, `warmup` a share of the stage (below 1) or a number of steps; None takes the run's.
    `replay` names earlier stages and the share of the rows that comes from their data. A stage with `parts` mixes the
    data of those.
    """

    name: str
    path: Path
    budget: Budget = ONE_EPOCH
    lr: float | None = None
    warmup: float | None = None
    replay: tuple[tuple[str, float], ...] = ()
    parts: tuple[Stage, ...] = ()


def parse_stage(text: str) -> Stage:
    """Read `NAME=DIR[@BUDGET][,key=value...]`; the budget stands behind the last `@`.

    Raises:
        ConfigError: the text has another form, or a key or a value is unknown. All problems are named at once.

    Example:
        >>> parse_stage("token=out/token@5M,lr=1e-3").budget
        Budget(amount=5000000, unit='tokens')
    """
    name, equals, rest = text.partition("=")
    if not equals or not rest:
        raise ConfigError(f"stage {text!r}: not NAME=DIR[@BUDGET][,key=value...]", hint="--stage token=out/token@5M")
    path, at, tail = rest.rpartition("@")
    if not at:
        path, _, tail = rest.partition(",")
        budget, options = None, tail
    else:
        budget, _, options = tail.partition(",")
    entry: dict[str, Any] = {"name": name, "data": path}
    problems = []
    for option in filter(None, options.split(",")):
        key, equals, value = option.partition("=")
        if key in _OPTIONS and equals:
            entry[key] = value
        else:
            problems.append(f"stage {name!r}: {unknown_key(key, _OPTIONS)}")
    return _stage(entry, budget, f"stage {name!r}", problems)


def parse_budget(text: str) -> Budget:
    """Read `5M`, `200k`, `1B`, `20000` (tokens), `300steps` or `2epochs`.

    Raises:
        ConfigError: the text has another form, or the amount is zero.
    """
    budget = None
    if counted := _COUNTED.fullmatch(text):
        budget = Budget(int(counted[1]), "steps" if counted[2].startswith("step") else "epochs")
    elif tokens := parse_tokens(text):
        budget = Budget(tokens, "tokens")
    if budget is None or budget.amount < 1:
        raise ConfigError(f"{text!r} is not a budget", hint="write 5M, 200k, 1B, 20000, 300steps or 2epochs")
    return budget


def parse_replay(given: object) -> tuple[tuple[str, float], ...]:
    """Read `NAME:0.1`, `NAME:0.1+OTHER:0.05`, or a mapping of names to shares.

    Raises:
        TypeError, ValueError: it has another form.
    """
    if not given:
        return ()
    if isinstance(given, Mapping):
        return tuple((str(name), float(share)) for name, share in given.items())
    parts = [part.rpartition(":") for part in str(given).split("+")]
    if not all(name for name, _, _ in parts):
        raise ValueError(given)
    return tuple((name, float(share)) for name, _, share in parts)


def load_stages(path: Path) -> tuple[Stage, ...]:
    """Read a stages file: `stages: [{name, data, tokens|steps|epochs, lr, warmup, replay}]`.

    A relative `data` counts from the folder of the file, so that a directory with its stages file can be moved.

    Raises:
        InputError: the file is missing or not YAML.
        ConfigError: its content has another form; all problems are named at once.
    """
    document = read_mapping(path)
    entries = document.get("stages")
    problems = [f"{path}: {unknown_key(str(key), ('stages',))}" for key in document if key != "stages"]
    if not isinstance(entries, list) or not entries:
        raise ConfigError("\n".join([*problems, f"{path}: no list under 'stages'"]))
    stages = []
    for i, entry in enumerate(entries, start=1):
        try:
            stages.append(_stage_of_entry(entry, f"{path}: stage {i}", path.parent))
        except ConfigError as error:
            problems.append(error.message)
    if problems:
        raise ConfigError("\n".join(problems))
    return tuple(stages)


def check_stages(stages: Sequence[Stage]) -> list[str]:
    """Return what is wrong with the names of a run's stages and with what they replay.

    Names stand for folders, and seed the order of the rows.
    """
    problems = [
        f"stage {s.name!r}: a name is letters, digits, '_', '.', '-'" for s in stages if not _NAME.fullmatch(s.name)
    ]
    names = [stage.name for stage in stages]
    doubled = sorted({name for name in names if names.count(name) > 1})
    problems += [f"stage {name!r}: the name is used twice" for name in doubled]
    for number, stage in enumerate(stages):
        unknown = [name for name, _ in stage.replay if name not in names[:number]]
        problems += [f"stage {stage.name!r}: replay of {name!r}, which is no earlier stage" for name in unknown]
        shares = [share for _, share in stage.replay]
        if shares and not (min(shares) > 0 and sum(shares) < 1):
            problems.append(f"stage {stage.name!r}: shares of replay must be above 0 and together below 1")
    return problems


def _stage_of_entry(entry: object, where: str, folder: Path) -> Stage:
    if not isinstance(entry, dict):
        raise ConfigError(f"{where}: not a mapping of names to values")
    problems = [f"{where}: {unknown_key(str(key), _FILE_KEYS)}" for key in entry if key not in _FILE_KEYS]
    problems += [f"{where}: no {key!r}" for key in ("name", "data") if not entry.get(key)]
    units = [unit for unit in ("tokens", "steps", "epochs") if entry.get(unit) is not None]
    if len(units) > 1:
        problems.append(f"{where}: give one of {', '.join(units)}")
    budget = None
    if units:
        budget = str(entry[units[0]]) + ("" if units[0] == "tokens" else units[0])
    known = {key: value for key, value in entry.items() if key in ("name", "data", *_OPTIONS)}
    known["data"] = folder / str(entry.get("data", ""))
    return _stage(known, budget, where, problems)


def _stage(entry: Mapping[str, Any], budget: str | None, where: str, problems: list[str]) -> Stage:
    parsed = ONE_EPOCH
    try:
        parsed = parse_budget(budget) if budget is not None else ONE_EPOCH
    except ConfigError as error:
        problems.append(f"{where}: {error.message} ({error.hint})")
    numbers: dict[str, float | None] = dict.fromkeys(_NUMBERS)
    for key in _NUMBERS:
        if entry.get(key) is None:
            continue
        try:
            numbers[key] = float(entry[key])
        except (TypeError, ValueError):
            problems.append(f"{where}: {key}={entry[key]!r} is not a number")
    replay: tuple[tuple[str, float], ...] = ()
    try:
        replay = parse_replay(entry.get("replay"))
    except (TypeError, ValueError):
        problems.append(f"{where}: replay={entry['replay']!r} is not NAME:SHARE, or NAME:SHARE+NAME:SHARE")
    if problems:
        raise ConfigError("\n".join(problems))
    return Stage(str(entry["name"]), Path(entry["data"]), parsed, numbers["lr"], numbers["warmup"], replay)
