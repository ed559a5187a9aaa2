"""Texts to translations: model adapters, bundles of fields, and the ladder that leaves no record behind."""

from __future__ import annotations

from pathlib import Path

from cscl_data.errors import ConfigError
from cscl_data.io.hub import HUB, check_hub_name
from cscl_data.translators.base import Translation, Translator
from cscl_data.translators.bundles import DEFAULT_INDICATORS, parse_indicators
from cscl_data.translators.catalysts import Catalyst, load_catalysts, resolve
from cscl_data.translators.conversion import is_original
from cscl_data.translators.echo import EchoTranslator
from cscl_data.translators.guards import CHECKS, DEFAULT_CHECKS, ON_FAIL, parse_checks
from cscl_data.translators.ladder import DEFAULT_LADDER, LadderConfig, parse_rungs, translate_bundles
from cscl_data.translators.masks import SHAPES, parse_shape
from cscl_data.translators.parts import PROTECT_MODES, Protection
from cscl_data.translators.replay import ReplayTranslator
from cscl_data.translators.results import BundleJob, BundleResult, merge_summaries, source_sha256, summarise
from cscl_data.translators.shipped import chosen, is_shipped, shipped_directory
from cscl_data.translators.unmarked import UNMARKED

__all__ = [
    "CHECKS",
    "DEFAULT_CHECKS",
    "DEFAULT_INDICATORS",
    "DEFAULT_LADDER",
    "ON_FAIL",
    "PROTECT_MODES",
    "SHAPES",
    "UNMARKED",
    "BundleJob",
    "BundleResult",
    "Catalyst",
    "EchoTranslator",
    "LadderConfig",
    "Protection",
    "ReplayTranslator",
    "Translation",
    "Translator",
    "check_model",
    "chosen",
    "given_directory",
    "is_shipped",
    "load_catalysts",
    "load_translator",
    "merge_summaries",
    "parse_checks",
    "parse_indicators",
    "parse_rungs",
    "parse_shape",
    "resolve",
    "source_sha256",
    "summarise",
    "translate_bundles",
]


def load_translator(
    spec: str,
    *,
    tokenizer: str | None = None,
    device: str = "auto",
    compute_type: str = "auto",
    beam_size: int = 4,
    batch_tokens: int = 4096,
    inter_threads: int = 0,
    intra_threads: int = 1,
    deterministic: bool = False,
) -> Translator:
    """Load the translator that `--model` names.

    Args:
        spec: `default` (ships, out of English), `default:into-english` (ships too), `echo`, `replay:FILE`,
            `hub:ORG/NAME`, or the path of a directory, of CTranslate2 or of `transformers`; the latter is converted
            once, see `model_cache`.
        tokenizer: `characters`, `whitespace` or a path, for a model directory without a tokenizer.
        device: `auto`, `cpu`, `cuda`, `cuda:1` or `cuda:0,1`.
        compute_type: as CTranslate2 names them; `auto` is the fastest the device has.
        beam_size: 1 or more, and so many hypotheses to choose from; 4 is our default.
        batch_tokens: tokens of one batch, padding included.
        inter_threads: batches at the same time, on each device; 0 is one per core of a CPU and one per GPU.
        intra_threads: threads of one batch (CPU).
        deterministic: make every translation independent of its neighbours, at the price of speed.

    Raises:
        ConfigError: no such model or tokenizer, or an option that does not fit.
        InputError: a replay file that is not of its form.
        BackendError: the model cannot be loaded, fetched or converted.
        OutputError: the cache of conversions cannot be written.
    """
    kind, _, rest = spec.partition(":")
    if spec == "echo":
        return EchoTranslator()
    if kind == "replay" and rest:
        return ReplayTranslator(Path(rest))
    from cscl_data.translators.ctranslate2 import CTranslate2Translator

    return CTranslate2Translator(
        model_directory(spec, device=device, compute_type=compute_type),
        tokenizer=tokenizer,
        device=device,
        compute_type=compute_type,
        beam_size=beam_size,
        batch_tokens=batch_tokens,
        inter_threads=inter_threads,
        intra_threads=intra_threads,
        deterministic=deterministic,
    )


def check_model(spec: str) -> None:
    """Return quietly if `--model` names something that is there; loads nothing and fetches nothing.

    Raises:
        ConfigError: there is no such file or directory.
        BackendError: the directory is no model.
    """
    kind, _, rest = spec.partition(":")
    if spec == "echo":
        return
    if spec.startswith(HUB):
        check_hub_name(rest, flag="--model")
        return
    if kind == "replay":
        if not Path(rest).is_file():
            raise ConfigError(f"--model {spec}: no such file")
        return
    directory = given_directory(spec)
    if not is_original(directory):
        from cscl_data.translators.ctranslate2 import check_directory

        check_directory(directory)


def model_directory(spec: str, *, device: str, compute_type: str) -> Path:
    """Return the CTranslate2 directory for `--model`; what is of `transformers` is converted, where it has not been.

    Raises:
        BackendError: no model ships, or it cannot be fetched or converted.
        OutputError: the cache of conversions cannot be written.
    """
    directory = given_directory(spec)
    if not is_original(directory):
        return directory
    from cscl_data.translators.model_cache import converted

    return converted(directory, name=spec, device=device, compute_type=compute_type)


def given_directory(spec: str) -> Path:
    """Return the directory that `--model` names, as it is; one of the Hub is fetched.

    Raises:
        BackendError: no model ships, or it cannot be fetched.
    """
    if is_shipped(spec):
        return shipped_directory(spec)
    if spec.startswith(HUB):
        from cscl_data.translators.hub import fetch

        return fetch(spec.removeprefix(HUB))
    return Path(spec)
