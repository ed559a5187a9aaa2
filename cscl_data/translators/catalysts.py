"""Catalyst statements: one sentence before a bundle that says how its parts belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from cscl_data.errors import ConfigError
from cscl_data.text.fields import parse_path
from cscl_data.text.languages import language

MODES = ("auto", "none", "concat", "relation")
"""Words that `--catalyst` knows; anything else is the statement itself."""


class Catalyst(NamedTuple):
    """A statement and the name it has in rows and reports; without one, `name` is `none` and `text` empty.

    `note` says what the choice fell back to, or is empty.
    """

    name: str
    text: str
    note: str = ""


NO_CATALYST = Catalyst("none", "")
"""No statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One entry of a catalyst file.

    `needs` are groups of field names: each group must be met by one field. `text` is the statement by language tag.
    """

    name: str
    needs: tuple[tuple[str, ...], ...]
    text: Mapping[str, str]


def load_catalysts(path: Path | None = None) -> tuple[Relation, ...]:
    """Return the relations of a catalyst file in its order; of the shipped file by default.

    Raises:
        ConfigError: the file is missing or not of the shipped file's form.
    """
    place = str(path) if path else "catalysts.yaml"
    try:
        content = path.read_text("utf-8") if path else _shipped()
        loaded = yaml.safe_load(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{place}: cannot be read as a catalyst file ({error})") from error
    if not isinstance(loaded, dict) or not loaded:
        raise ConfigError(f"{place}: expected names of relations, each with `needs` and `text`")
    return tuple(_relation(f"{place}: {name}", str(name), entry) for name, entry in loaded.items())


def resolve(mode: str, fields: Sequence[str], source: str, *, relations: Sequence[Relation] | None = None) -> Catalyst:
    """Choose the statement for records with these fields.

    Args:
        mode: `none`; `concat`, a statement that the parts are joined; `relation`, one that says how they relate,
            chosen by the names of the fields; `auto`, which is `relation` until a trial has settled it; or the
            statement itself, in the source language.
        fields: dotted paths; the last part that is neither `*` nor a number counts.
        source: language tag of the fields.
        relations: a catalyst file's relations; the shipped ones by default.

    Returns:
        The catalyst. A language without a statement gives none, and `note` says so.

    Raises:
        ConfigError: `mode` is `concat` and the file has no entry of that name.

    Source:
        moon-etal-2024-translation, the two kinds of statement. Their wording is not published: ours, our default.
    """
    if mode not in MODES:
        return Catalyst("custom", mode.strip()) if mode.strip() else NO_CATALYST
    if mode == "none":
        return NO_CATALYST
    known = {relation.name: relation for relation in (load_catalysts() if relations is None else relations)}
    if mode == "concat":
        if "concat" not in known:
            raise ConfigError(f"catalyst file: no entry 'concat'. Available: {', '.join(known)}")
        return _spoken(known["concat"], source)
    chosen = choose_relation(list(known.values()), fields)
    return _spoken(chosen, source) if chosen else Catalyst("none", "", "no relation fits these fields")


def choose_relation(relations: Sequence[Relation], fields: Sequence[str]) -> Relation | None:
    """Return the first relation all of whose needs the fields meet; else `generic`, if the file has it."""
    names = {_last_name(field) for field in fields}
    for relation in relations:
        if relation.needs and all(names.intersection(group) for group in relation.needs):
            return relation
    return next((relation for relation in relations if relation.name == "generic"), None)


def _last_name(field: str) -> str:
    named = [part.key for part in parse_path(field) if not part.wildcard and not part.key.isdigit()]
    return named[-1].lower() if named else ""


def _spoken(relation: Relation, source: str) -> Catalyst:
    wanted = language(source)
    by_tag = {language(tag).tag: text for tag, text in relation.text.items()}
    text = by_tag.get(wanted.tag) or by_tag.get(wanted.primary)
    if text is None:
        note = f"{relation.name!r} has no statement in {source}: bundles go without one"
        return Catalyst("none", "", note)
    return Catalyst(relation.name, text)


def _shipped() -> str:
    return files("cscl_data.assets").joinpath("catalysts.yaml").read_text("utf-8")


def _relation(place: str, name: str, entry: Any) -> Relation:
    if not isinstance(entry, dict) or set(entry) - {"needs", "text"}:
        raise ConfigError(f"{place}: expected the keys `needs` and `text`")
    needs, text = entry.get("needs") or [], entry.get("text")
    groups_fit = isinstance(needs, list) and all(
        isinstance(group, list) and group and all(isinstance(field, str) for field in group) for group in needs
    )
    if not groups_fit:
        raise ConfigError(f"{place}: `needs` is a list of lists of field names")
    if not isinstance(text, dict) or not text or not all(isinstance(value, str) for value in text.values()):
        raise ConfigError(f"{place}: `text` holds one statement by language tag")
    statements = {str(tag): " ".join(value.split()) for tag, value in text.items()}
    groups = tuple(tuple(field.lower() for field in group) for group in needs)
    return Relation(name=name, needs=groups, text=statements)
