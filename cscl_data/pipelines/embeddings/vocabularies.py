"""Both vocabularies of a job: the model's own tokenizer, and the new one, loaded, learned or extended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cscl_data.embeddings.canonical import covers_all_text
from cscl_data.errors import BackendError, ConfigError, InputError
from cscl_data.pipelines.embeddings.extension import extend_tokenizer
from cscl_data.pipelines.embeddings.settings import EmbeddingJob
from cscl_data.pipelines.embeddings.texts import texts_in
from cscl_data.train.tokenizer import load_tokenizer, train_tokenizer


def target_tokenizer(job: EmbeddingJob, source: Any) -> Any:
    """Return the new tokenizer, with an end-of-sequence token.

    Raises:
        ConfigError: it is the model's own, and its rows are to be copied: there would be nothing to do.
        InputError: it cannot write every text and has no unknown token, or the text to learn from cannot be read.
        BackendError: it cannot be loaded, or has nothing that could end a document.
    """
    if job.extend is not None:
        texts = texts_in(str(job.train_tokenizer), lang=job.tgt_lang, column=job.text_column)
        with TemporaryDirectory() as folder:
            extend_tokenizer(source, texts, job.extend, Path(folder))
            return load_tokenizer(folder)
    if job.train_tokenizer is not None:
        texts = texts_in(job.train_tokenizer, lang=job.tgt_lang, column=job.text_column)
        longest = min(int(source.model_max_length), 1 << 20)
        return train_tokenizer(texts, vocab_size=int(job.vocab_size or 0), context=longest, kind=job.tokenizer_kind)
    target = usable_tokenizer(str(job.tokenizer))
    if job.copy_shared and target.get_vocab() == source.get_vocab():
        raise ConfigError(
            f"--tokenizer {job.tokenizer}: its tokens are those of --model {job.model} already, so every row would be "
            "copied",
            hint="give the tokenizer of the target language; --train-tokenizer TEXT learns one, and with --extend N "
            "adds tokens to the model's own",
        )
    return target


def usable_tokenizer(name: str) -> Any:
    """Load a tokenizer that a causal language model can use.

    One made for an encoder ends documents with its separator and begins them with its class token.

    Raises:
        InputError: it has neither a token for every byte nor an unknown token, so some text could not be written.
        BackendError: it cannot be loaded, or has nothing that could end a document.
    """
    tokenizer = load_tokenizer(name, needs_end=False)
    if tokenizer.unk_token_id is None and not covers_all_text(tokenizer):
        raise InputError(
            f"--tokenizer {name}: no unknown token, and no token for every byte: some text could not be written",
            hint='add one: tokenizer.add_special_tokens({"unk_token": "<unk>"}); tokenizer.save_pretrained(DIR)',
        )
    if tokenizer.eos_token_id is None:
        if tokenizer.sep_token_id is None:
            raise BackendError(f"--tokenizer {name}: no end-of-sequence token, which every document needs")
        tokenizer.eos_token = tokenizer.sep_token
        if tokenizer.bos_token_id is None and tokenizer.cls_token_id is not None:
            tokenizer.bos_token = tokenizer.cls_token
    return tokenizer


def rows_of(tokenizer: Any) -> int:
    """Return how many rows an embedding needs for the tokenizer: its largest id and one."""
    return int(max(tokenizer.get_vocab().values())) + 1


def word_cutter(tokenizer: Any) -> Callable[[Sequence[str]], list[list[int]]]:
    """Return what cuts words into token ids, as they are cut behind a space and as they are cut inside a word."""

    def cut(words: Sequence[str]) -> list[list[int]]:
        spaced = tokenizer([f" {word}" for word in words], add_special_tokens=False)["input_ids"]
        inside = tokenizer(list(words), add_special_tokens=False)["input_ids"]
        return [[*one, *other] for one, other in zip(spaced, inside, strict=True)]

    return cut


def pieces_of(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    """Return the ids of the tokens that spell each text; unknown tokens are left out."""
    if not texts:
        return []
    found = tokenizer(list(texts), add_special_tokens=False)["input_ids"]
    return [[number for number in own if number != tokenizer.unk_token_id] for own in found]
