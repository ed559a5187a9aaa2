"""The static vectors of a job, read or learned, for the tokens of both vocabularies, in one space."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.embeddings import METHODS
from cscl_data.embeddings.alignment import rotation
from cscl_data.embeddings.base import Vectors
from cscl_data.embeddings.canonical import forms_of
from cscl_data.embeddings.static import StaticVectors, lexicon_rows, token_vectors
from cscl_data.embeddings.vector_files import read_vectors, write_vectors
from cscl_data.embeddings.vector_training import train_vectors
from cscl_data.errors import InputError
from cscl_data.io.lexicon import read_lexicon
from cscl_data.pipelines.embeddings.settings import EmbeddingJob
from cscl_data.pipelines.embeddings.texts import tokens_in, words_in
from cscl_data.pipelines.embeddings.vocabularies import rows_of, word_cutter
from cscl_data.pipelines.listen import Listener

logger = logging.getLogger(__name__)


class BothVectors(NamedTuple):
    """Vectors of the target and of the source tokens, None where the method needs none, and the entries used."""

    target: Vectors | None = None
    source: Vectors | None = None
    entries: int | None = None


def static_vectors(job: EmbeddingJob, source: Any, target: Any, listener: Listener) -> BothVectors:
    """Return what the method needs.

    SALT and FOCUS compare target tokens with each other, so vectors that are learned for them are of tokens. WECHSEL
    and OFA compare across languages, by way of words.

    Raises:
        InputError: a file cannot be read, no token has a vector, the widths differ, or no entry of the lexicon has two.
        BackendError: gensim is needed and missing.
    """
    needs = METHODS[job.method].needs
    if "static" not in needs:
        return BothVectors()
    of_words = "source_static" in needs
    theirs = _target_vectors(job, target, listener, of_words=of_words)
    target_rows = _checked(job, _of_tokens(theirs, target), "target")
    if not of_words:
        return BothVectors(target_rows)
    ours = _source_vectors(job, listener) or theirs
    source_rows = _checked(job, _of_tokens(ours, source), "source")
    if ours.table.shape[1] != theirs.table.shape[1]:
        raise InputError(
            f"--source-vectors: {ours.table.shape[1]} numbers a word, the target's vectors {theirs.table.shape[1]}"
        )
    if job.lexicon is None or ours is theirs:
        return BothVectors(target_rows, source_rows)
    return _turned(job, ours, theirs, source_rows, target_rows, listener)


def _turned(
    job: EmbeddingJob,
    ours: StaticVectors,
    theirs: StaticVectors,
    source: Vectors,
    target: Vectors,
    listener: Listener,
) -> BothVectors:
    """Turn the source's vectors into the target's space by the words of the lexicon."""
    read = read_lexicon(Path(str(job.lexicon)))
    here, there = lexicon_rows(ours, theirs, read.pairs)
    if not len(here):
        raise InputError(
            f"--lexicon {job.lexicon}: no entry whose words both have a vector",
            hint="the source word stands first, the target word second",
        )
    listener.note(f"{read.note()}; {len(here):,} of them join the two spaces")
    if len(here) < here.shape[1]:
        logger.warning(
            "warning: --lexicon %s: %d entries do not determine the rotation of vectors of %d numbers (hint: give a "
            "lexicon of thousands of words, or learn vectors of fewer numbers: --vector-dim)",
            job.lexicon,
            *here.shape,
        )
    turn = rotation(here, there)
    turned = (source.table.double() @ turn).to(source.table.dtype)
    return BothVectors(target, Vectors(turned, source.known), len(here))


def _target_vectors(job: EmbeddingJob, tokenizer: Any, listener: Listener, *, of_words: bool) -> StaticVectors:
    if job.static_vectors is not None:
        return read_vectors(Path(job.static_vectors))
    path = str(job.train_vectors)
    listener.note(f"learning vectors of {'words' if of_words else 'tokens'} from {path}")
    if of_words:
        read = words_in(path, lang=str(job.tgt_lang), column=job.text_column)
    else:
        read = tokens_in(path, tokenizer, lang=job.tgt_lang, column=job.text_column)
    learned = train_vectors(read, job.vectors, of_tokens=not of_words)
    if job.save_vectors is not None:
        write_vectors(Path(job.save_vectors), learned)
    return learned


def _source_vectors(job: EmbeddingJob, listener: Listener) -> StaticVectors | None:
    if job.source_vectors is not None:
        return read_vectors(Path(job.source_vectors))
    if job.train_source_vectors is None:
        return None
    listener.note(f"learning vectors of words from {job.train_source_vectors}")
    read = words_in(job.train_source_vectors, lang=str(job.src_lang), column=job.text_column)
    return train_vectors(read, job.vectors, of_tokens=False)


def _of_tokens(vectors: StaticVectors, tokenizer: Any) -> Vectors:
    return token_vectors(vectors, forms_of(tokenizer), rows_of(tokenizer), word_cutter(tokenizer))


def _checked(job: EmbeddingJob, vectors: Vectors, side: str) -> Vectors:
    if not bool(vectors.known.any()):
        given: Sequence[str | None] = (job.static_vectors, job.train_vectors)
        name = next((path for path in given if path), "the vectors")
        raise InputError(f"{name}: no token of the {side} vocabulary has a vector", hint="vectors of its language?")
    return vectors
