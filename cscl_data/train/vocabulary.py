"""A byte-level vocabulary trained on the stages' text. Nothing here imports transformers or torch."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from cscl_data.train.forms import Form
from cscl_data.train.order import EpochOrder, Row, RowGroup

SPECIAL_TOKENS = ("<pad>", "<s>", "</s>")
SAMPLE_BYTES = 64 * 2**20
"""Text a tokenizer is trained on, shared equally by the stages (our default)."""
KINDS = ("bpe", "unigram")
_LOOK_S = 0.1


def train_vocabulary(texts: Iterator[str], *, vocab_size: int, kind: str = "bpe") -> Tokenizer:
    """Train a byte-level vocabulary; see `cscl_data.train.tokenizer.train_tokenizer`.

    Args:
        texts: the sample.
        vocab_size: entries, the 256 bytes and the special tokens included; fewer where the sample has too few pairs.
        kind: `bpe` or `unigram`; both know every byte, so no text is unknown to them.
    """
    core = Tokenizer(models.BPE() if kind == "bpe" else models.Unigram())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    trainer_of = trainers.BpeTrainer if kind == "bpe" else trainers.UnigramTrainer
    trainer = trainer_of(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    _train(core, texts, trainer)
    begin = SPECIAL_TOKENS[1]
    core.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A", pair=f"{begin} $A $B:1", special_tokens=[(begin, core.token_to_id(begin))]
    )
    return core


def _train(core: Tokenizer, texts: Iterator[str], trainer: trainers.Trainer) -> None:
    """Train in a thread: a signal is heard between two lines of Python alone, and all of the training is one."""
    given_up = threading.Event()
    failed: list[BaseException] = []

    def sample() -> Iterator[str]:
        for text in texts:
            if given_up.is_set():
                raise InterruptedError
            yield text

    def train() -> None:
        try:
            core.train_from_iterator(sample(), trainer)
        except BaseException as error:  # noqa: BLE001 # raised again below
            failed.append(error)

    thread = threading.Thread(target=train, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_LOOK_S)
    except BaseException:
        given_up.set()
        raise
    if failed:
        raise failed[0]


def sample_texts(
    stages: Sequence[tuple[str, tuple[RowGroup, ...]]], form: Form, *, seed: int, most_bytes: int = SAMPLE_BYTES
) -> Iterator[str]:
    """Yield texts of all stages, each up to its share of `most_bytes`, in the order of a first epoch."""
    for name, groups in stages:
        order = EpochOrder(seed, name, 0)
        size = 0
        for number, window in enumerate(order.windows(groups)):
            for text in (text for row in order.rows(window, number, form) for text in texts_of(row)):
                size += len(text.encode("utf-8", "replace"))
                if size > most_bytes // len(stages):
                    break
                yield text
            if size > most_bytes // len(stages):
                break


def texts_of(row: Row) -> list[str]:
    """Return the texts of a row, those of messages too."""
    messages = [turn["content"] for value in row.values if isinstance(value, list) for turn in value]
    return [value for value in row.values if isinstance(value, str)] + messages
