"""Contextual vectors of the subwords of sentences, from one layer of any encoder that `transformers` loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.errors import BackendError, ConfigError, missing_package

Matrix = npt.NDArray[np.float32]

HUB = "hub:"
BATCH_SUBWORDS = 4_096
"""Padded subwords of one batch. Our default."""
_LONGEST = 100_000  # a tokenizer without a limit says a number beyond this


class Subwords(NamedTuple):
    """A sentence as the encoder sees it: subword ids without special ones, and the token each belongs to."""

    ids: tuple[int, ...]
    owners: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """One layer of a loaded model.

    Args:
        tokenizer: of the model; a fast one.
        model: cut after `layer`.
        layer: 0 for the embeddings, k for the output of the k-th layer.
        prefix: ids of the special tokens before a sentence.
        suffix: ids of those behind it.
        max_subwords: the most subwords a sentence may have, special ones not counted.
        digest: 8 hex digits of the weights and the tokenizer's files.
        device: where the model runs.
    """

    tokenizer: Any
    model: Any
    layer: int
    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    max_subwords: int
    digest: str
    device: str

    def subwords(self, words: Sequence[str]) -> Subwords:
        """Cut every token by itself; a token of which nothing is left owns no subword."""
        if not words:
            return Subwords((), ())
        cut = self.tokenizer(list(words), is_split_into_words=True, add_special_tokens=False, truncation=False)
        return Subwords(tuple(cut["input_ids"]), tuple(cut.word_ids()))

    def vectors(self, sentences: Sequence[Subwords]) -> list[Matrix]:
        """Return the subword vectors of every sentence, [n_subwords, d] each, in order; none may be too long."""
        import torch

        out: list[Matrix] = [np.zeros((0, 0), dtype=np.float32)] * len(sentences)
        for batch in _batches(sentences):
            rows = [[*self.prefix, *sentences[k].ids, *self.suffix] for k in batch]
            width = max(len(row) for row in rows)
            pad = self.tokenizer.pad_token_id or 0
            ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows], device=self.device)
            mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=self.device)
            with torch.inference_mode():
                hidden = self.model(input_ids=ids, attention_mask=mask, output_hidden_states=True)["hidden_states"]
            states = hidden[self.layer].float().cpu().numpy()
            for row, k in enumerate(batch):
                out[k] = states[row, len(self.prefix) : len(self.prefix) + len(sentences[k].ids)]
        return out


def load_encoder(name: str, *, layer: int, device: str = "cpu") -> Encoder:
    """Load an encoder directory, or `hub:ORG/NAME`.

    Raises:
        ConfigError: there is no such directory, or the model has fewer layers.
        BackendError: `transformers` is missing, or cannot load it.
    """
    try:
        import torch
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise missing_package("aligner", "simalign", "transformers") from error
    path = name.removeprefix(HUB)
    if not name.startswith(HUB) and not Path(path, "config.json").is_file():
        raise ConfigError(f"encoder {name}: no directory with a config.json", hint="a model of the Hub is hub:ORG/NAME")
    try:
        with _no_progress_bar():
            tokenizer = AutoTokenizer.from_pretrained(path)
            model = AutoModel.from_pretrained(path)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise BackendError(f"encoder {name}: cannot be loaded ({str(error).strip().splitlines()[0]})") from error
    if not tokenizer.is_fast:
        raise BackendError(f"encoder {name}: has no fast tokenizer", hint="save it with a tokenizer.json")
    model = model.eval().to(device)
    depth = model.config.num_hidden_layers
    if not 0 <= layer <= depth:
        raise ConfigError(f"encoder {name}: has {depth} layers, no layer {layer}", hint=f"give --layer 0 to {depth}")
    _cut(model, layer)
    digest = sha256()
    for key, weight in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(weight.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    digest.update(repr(sorted(tokenizer.get_vocab().items())).encode())
    prefix, suffix = _special_ids(tokenizer)
    return Encoder(
        tokenizer=tokenizer,
        model=model,
        layer=layer,
        prefix=prefix,
        suffix=suffix,
        max_subwords=_limit(tokenizer, model.config) - len(prefix) - len(suffix),
        digest=digest.hexdigest()[:8],
        device=device,
    )


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _special_ids(tokenizer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    bare = tokenizer(["a"], is_split_into_words=True, add_special_tokens=False)["input_ids"]
    full = tokenizer(["a"], is_split_into_words=True)["input_ids"]
    for at in range(len(full) - len(bare) + 1):
        if full[at : at + len(bare)] == bare:
            return tuple(full[:at]), tuple(full[at + len(bare) :])
    return tuple(full), ()


def _cut(model: Any, layer: int) -> None:
    """Drop the layers above the used one, where the model's layout is the usual one."""
    stack = getattr(getattr(model, "encoder", None), "layer", None)
    if stack is not None and layer < len(stack):
        # One layer more is kept: some models normalise the output of the last.
        model.encoder.layer = stack[: layer + 1]


def _limit(tokenizer: Any, config: Any) -> int:
    positions = getattr(config, "max_position_embeddings", None) or _LONGEST
    if getattr(config, "model_type", "") in ("roberta", "xlm-roberta", "camembert"):
        positions -= (config.pad_token_id or 0) + 1  # their positions start behind the padding's
    return int(min(positions, tokenizer.model_max_length))


def _batches(sentences: Sequence[Subwords]) -> Iterator[list[int]]:
    order = sorted(range(len(sentences)), key=lambda k: (len(sentences[k].ids), k))
    batch: list[int] = []
    for k in order:
        if batch and (len(batch) + 1) * len(sentences[k].ids) > BATCH_SUBWORDS:
            yield batch
            batch = []
        batch.append(k)
    if batch:
        yield batch
