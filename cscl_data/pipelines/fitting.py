"""The fitted state of the statistical aligner: learned once a job, kept beside its shards, saved and loaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from cscl_data.aligners import TokenizedPair
from cscl_data.errors import ConfigError
from cscl_data.io.atomic import write_atomically
from cscl_data.pipelines.align_settings import AlignSettings, chosen_priors, resolved_tokenizers
from cscl_data.pipelines.listen import Listener
from cscl_data.text.languages import language

MODEL = "aligner.model"
"""Its name in a job's `.cscl/`."""


def fitted(
    settings: AlignSettings, languages: tuple[str, str], corpus: Iterable[TokenizedPair], path: Path, listener: Listener
) -> Path:
    """Return the file of the fitted model: the one of `--load-model`, that of an earlier start, or a new one.

    Args:
        settings: how to align.
        languages: source and target tag.
        corpus: what to learn from, read only if something is learned.
        path: where a new model is kept.
        listener: told of each step.

    Raises:
        ConfigError: the model to load is for other languages or other tokenizers.
        InputError: the model or the lexicon cannot be read.
    """
    from cscl_data.aligners.lexicon import read_lexicon
    from cscl_data.aligners.lexicon_evidence import MAX_WORDS
    from cscl_data.aligners.model import load_model, save_model
    from cscl_data.aligners.statistical import FitSettings, fit

    wanted = _made_for(settings, *languages)
    if settings.load_model is not None:
        made_for = load_model(Path(settings.load_model)).made_for
        if made_for != wanted:
            have = f"{'-'.join(made_for[:2])} by {'+'.join(made_for[2:])}" if made_for else "unknown languages"
            need = f"{'-'.join(wanted[:2])} by {'+'.join(wanted[2:])}"
            raise ConfigError(f"--load-model {settings.load_model}: a model for {have}, not {need}")
        return Path(settings.load_model)
    if not path.exists():
        priors = chosen_priors(settings, *languages)
        listener.note(f"priors: {priors.digest if priors else 'none'}")
        model = fit(
            corpus,
            FitSettings(threads=os.cpu_count() or 1),
            priors=priors.pseudo_counts() if priors else None,
            lexicon=read_lexicon(Path(settings.lexicon), max_words=MAX_WORDS) if settings.lexicon else (),
            progress=lambda step, done: listener.note(f"aligner: {step} {done:.0%}"),
        )
        save_model(path, model._replace(made_for=wanted))
    return path


def keep_model(state: Path, path: Path) -> None:
    """Copy the model that a job fitted to `--save-model`.

    Args:
        state: the job's `.cscl/`.
        path: where it goes.

    Raises:
        ConfigError: the job fitted none.
        OutputError: the file cannot be written.
    """
    made = state / MODEL
    if not made.is_file():
        raise ConfigError(f"--save-model {path}: this job has fitted no model")

    def copy(partial: Path) -> None:
        shutil.copyfile(made, partial)

    write_atomically(path, copy)


def _made_for(settings: AlignSettings, src_lang: str, tgt_lang: str) -> tuple[str, ...]:
    names = resolved_tokenizers(settings, src_lang, tgt_lang)
    return (
        language(src_lang).primary,
        language(tgt_lang).primary,
        names["src_tokenizer"],
        names["tgt_tokenizer"],
    )
