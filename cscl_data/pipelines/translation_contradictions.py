"""Options of translation that contradict each other, or that the model or the ladder would ignore."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cscl_data.errors import ConfigError
from cscl_data.pipelines.bundle_quality import BACKTRANSLATE, ENCODER
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings
from cscl_data.pipelines.contradictions import flags_of

OF_MODEL = (
    *("tokenizer", "device", "compute_type", "beam_size", "batch_tokens", "inter_threads", "intra_threads"),
    "deterministic",
)
_OF_BUNDLES = ("catalyst", "catalyst_file", "indicators", "max_fields_per_bundle")
_BUNDLING = ("indicator", "smaller")


def check_model_options(flag: str, model: str, given: Collection[str], *, elsewhere: Collection[str] = ()) -> None:
    """Refuse options of a translation model that this one would ignore.

    Args:
        flag: the option that names the model.
        model: what it names.
        given: names of the options that the user gave.
        elsewhere: names of those that do something beside it.

    Raises:
        ConfigError: there is one.
    """
    kind = model.partition(":")[0]
    ignored = [name for name in OF_MODEL if name in given and name not in elsewhere]
    if ignored and _is_light(model):
        raise ConfigError(
            f"{flag} {kind} is no model that {flags_of(ignored)} could do anything to", hint="leave it out"
        )
    if "batch_tokens" in given and "deterministic" in given:
        raise ConfigError("--deterministic translates every text alone, so --batch-tokens would do nothing")


def check_bundle_options(
    bundles: BundleSettings, model: ModelSettings, given: Collection[str], *, scorers: Sequence[str] = ()
) -> None:
    """Refuse what the models or the ladder of `translate-bundle` would ignore.

    Args:
        bundles: what is translated.
        model: that of the translations.
        given: names of the options that the user gave.
        scorers: those of `--qe`, as on the command line; they take options of the model too (see `parse_quality`).

    Raises:
        ConfigError: options that do not go together.
    """
    check_model_options("--model", model.model, given, elsewhere=_of_scorers(scorers))
    rungs = [rung.strip() for rung in bundles.fallback.split(",")]
    unused = [name for name in _OF_BUNDLES if name in given and getattr(bundles, name) != "none"]
    if unused and not any(rung in _BUNDLING for rung in rungs):
        raise ConfigError(
            f"--fallback {bundles.fallback} sends no bundle, so {flags_of(unused)} would do nothing",
            hint="begin the ladder with indicator or smaller",
        )
    if "mask_shape" in given and bundles.protect_mode != "mask":
        raise ConfigError(
            f"--mask-shape is for --protect-mode mask, and it is {bundles.protect_mode}",
            hint="give --protect-mode mask, or leave it out",
        )
    if "on_fail" in given and bundles.checks.strip() == "none" and bundles.protect_mode == "off":
        raise ConfigError(
            "--checks none with --protect-mode off checks nothing, so --on-fail would do nothing",
            hint="leave it out",
        )
    if bundles.catalyst_file is not None and bundles.catalyst not in ("auto", "relation", "concat"):
        raise ConfigError(
            f"--catalyst-file {bundles.catalyst_file}: --catalyst {bundles.catalyst!r} takes nothing from it",
            hint="--catalyst relation chooses a statement of the file",
        )


def _is_light(model: str) -> bool:
    return model.partition(":")[0] in ("echo", "replay")


def _of_scorers(scorers: Sequence[str]) -> set[str]:
    named = dict(scorer.split(":", 1) for scorer in scorers if ":" in scorer)
    taken = {"device"} if ENCODER in named else set()
    back = named.get(BACKTRANSLATE)
    return taken if back is None or _is_light(back) else taken | set(OF_MODEL) - {"tokenizer"}


def check_quality_options(scorers: Sequence[str], given: Collection[str]) -> None:
    """Refuse trust in code where no model that could bring any scores translations.

    Args:
        scorers: those of `--qe`, as on the command line.
        given: names of the options that the user gave.

    Raises:
        ConfigError: there is none.
    """
    if "trust_remote_code" in given and not any(scorer.startswith(f"{ENCODER}:") for scorer in scorers):
        raise ConfigError(
            "--trust-remote-code is for the model of --qe encoder:DIR, and there is none",
            hint="leave it out: translation models bring no code",
        )
