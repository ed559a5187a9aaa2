"""Options of `make-sentence-cs` that contradict each other, or that the rest of it would ignore."""

from __future__ import annotations

from collections.abc import Collection

from cscl_data.errors import ConfigError
from cscl_data.pipelines.contradictions import flag_of, flags_of
from cscl_data.pipelines.translation_contradictions import OF_MODEL, check_model_options

_OF_MODE = {
    "share": ("random", "annotate"),
    "min_run": ("block",),
    "max_run": ("block",),
    "switch_probability": ("markov",),
}
_OF_PAIRS = ("src_column", "tgt_column", "id_column", "src_file", "tgt_file", "window")
"""Options of an input that has translations."""
_OF_DOCUMENTS = ("markup", "priors", "lexicon")
"""Options of an input whose sentences are aligned here."""
_NOT_OF_FOLDERS = ("inputs", "src_column", "tgt_column", "doc_column", "id_column", "src_file", "tgt_file", "window")
_NOT_OF_ROWS = ("src_file", "tgt_file", "window")


def check_document_options(given: Collection[str]) -> None:
    """Refuse options of `make-sentence-cs` that do not go with how its documents are given.

    Args:
        given: names of the options that the user gave.

    Raises:
        ConfigError: there is one.
    """
    folders = [name for name in ("src_docs", "tgt_docs") if name in given]
    rows = "align_sentences" in given
    if "translate_with" in given:
        _check_translated(given)
        return
    if len(folders) == 1:
        raise ConfigError(
            "--src-docs and --tgt-docs go together", hint="give both directories, or --src-docs and --translate-with"
        )
    if folders and rows:
        raise ConfigError(
            "--align-sentences is for documents in the rows of INPUT, and --src-docs names files",
            hint="give one of them",
        )
    if not folders and not rows:
        for name in (name for name in _OF_DOCUMENTS if name in given):
            raise ConfigError(
                f"{flag_of(name)} is for documents whose sentences are aligned here",
                hint="give --src-docs and --tgt-docs, or --align-sentences",
            )
        return
    ignored = [name for name in (_NOT_OF_FOLDERS if folders else _NOT_OF_ROWS) if name in given]
    if ignored:
        flags = flags_of([name for name in ignored if name != "inputs"]) or "INPUT"
        kind = "--src-docs names files" if folders else "--align-sentences reads whole documents"
        raise ConfigError(f"{kind}: {flags} would do nothing", hint="leave it out")
    if rows and "inputs" not in given:
        raise ConfigError("--align-sentences: no INPUT whose rows are documents", hint="give one, or --src-docs")


def _check_translated(given: Collection[str]) -> None:
    """Refuse what says of documents in one language how to align them, or twice where they lie."""
    if "tgt_docs" in given or "align_sentences" in given:
        raise ConfigError("--translate-with needs no translated documents", hint="leave one of them out")
    unused = ("priors", "lexicon") if "src_docs" in given else _OF_DOCUMENTS
    for name in (name for name in unused if name in given):
        raise ConfigError(f"{flag_of(name)} is for documents whose sentences are aligned here", hint="leave it out")
    twice = [name for name in ("inputs", "text_column", "doc_column") if "src_docs" in given and name in given]
    if twice:
        flags = flags_of([name for name in twice if name != "inputs"]) or "INPUT"
        raise ConfigError(f"--src-docs names files: {flags} would do nothing", hint="leave it out")


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
    check_document_options(given)
    if "window" in given and "doc_column" in given:
        raise ConfigError(
            "--window makes documents of every N rows, and --doc-column names them", hint="give one of them"
        )
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
