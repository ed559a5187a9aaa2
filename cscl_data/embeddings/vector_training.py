"""Static vectors learned from text: fastText's skip-gram with n-grams of characters, by gensim."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cscl_data.embeddings.static import StaticVectors
from cscl_data.errors import InputError, missing_package

EXTRA = "embeddings"
_BUCKETS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorSettings:
    """How static vectors are learned.

    Width, epochs and smallest count are FOCUS's. N-grams are fastText's, but from one character on for tokens and two
    for words, for a syllable is one character; their number of buckets is our default.

    Source:
        dobler-de-melo-2023-focus, bojanowski-etal-2017-enriching.

    Attributes:
        width: numbers in a vector.
        epochs: passes over the text.
        min_count: rarer words get no vector of their own.
        seed: of the first vectors and of the sampling.
    """

    width: int = 100
    epochs: int = 3
    min_count: int = 10
    seed: int = 0


def train_vectors(sentences: Iterable[list[str]], settings: VectorSettings, *, of_tokens: bool) -> StaticVectors:
    """Learn vectors; the same text gives the same vectors, for one thread does it.

    Args:
        sentences: the words of every sentence; read once, and kept on the disk meanwhile.
        settings: see there.
        of_tokens: whether the words are marked forms of tokens.

    Raises:
        BackendError: gensim is not installed.
        InputError: no word is frequent enough.
    """
    try:
        from gensim.models import FastText
    except ImportError as error:
        raise missing_package("static vectors", "--train-vectors", "gensim", EXTRA) from error
    model = FastText(
        vector_size=settings.width,
        sg=1,
        window=5,
        negative=5,
        min_count=settings.min_count,
        min_n=1 if of_tokens else 2,
        max_n=6,
        bucket=_BUCKETS,
        workers=1,
        seed=settings.seed,
    )
    with TemporaryDirectory() as folder:
        corpus = _Sentences(Path(folder) / "sentences.jsonl", sentences)
        model.build_vocab(corpus_iterable=corpus)
        if not len(model.wv):
            raise InputError(
                f"--train-vectors: no word stands {settings.min_count} times in the text", hint="--vector-min-count 1"
            )
        model.train(corpus_iterable=corpus, total_examples=model.corpus_count, epochs=settings.epochs)
    return _as_static(model.wv, of_tokens=of_tokens)


def _as_static(vectors: Any, *, of_tokens: bool) -> StaticVectors:
    """Take the vectors out of gensim; n-grams that the text did not hold make no vector."""
    import numpy as np
    from gensim.models.fasttext_inner import compute_ngrams_bytes, ft_hash_bytes

    learned = {int(bucket) for own in vectors.buckets_word for bucket in own}

    def compose(word: str) -> Any:
        grams = compute_ngrams_bytes(word, vectors.min_n, vectors.max_n)
        buckets = [bucket for gram in grams if (bucket := ft_hash_bytes(gram) % vectors.bucket) in learned]
        return np.mean(vectors.vectors_ngrams[buckets], axis=0) if buckets else None

    return StaticVectors(words=vectors.key_to_index, table=vectors.vectors, compose=compose, of_tokens=of_tokens)


class _Sentences:
    """Sentences that can be gone through again and again: cut once, kept in a file."""

    def __init__(self, path: Path, sentences: Iterable[list[str]]) -> None:
        self._path = path
        with path.open("w", encoding="ascii") as handle:
            for sentence in sentences:
                handle.write(json.dumps(sentence) + "\n")

    def __iter__(self) -> Iterator[list[str]]:
        with self._path.open(encoding="ascii") as handle:
            for line in handle:
                yield json.loads(line)
