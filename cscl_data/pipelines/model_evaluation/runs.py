"""The models to measure: `--model [NAME=]DIR[,DIR...]` taken apart, and the model of a run found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cscl_data.errors import ConfigError
from cscl_data.io.hub import HUB, check_hub_name
from cscl_data.pipelines.alignment_evaluation.named import parse_named, refuse_twins


class ModelGroup(NamedTuple):
    """One line of the tables: its name, and the models behind it, one a seed: directories, or `hub:ORG/NAME`."""

    name: str
    models: tuple[str, ...]


def parse_groups(given: Sequence[str]) -> tuple[ModelGroup, ...]:
    """Read every `--model`; without a name, the last part of the first path is one.

    Raises:
        ConfigError: there is none, two have one name, one model comes twice, or a directory holds no model.
    """
    if not given:
        raise ConfigError("no model is given", hint="--model DIR: what cscl-data train wrote, or a model's directory")
    groups = []
    for item in given:
        named = parse_named(item)
        found = str(named.path)
        parts = [found] if named.path.exists() else [part for part in found.split(",") if part]
        name = named.name if item.startswith(f"{named.name}=") else Path(parts[0].removeprefix(HUB)).resolve().name
        groups.append(ModelGroup(name, tuple(model_of(part) for part in parts)))
        if len(set(groups[-1].models)) < len(parts):
            raise ConfigError(f"--model {item}: a model comes twice, which is no second seed")
    refuse_twins("--model", [group.name for group in groups])
    return tuple(groups)


def model_of(place: str) -> str:
    """Return the directory of a model: the one given, or `model/` of a run of `train`.

    Raises:
        ConfigError: neither holds a model.
    """
    if place.startswith(HUB):
        check_hub_name(place.removeprefix(HUB), flag="--model")
        return place
    for path in (Path(place), Path(place, "model")):
        if (path / "config.json").is_file():
            return str(path)
    if not Path(place).is_dir():
        raise ConfigError(f"--model {place}: no such directory", hint="a model of the Hub is hub:ORG/NAME")
    hint = "give what cscl-data train wrote, or what transformers saved; a run has model/ when it is finished"
    raise ConfigError(f"--model {place}: no model in it (no config.json, no model/config.json)", hint=hint)
