"""Options that contradict each other, or that the rest of a command would ignore: refused, never passed over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from cscl_data.aligners.pharaoh import has_scores, read_lines
from cscl_data.errors import ConfigError
from cscl_data.generators import LLM
from cscl_data.generators.config import TokenCsConfig
from cscl_data.io.dataset import read_manifest
from cscl_data.pipelines.align_settings import SEGMENTERS, AlignSettings
from cscl_data.text.languages import language

OF_ALIGNER = {
    "symmetrize": ("statistical", "eflomal"),
    "fit_on": ("statistical", "eflomal"),
    "lexicon": ("lexicon", "statistical"),
    "priors": ("statistical",),
    "encoder": ("simalign",),
    "layer": ("simalign",),
    "matching": ("simalign",),
    "load_model": ("statistical",),
    "save_model": ("statistical",),
    "eflomal": ("eflomal",),
    "trust_remote_code": ("simalign",),
}
"""Options that some aligners alone take, and which ones."""
_OF_FIT = ("fit_on", "priors", "lexicon", "save_model")
"""Options that a fitted model has behind it."""
_OF_UNITS = (
    *("aligner", "alignments", "pretokenized", "attach", "min_score", "one_indexed"),
    *("unit", "max_phrase_len", "constraint", "pos", "exclude_stopwords", "spacy_pipeline", "max_risk"),
)
"""Options of alignments and of the units that they offer."""
_CUTTERS = ("tokenizer", "segmenter")
_OF_ALIGNMENT = (
    *("aligner", "alignments", "pretokenized", "symmetrize", "attach", "min_score", "fit_on", "encoder"),
    *("layer", "matching", "compute_type", "device", "save_model", "load_model", "eflomal", "one_indexed"),
    "trust_remote_code",
)
"""Options that only word alignments need."""
_OF_BEST = ("priors", "unit", "max_phrase_len", "constraint", "pos", "exclude_stopwords", "spacy_pipeline")
_IGNORED_BY = {
    **dict.fromkeys(("align", "annotate", LLM), ("lexicon_policy", "text_column")),
    "lexicon": (*_OF_ALIGNMENT, "max_risk", "src_column", "tgt_column", "id_column", "src_file", "tgt_file"),
    "salad": (
        *(*_OF_ALIGNMENT, "priors", "lexicon", "lexicon_policy", "text_column"),
        *("unit", "max_phrase_len", "constraint", "max_risk"),
    ),
}
"""Options of `make-token-cs` that a method would do nothing with."""


def check_align_options(
    settings: AlignSettings, given: Collection[str], *, languages: Sequence[str], links_flag: str, cuts_words: bool
) -> None:
    """Refuse what the aligner in use would ignore.

    Args:
        settings: how pairs are aligned.
        given: names of the options that the user gave.
        languages: tags of both sides.
        links_flag: what the command calls links made before.
        cuts_words: whether the command needs words too, so that tokenizers matter even to links made before.

    Raises:
        ConfigError: options that do not go together.
        InputError: the links' directory has no manifest, or the Pharaoh file cannot be read.
    """
    _check_cutters(settings, languages)
    if settings.links is None:
        for name in (name for name in OF_ALIGNER if name in given and settings.aligner not in OF_ALIGNER[name]):
            wanted = " or ".join(OF_ALIGNER[name])
            raise ConfigError(
                f"{flag_of(name)} is for --aligner {wanted}, and the aligner is {settings.aligner}",
                hint=f"give --aligner {wanted}, or leave {flag_of(name)} out",
            )
        _check_sampler(settings, given)
        ignored = [name for name in _OF_FIT if settings.load_model is not None and name in given]
        if ignored:
            raise ConfigError(
                f"--load-model {settings.load_model}: fitted already, so {flags_of(ignored)} would do nothing",
                hint=f"leave {flags_of(ignored)} out",
            )
        if "one_indexed" in given:
            raise ConfigError("--one-indexed is for a Pharaoh file", hint=f"give {links_flag} FILE, or leave it out")
        return
    made_before = f"{links_flag} {settings.links}: links made before are taken as they are"
    if "aligner" in given and settings.aligner != "pharaoh":
        raise ConfigError(
            f"{made_before}, so --aligner {settings.aligner} contradicts it", hint="leave one of them out"
        )
    ignored = [name for name in OF_ALIGNER if name in given]
    if not cuts_words and (settings.pharaoh is None or settings.pretokenized):
        ignored += [name for name in _CUTTERS if name in given]
    if ignored:
        raise ConfigError(
            f"{made_before}, so {flags_of(ignored)} would do nothing", hint=f"leave {flags_of(ignored)} out"
        )
    if settings.pharaoh is None:
        _check_directory(settings, given, made_before)
    elif settings.min_score > 0 and not has_scores(read_lines(settings.pharaoh)):
        raise ConfigError(
            f"{links_flag} {settings.links}: a Pharaoh file without scores for --min-score",
            hint="leave --min-score out",
        )


def check_amount_options(given: Collection[str]) -> None:
    """Refuse two ways of saying how much `make-token-cs` switches.

    Raises:
        ConfigError: options that do not go together.
    """
    ways = [name for name in ("ratio", "ratio_range", "target_cmi", "target_spf") if name in given]
    if len(ways) > 1:
        raise ConfigError(f"{flags_of(ways)}: each says how much to switch", hint="give one of them")


def check_method_options(
    method: str, switching: TokenCsConfig, alignment: AlignSettings, given: Collection[str], *, of_llm: Collection[str]
) -> None:
    """Refuse options of `make-token-cs` that the method would ignore.

    Args:
        method: the method of `make-token-cs`.
        switching: how to switch.
        alignment: how pairs are aligned, or texts are cut.
        given: names of the options that the user gave.
        of_llm: names of the options of `--method llm`.

    Raises:
        ConfigError: there is one.
    """
    ignored = [name for name in _IGNORED_BY.get(method, ()) if name in given]
    if ignored:
        raise ConfigError(
            f"--method {method}: {flags_of(ignored)} would do nothing", hint=f"leave {flags_of(ignored)} out"
        )
    if method == "lexicon" and switching.lexicon_policy == "random":
        ignored = [name for name in (*_OF_BEST, "ratio_by", "target_cmi", "target_spf") if name in given]
        if ignored:
            raise ConfigError(
                f"--lexicon-policy random draws every word by itself: {flags_of(ignored)} would do nothing",
                hint=f"leave {flags_of(ignored)} out",
            )
    if method in ("lexicon", "salad") and alignment.learns_pieces:
        raise ConfigError(
            f"--segmenter {alignment.segmenter} is for alignments, and --method {method} needs none",
            hint="leave it out",
        )
    if method != LLM:
        for name in (name for name in of_llm if name in given):
            raise ConfigError(
                f"{flag_of(name)} is for --method llm, and the method is {method}",
                hint=f"give --method llm, or leave {flag_of(name)} out",
            )


def check_unaligned(given: Collection[str]) -> None:
    """Refuse options of alignment and of what it offers to switch, where a language model is left to choose.

    Raises:
        ConfigError: there is one.
    """
    ignored = [name for name in (*OF_ALIGNER, *_OF_UNITS) if name in given]
    if ignored:
        raise ConfigError(
            f"--llm-mode free with --llm-fallback reject aligns nothing, so {flags_of(ignored)} would do nothing",
            hint="--llm-mode guided and --llm-fallback align use them",
        )


def check_dedup_options(dedup: str, given: Collection[str]) -> None:
    """Refuse a threshold of near-duplicates where none are sought.

    Raises:
        ConfigError: there is one.
    """
    if "near_threshold" in given and dedup != "near":
        raise ConfigError(
            f"--near-threshold is for --dedup near, and it is {dedup}", hint="give --dedup near, or leave it out"
        )


def _check_sampler(settings: AlignSettings, given: Collection[str]) -> None:
    if settings.samples and "symmetrize" in given and settings.symmetrize == "posterior":
        raise ConfigError(
            "--symmetrize posterior needs posteriors, and eflomal has none",
            hint="leave it out for grow-diag-final-and, or name another rule",
        )
    if settings.samples and settings.min_score > 0:
        raise ConfigError("--aligner eflomal: gives no scores for --min-score", hint="leave --min-score out")


def _check_cutters(settings: AlignSettings, languages: Sequence[str]) -> None:
    primaries = [language(tag).primary for tag in languages]
    if settings.learns_pieces:
        return
    served = SEGMENTERS[settings.segmenter]
    if settings.segmenter != "auto" and not any(primary in served for primary in primaries):
        raise ConfigError(
            f"--segmenter {settings.segmenter} is for {' and '.join(served)}, "
            f"and the text is {' and '.join(languages)}",
            hint="leave it out, or see --tokenizer",
        )
    if settings.tokenizer != "auto" and all(primary in SEGMENTERS["auto"] for primary in primaries):
        raise ConfigError(
            f"--tokenizer {settings.tokenizer}: {' and '.join(languages)} are cut by --segmenter", hint="leave it out"
        )


def _check_directory(settings: AlignSettings, given: Collection[str], made_before: str) -> None:
    if "aligner" in given:
        raise ConfigError(f"{made_before}, and it is no Pharaoh file", hint="leave --aligner pharaoh out")
    if "one_indexed" in given:
        raise ConfigError(f"{made_before}; --one-indexed is for a Pharaoh file", hint="leave --one-indexed out")
    if settings.pretokenized and not read_manifest(Path(str(settings.links_path)))["settings"].get("pretokenized"):
        raise ConfigError(
            f"{made_before}, and they were made without --pretokenized", hint="align the input with --pretokenized too"
        )


def flag_of(name: str) -> str:
    """Return the flag of an option."""
    return f"--{name.replace('_', '-')}"


def flags_of(names: Sequence[str]) -> str:
    """Return the flags of options, by commas."""
    return ", ".join(flag_of(name) for name in names)
