"""The shared SentencePiece model, and the pieces behind it that stand for the first, second, ... indicator.

Unigram (Kudo, 2018, https://arxiv.org/abs/1804.10959) without normalisation, with bytes for what it has not seen, one
piece per digit, and one piece for each indicator, so that an indicator is never part of a longer piece.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import sentencepiece as spm
from bundles import BundleOptions, ExampleSampler

from cscl_data.translators.numbering import NumberedTokenizer, Numbering
from cscl_data.translators.tokenization import SentencePieceTokenizer

NUMBERING = Numbering(BundleOptions().indicators, most=8)
"""Indicators are counted to eight and then from one again; the same numbers stand in ``cscl_model.json``."""


class Tokenizer:
    """Texts to ids and back; the vocabulary is SentencePiece's, then the numbered indicators.

    Args:
        path: SentencePiece file.
    """

    def __init__(self, path: Path) -> None:
        processor = spm.SentencePieceProcessor(model_file=str(path))
        own = [processor.id_to_piece(index) for index in range(processor.get_piece_size())]
        self.pieces = [*own, *NUMBERING.pieces]
        self.ids = {piece: index for index, piece in enumerate(self.pieces)}
        self._tokenizer = NumberedTokenizer(SentencePieceTokenizer(path), NUMBERING)

    def split(self, text: str) -> list[str]:
        """Returns the pieces of a text."""
        return self._tokenizer.encode([text])[0]

    def encode(self, text: str) -> list[int]:
        """Returns the ids of a text, without start and end."""
        return [self.ids[piece] if piece in self.ids else self.ids["<unk>"] for piece in self.split(text)]

    def join(self, pieces: Sequence[str]) -> str:
        """Returns the text that pieces spell."""
        return self._tokenizer.decode(pieces)

    def decode(self, ids: Sequence[int]) -> str:
        """Returns the text that ids spell."""
        return self.join([self.pieces[index] for index in ids])


def language_token(language: str) -> str:
    """Returns the source token that names the language beside English, e.g. ``<2ko>``: the one read or written."""
    return f"<2{language}>"


def train_tokenizer(
    sampler: ExampleSampler,
    prefix: Path,
    *,
    languages: Sequence[str],
    indicators: Sequence[str],
    pieces: int,
    coverage: float,
    examples: int,
    seed: int,
    threads: int,
) -> None:
    """Trains ``<prefix>.model`` on both sides of freshly drawn examples.

    Args:
        sampler: Source of examples; the text seen is mixed as in training.
        prefix: Output path without suffix.
        languages: Target languages, which get one control piece each.
        indicators: Symbols that are a piece each.
        pieces: Size of the vocabulary.
        coverage: Share of characters that get a piece of their own; the rest is spelled in bytes.
        examples: Number of examples to draw.
        seed: Seed of the draw.
        threads: Threads of the trainer.
    """
    rng = random.Random(seed)
    text = prefix.with_suffix(".txt")
    with text.open("w", encoding="utf-8") as out:
        for _ in range(examples):
            example = sampler.draw(rng)
            out.write(f"{example.source}\n{example.target}\n")
    spm.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(prefix),
        model_type="unigram",
        vocab_size=pieces,
        character_coverage=coverage,
        normalization_rule_name="identity",
        byte_fallback=True,
        split_digits=True,
        control_symbols=[language_token(language) for language in languages],
        user_defined_symbols=list(indicators),
        pad_id=3,
        unk_id=0,
        bos_id=1,
        eos_id=2,
        max_sentence_length=4000,
        num_threads=threads,
        train_extremely_large_corpus=False,
        minloglevel=1,
    )
    text.unlink()
