"""The models that ship: `default` is whichever of them has the languages that are asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from cscl_data.errors import BackendError, ConfigError
from cscl_data.text.languages import language

DEFAULT = "default"
INTO_ENGLISH = "default:into-english"
_FOLDERS = {DEFAULT: "default", INTO_ENGLISH: "into-english"}


def is_shipped(spec: str) -> bool:
    """Tell whether `--model` names a model that ships."""
    return spec in _FOLDERS


def shipped_directory(spec: str) -> Path:
    """Return the directory of a model that ships; plain `default` is the one out of English.

    Raises:
        BackendError: this installation has it not.
    """
    directory = _directory(spec)
    if not directory.is_dir():
        raise BackendError(f"model {spec}: this installation ships no such translation model", hint="install again")
    return directory


def shipped_models() -> dict[str, Path]:
    """Return the directory of every model that this installation ships, by the name that `--model` takes."""
    return {spec: directory for spec in _FOLDERS if (directory := _directory(spec)).is_dir()}


def chosen(spec: str, source: str, targets: Sequence[str]) -> str:
    """Return the name of the model that `--model` means for these languages; any name but `default` means itself.

    Args:
        spec: what `--model` names.
        source: tag of the source language.
        targets: tags of the languages that the one model has to translate it into.

    Raises:
        ConfigError: `default`, and no model that ships has all of these pairs.
        BackendError: this installation ships no model.
    """
    if spec != DEFAULT:
        return spec
    shipped_directory(spec)
    pairs_asked = {(language(source).tag, language(target).tag) for target in targets}
    wanted = {(one, other) for one, other in pairs_asked if one != other}  # what is no pair is told elsewhere
    declared = {name: _directions(directory) for name, directory in shipped_models().items()}
    for name, pairs in declared.items():
        if wanted <= pairs.keys():
            return name
    every = [pair for pairs in declared.values() for pair in pairs]
    missing = sorted(wanted - set(every)) or sorted(wanted)
    raise ConfigError(
        f"model default: no model that ships translates from {_listed(missing)}. They have: {_listed(every)}",
        hint="hub:facebook/nllb-200-distilled-600M has 200 languages",
    )


def _directory(spec: str) -> Path:
    return Path(str(files("cscl_data.assets"))) / "models" / _FOLDERS[spec]


def _directions(directory: Path) -> dict[tuple[str, str], None]:
    own = json.loads((directory / "cscl_model.json").read_text("utf-8"))
    return dict.fromkeys((source, target) for source, target in own["directions"])


def _listed(pairs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{source} to {target}" for source, target in pairs)
