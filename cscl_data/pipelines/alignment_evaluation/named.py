"""Which links are scored against which gold: `--gold [NAME=]FILE` and `--links [NAME[@GOLD]=]PATH` taken apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cscl_data.errors import ConfigError


class NamedPath(NamedTuple):
    """A path and what it is called in the table."""

    name: str
    path: Path


class LinksOf(NamedTuple):
    """Links under test: what made them, the name of the gold they belong to, and where they are."""

    name: str
    gold: str
    path: Path


def parse_named(given: str) -> NamedPath:
    """Read `NAME=PATH` or `PATH`; a path that exists as it stands is never taken apart, and lends its last part.

    Raises:
        ConfigError: the name or the path is empty.

    Example:
        >>> parse_named("awesome=out/enfr.out").name, parse_named("out/enfr.out").name
        ('awesome', 'enfr.out')
    """
    name, equals, rest = given.partition("=")
    if not equals or Path(given).exists():
        name, rest = Path(given).resolve().name, given
    if not name or not rest:
        raise ConfigError(f"{given!r}: expected NAME=PATH, or a path")
    return NamedPath(name, Path(rest))


def parse_golds(given: Sequence[str]) -> tuple[NamedPath, ...]:
    """Read every `--gold`.

    Raises:
        ConfigError: there is none, or two have one name.
    """
    golds = tuple(parse_named(item) for item in given)
    if not golds:
        raise ConfigError("no gold alignment is given", hint="--gold FILE")
    refuse_twins("--gold", [gold.name for gold in golds])
    return golds


def parse_links(given: Sequence[str], golds: Sequence[NamedPath]) -> tuple[LinksOf, ...]:
    """Read every `--links`; with one gold they belong to it, with several each says to which.

    Raises:
        ConfigError: there are none, a gold is not named or not known, or two of one gold have one name.
    """
    if not given:
        raise ConfigError("no links are given", hint="--links PATH: what cscl-data align wrote, or a Pharaoh file")
    found = []
    for item in given:
        name, path = parse_named(item)
        label, at, gold = name.rpartition("@")
        if not at or not item.startswith(f"{name}="):
            label, gold = name, golds[0].name if len(golds) == 1 else ""
        found.append(LinksOf(label, known_gold(gold, golds, f"--links {item}", "--links NAME@GOLD=PATH"), path))
    refuse_twins("--links", [links.name if len(golds) == 1 else f"{links.name}@{links.gold}" for links in found])
    return tuple(found)


def parse_texts(given: Sequence[str], golds: Sequence[NamedPath]) -> dict[str, Path]:
    """Read every `--text [GOLD=]FILE` as the path by gold.

    Raises:
        ConfigError: a gold is not named or not known.
    """
    texts = {}
    for item in given:
        name, path = parse_named(item)
        gold = name if item.startswith(f"{name}=") else golds[0].name if len(golds) == 1 else ""
        texts[known_gold(gold, golds, f"--text {item}", "--text GOLD=FILE")] = path
    return texts


def known_gold(name: str, golds: Sequence[NamedPath], where: str, form: str) -> str:
    """Return the name if a gold has it.

    Raises:
        ConfigError: none has; the message lists those there are.
    """
    names = [gold.name for gold in golds]
    if name in names:
        return name
    what = f"there is no gold {name!r}" if name else "there are several golds, and it does not say which it belongs to"
    raise ConfigError(f"{where}: {what}. Available: {', '.join(names)}", hint=form)


def refuse_twins(flag: str, names: Sequence[str]) -> None:
    """Return quietly if every name is there once.

    Raises:
        ConfigError: one comes twice; `flag` is the option that gave them.
    """
    twins = [name for name, count in Counter(names).items() if count > 1]
    if twins:
        raise ConfigError(f"{flag}: two are called {twins[0]!r}", hint=f"name them: {flag} NAME=PATH")
