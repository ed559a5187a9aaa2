"""Translation models: what ships, what the cache holds, and how a model comes into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.io.hub import HUB, check_hub_name
from cscl_data.io.licences import stated_licence
from cscl_data.translators.conversion import QUANTIZATIONS, conversion_facts, convert, is_original, quantization_for
from cscl_data.translators.families import detect_family, read_vocabulary
from cscl_data.translators.hub import fetch
from cscl_data.translators.model_cache import cache_home, cached_models, converted
from cscl_data.translators.shipped import shipped_models

_PULL = "models pull"


def list_models() -> dict[str, Any]:
    """Return what is there: `shipped` and `cached` models with their facts (see `model_facts`), and the cache's path.

    Raises:
        BackendError: the model that ships is damaged.
    """
    return {
        "shipped": [model_facts(directory, name=spec) for spec, directory in shipped_models().items()],
        "cached": [model_facts(directory) for directory in cached_models()],
        "cache": str(cache_home()),
    }


def pull_model(spec: str, *, device: str = "auto", compute_type: str = "auto") -> dict[str, Any]:
    """Fetch a model of the Hub, and convert it into the cache where it is one of `transformers`; return its facts.

    Args:
        spec: `hub:ORG/NAME`.
        device: `auto`, `cpu`, `cuda` or `cuda:1`: what it will run on.
        compute_type: as CTranslate2 names them, or `auto`.

    Raises:
        ConfigError: no such name, or no such compute type.
        BackendError: it cannot be fetched or converted, or the conversion is another model.
        OutputError: the cache cannot be written.
    """
    if not spec.startswith(HUB):
        raise ConfigError(f"{_PULL} {spec}: expected hub:ORG/NAME", hint="a directory is converted by models convert")
    check_hub_name(spec.removeprefix(HUB), flag=_PULL)
    quantization_for(device, compute_type)
    directory = fetch(spec.removeprefix(HUB))
    if is_original(directory):
        directory = converted(directory, name=spec, device=device, compute_type=compute_type)
    return model_facts(directory, name=spec)


def convert_directory(
    source: Path, out: Path, *, quantization: str = "auto", device: str = "auto", overwrite: bool = False
) -> dict[str, Any]:
    """Convert a `transformers` directory into a directory of its own; return its facts.

    Args:
        source: the directory.
        out: the directory to be made.
        quantization: how weights are kept, as CTranslate2 names it; `auto`: int8 for a CPU, float16 for a GPU.
        device: where the conversion is tried.
        overwrite: replace an earlier conversion; nothing else is ever replaced.

    Raises:
        ConfigError: `source` is no such directory, `out` is there, or there is no such quantization.
        BackendError: it cannot be converted, or the conversion is another model.
        OutputError: `out` cannot be written.
    """
    if quantization != "auto" and quantization not in QUANTIZATIONS:
        raise unknown_name("quantization", quantization, ("auto", *QUANTIZATIONS))
    if not source.is_dir() or not is_original(source):
        what = "a CTranslate2 model already" if (source / "model.bin").is_file() else "no transformers directory"
        raise ConfigError(f"{source}: {what}", hint="it has config.json and model.safetensors or pytorch_model.bin")
    if out.exists() and not (overwrite and conversion_facts(out)) and not (out.is_dir() and not any(out.iterdir())):
        hint = "--overwrite replaces it" if conversion_facts(out) else "give another --out"
        raise ConfigError(f"--out {out}: is there already", hint=hint)
    kept = quantization_for(device, quantization)
    convert(source, out, name=str(source), quantization=kept, device=device, compute_type="default", replace=overwrite)
    return model_facts(out, name=str(source))


def model_facts(directory: Path, *, name: str | None = None) -> dict[str, Any]:
    """Return the facts of a CTranslate2 directory, from its files alone.

    They are `name`, `family`, `languages` (its language tokens), `directions` (pairs of tags, of a model that declares
    them), `licence` (as its own files state it, or None), `quantization` and `agreement` (of a conversion, else None),
    `bytes` and `path`.

    Raises:
        BackendError: it is no whole CTranslate2 model.
    """
    family = detect_family(directory, read_vocabulary(directory))
    made = conversion_facts(directory)
    return {
        "name": name or str(made.get("model", directory.name)),
        "family": family.name,
        "languages": sorted(family.languages),
        "directions": [list(pair) for pair in family.directions],
        "licence": stated_licence(directory),
        "quantization": made.get("quantization"),
        "agreement": made.get("agreement"),
        "bytes": sum(path.stat().st_size for path in directory.iterdir() if path.is_file()),
        "path": str(directory),
    }
