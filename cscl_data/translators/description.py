"""What a plan says of a translator, found out from its files alone: no model is loaded, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cscl_data.io.fingerprints import file_input
from cscl_data.io.hub import HUB, cached_snapshot
from cscl_data.io.licences import stated_licence
from cscl_data.io.sources import InputFacts
from cscl_data.translators import given_directory, load_translator
from cscl_data.translators.base import Translator, file_signature
from cscl_data.translators.conversion import is_original
from cscl_data.translators.hub import FLAG

UNKNOWN = "unknown"
"""What stands for the parts of a model that is not there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """The part of `Translator` that a plan needs; device and compute type stand as asked, `auto` unresolved.

    `directory` is the model's own directory, None for a translator without one and for a model that would be
    fetched or converted.
    """

    name: str
    sig: str
    deterministic: bool
    settings: Mapping[str, str | int | bool]
    directory: Path | None = None
    max_bundle_fields: int | None = None

    def check_pair(self, source: str, target: str) -> None:
        """Return quietly if the model has both languages, as far as its files tell; see `Translator.check_pair`.

        Raises:
            ConfigError: it has not.
        """
        if self.directory is not None:
            from cscl_data.translators.families import detect_family, read_vocabulary

            detect_family(self.directory, read_vocabulary(self.directory)).frame(source, target)


def describe(
    spec: str, *, tokenizer: str | None, device: str, compute_type: str, beam_size: int, deterministic: bool
) -> Translator | Description:
    """Describe the translator that `--model` names; echo and replay are no models and come as they are.

    Raises:
        ConfigError: no such model or tokenizer.
        BackendError: the directory is no CTranslate2 model.
        InputError: a replay file that is not of its form.
    """
    if _is_light(spec):
        return load_translator(spec)
    directory = _cached(spec, device, compute_type)
    settings: dict[str, str | int | bool] = {"family": UNKNOWN, "tokenizer": tokenizer or "own"}
    sig, bundle_fields = UNKNOWN, None
    if directory is not None:
        from cscl_data.translators.families import detect_family, read_vocabulary

        family = detect_family(directory, read_vocabulary(directory))
        settings["family"], bundle_fields = family.name, family.bundle_fields
        sig = file_signature(_paths(directory, tokenizer))
    settings |= {"device": device, "compute_type": compute_type, "beam_size": beam_size, "deterministic": deterministic}
    return Description(
        name="ctranslate2",
        sig=sig,
        deterministic=deterministic,
        settings=settings,
        directory=directory,
        max_bundle_fields=bundle_fields,
    )


def model_files(
    spec: str, tokenizer: str | None = None, *, device: str = "auto", compute_type: str = "auto"
) -> list[InputFacts]:
    """Return the facts of every file that decides what the translator of `--model` says; none for `echo`.

    They are named by `spec` and carry the licence that the model states. A model of the Hub that is not in the cache
    has no files yet, nor has one of `transformers` that is not converted.

    Raises:
        ConfigError: no such model or tokenizer.
        BackendError: the directory is no CTranslate2 model, or a tokenizer cannot be read.
        InputError: a file cannot be read.
    """
    if spec == "echo":
        return []
    if _is_light(spec):
        return [file_input(Path(spec.partition(":")[2]), "model")]
    directory = _cached(spec, device, compute_type)
    if directory is None:
        return []
    licence = stated_licence(directory)
    found = []
    for path in _paths(directory, tokenizer):
        own = path.parent == directory
        given = f"{spec.rstrip('/')}/{path.name}" if own else str(path)
        found.append(file_input(path, "model" if own else "tokenizer", given=given, licence=licence if own else None))
    return found


def _is_light(spec: str) -> bool:
    return spec == "echo" or spec.startswith("replay:")


def _cached(spec: str, device: str, compute_type: str) -> Path | None:
    hub = spec.startswith(HUB)
    directory = cached_snapshot(spec.removeprefix(HUB), flag=FLAG) if hub else given_directory(spec)
    if directory is None or (hub and not is_original(directory) and not (directory / "model.bin").is_file()):
        return None
    if not is_original(directory):
        return directory
    from cscl_data.translators.model_cache import found_conversion

    return found_conversion(directory, device=device, compute_type=compute_type)


def _paths(directory: Path, tokenizer: str | None) -> list[Path]:
    from cscl_data.translators.ctranslate2 import check_directory, signed_files
    from cscl_data.translators.tokenization import load_tokenizer

    check_directory(directory)
    return signed_files(directory, load_tokenizer(directory, tokenizer))
