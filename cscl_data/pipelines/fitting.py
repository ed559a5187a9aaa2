"""The fitted state of the statistical aligner: learned once a job, kept beside its shards, saved and loaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from cscl_data.aligners import TokenizedPair
from cscl_data.aligners.pieces import NO_PIECES, Pieces
from cscl_data.errors import ConfigError
from cscl_data.io.atomic import write_atomically
from cscl_data.pipelines.align_settings import AlignSettings, resolved_tokenizers
from cscl_data.pipelines.align_sig import chosen_priors
from cscl_data.pipelines.listen import Listener
from cscl_data.text.languages import language
from cscl_data.text.tokenizers.learned import LEARNED
from cscl_data.text.tokenizers.learning import PieceCounts

MODEL = "aligner.model"
"""Its name in a job's `.cscl/`."""


Corpus = Callable[[Pieces], Iterable[TokenizedPair]]
"""What to learn from, cut into these pieces where the segmenter is `learned`; it may be read more than once."""


def fitted(settings: AlignSettings, languages: tuple[str, str], corpus: Corpus, path: Path, listener: Listener) -> Path:
    """Return the file of the fitted model: the one of `--load-model`, that of an earlier start, or a new one.

    Args:
        settings: how to align.
        languages: source and target tag.
        corpus: read only if something is learned; twice if pieces of words are, which the model then holds.
        path: where a new model is kept.
        listener: told of each step.

    Raises:
        ConfigError: the model to load is for other languages or other tokenizers.
        InputError: the model or the lexicon cannot be read.
    """
    from cscl_data.aligners.lexicon_evidence import MAX_WORDS
    from cscl_data.aligners.model import load_model, save_model
    from cscl_data.aligners.statistical import FitSettings, fit
    from cscl_data.io.lexicon import read_lexicon

    wanted = _made_for(settings, *languages)
    if settings.load_model is not None:
        made_for = load_model(Path(settings.load_model)).made_for
        if made_for != wanted:
            have = f"{'-'.join(made_for[:2])} by {'+'.join(made_for[2:])}" if made_for else "unknown languages"
            need = f"{'-'.join(wanted[:2])} by {'+'.join(wanted[2:])}"
            in_pieces = any(name.startswith(LEARNED) for name in made_for)
            raise ConfigError(
                f"--load-model {settings.load_model}: a model for {have}, not {need}",
                hint=f"give --segmenter {LEARNED}" if in_pieces and not settings.learns_pieces else None,
            )
        return Path(settings.load_model)
    if not path.exists():
        priors = chosen_priors(settings, *languages)
        listener.note(f"priors: {priors.digest if priors else 'none'}")
        lexicon = read_lexicon(Path(settings.lexicon), max_words=MAX_WORDS) if settings.lexicon else None
        if lexicon is not None:
            listener.note(lexicon.note())
        pieces = _learned_pieces(corpus(NO_PIECES), listener) if settings.learns_pieces else NO_PIECES
        model = fit(
            corpus(pieces),
            FitSettings(threads=os.cpu_count() or 1),
            priors=priors.pseudo_counts() if priors else None,
            lexicon=lexicon.pairs if lexicon else (),
            languages=(wanted[0], wanted[1]),
            progress=lambda step, done: listener.note(f"aligner: {step} {done:.0%}"),
        )
        save_model(path, model._replace(made_for=wanted, pieces=pieces))
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


def _learned_pieces(corpus: Iterable[TokenizedPair], listener: Listener) -> Pieces:
    """Learn the pieces of both sides from their whole words."""
    listener.note("segmenter: reading words")
    src, tgt = PieceCounts(), PieceCounts()
    for pair in corpus:
        src.add(pair.src_text, pair.src_tokens)
        tgt.add(pair.tgt_text, pair.tgt_tokens)
    listener.note("segmenter: learning pieces")
    return src.learn(), tgt.learn()


def _made_for(settings: AlignSettings, src_lang: str, tgt_lang: str) -> tuple[str, ...]:
    names = resolved_tokenizers(settings, src_lang, tgt_lang)
    return (
        language(src_lang).primary,
        language(tgt_lang).primary,
        names["src_tokenizer"],
        names["tgt_tokenizer"],
    )
