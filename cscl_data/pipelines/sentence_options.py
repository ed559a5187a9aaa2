"""Options of `make-sentence-cs` that contradict each other, or that the rest of it would ignore."""

from __future__ import annotations

from collections.abc import Collection

from cscl_data.errors import ConfigError
from cscl_data.pipelines.contradictions import OF_MODEL, check_model_options, flag_of, flags_of

_OF_MODE = {
    "share": ("random", "annotate"),
    "min_run": ("block",),
    "max_run": ("block",),
    "switch_probability": ("markov",),
}
_OF_PAIRS = ("src_column", "tgt_column", "id_column", "src_file", "tgt_file", "window")
"""Options of an input that has translations."""


def check_sentence_options(mode: str, model: str | None, given: Collection[str]) -> None:
    """Refuse options of `make-sentence-cs` that its mode or its kind of input would ignore.

    Args:
        mode: the mode.
        model: what `--translate-with` names, if it is given.
        given: names of the options that the user gave.

    Raises:
        ConfigError: there is one.
    """
    for name in (name for name in _OF_MODE if name in given and mode not in _OF_MODE[name]):
        wanted = " or ".join(_OF_MODE[name])
        raise ConfigError(
            f"{flag_of(name)} is for --mode {wanted}, and the mode is {mode}",
            hint=f"give --mode {wanted}, or leave {flag_of(name)} out",
        )
    if "budget_tokenizer" in given and "max_tokens" not in given:
        raise ConfigError("--budget-tokenizer counts tokens for --max-tokens", hint="give both, or neither")
    if model is not None:
        ignored = [name for name in _OF_PAIRS if name in given]
        if ignored:
            raise ConfigError(
                f"--translate-with reads text in one language: {flags_of(ignored)} would do nothing",
                hint="leave it out; see --text-column and --doc-column",
            )
        check_model_options("--translate-with", model, given)
        return
    for name in (name for name in ("text_column", *OF_MODEL) if name in given):
        raise ConfigError(f"{flag_of(name)} is for --translate-with", hint="leave it out")
