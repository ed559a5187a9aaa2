"""From examples to padded batches of about equal cost."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from bundles import Example, ExampleSampler
from model import Batch
from tokenizer import Tokenizer, language_token
from torch import Tensor

PAD, START, END = 3, 1, 2


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """Sizes of batches.

    Attributes:
        tokens: Target tokens of a batch, padding included.
        longest: Pieces on either side above which an example is left out.
        ratio: Ratio of piece counts above which it is left out.
        pool: Examples sorted by length at a time.
    """

    tokens: int = 2400
    longest: int = 200
    ratio: float = 3.0
    pool: int = 3000


def encode_source(tokenizer: Tokenizer, text: str, language: str) -> list[int]:
    """Returns the ids the encoder reads: language token, pieces, end."""
    return [tokenizer.ids[language_token(language)], *tokenizer.encode(text), END]


def pad(rows: Sequence[Sequence[int]]) -> Tensor:
    """Pads rows of ids to the longest, giving [B, T]."""
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=PAD)


def make_batch(pairs: Sequence[tuple[list[int], list[int]]]) -> Batch:
    """Makes tensors of pairs of source ids (as ``encode_source``) and target ids (without start and end)."""
    source = pad([pair[0] for pair in pairs])
    target, labels = pad([[START, *pair[1]] for pair in pairs]), pad([[*pair[1], END] for pair in pairs])
    return Batch(source, source != PAD, target, labels != PAD, labels)


class BatchStream:
    """An endless stream of batches from freshly drawn examples.

    Args:
        sampler: Source of examples.
        tokenizer: Shared tokenizer.
        options: Sizes.
        seed: Seed of the draw; a resumed run passes another one, and so does not see its first examples again.
    """

    def __init__(self, sampler: ExampleSampler, tokenizer: Tokenizer, options: BatchOptions, seed: int) -> None:
        self._sampler = sampler
        self._tokenizer = tokenizer
        self._options = options
        self._rng = random.Random(seed)

    def __iter__(self) -> Iterator[Batch]:
        while True:
            pairs: list[tuple[list[int], list[int]]] = []
            while len(pairs) < self._options.pool:
                pair = self._encode(self._sampler.draw(self._rng))
                if pair is not None:
                    pairs.append(pair)
            pairs.sort(key=lambda pair: (max(map(len, pair)), len(pair[0])))
            batches = list(self._split(pairs))
            self._rng.shuffle(batches)
            yield from map(make_batch, batches)

    def _encode(self, example: Example) -> tuple[list[int], list[int]] | None:
        source = encode_source(self._tokenizer, example.source, example.language)
        target = self._tokenizer.encode(example.target)
        short, long = sorted((len(source) - 2, len(target)))
        if long >= self._options.longest or (long > 8 and long > self._options.ratio * short) or not short:
            return None
        return source, target

    def _split(self, pairs: list[tuple[list[int], list[int]]]) -> Iterator[list[tuple[list[int], list[int]]]]:
        batch: list[tuple[list[int], list[int]]] = []
        widest = 0
        for pair in pairs:
            widest = max(widest, len(pair[0]), len(pair[1]) + 1)
            if batch and widest * (len(batch) + 1) > self._options.tokens:
                yield batch
                batch, widest = [], max(len(pair[0]), len(pair[1]) + 1)
            batch.append(pair)
        if batch:
            yield batch
