"""Model shapes that are built locally with random weights, and the settings that suit each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A decoder to train from scratch.

    Args:
        family: the `transformers` model type.
        shape: arguments of its configuration, without the vocabulary.
        width: hidden size; `layers`: number of layers (for the estimates of a dry run).
        parameters: weights without the embeddings.
        vocab_size: size of the tokenizer that is trained when none is given.
        context: tokens in a row.
        batch_size: rows in a step.
        lr: peak learning rate.
    """

    family: str
    width: int
    layers: int
    parameters: int
    vocab_size: int
    context: int
    batch_size: int
    lr: float
    shape: dict[str, Any] = field(default_factory=dict)


PRESETS: dict[str, Preset] = {
    # Our default: small enough to see a curriculum end to end on a laptop; it learns form, not facts.
    "tiny": Preset(
        family="llama",
        width=128,
        layers=4,
        parameters=853_120,
        vocab_size=4096,
        context=256,
        batch_size=8,
        lr=2e-3,
        shape={
            "hidden_size": 128,
            "intermediate_size": 384,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "num_key_value_heads": 4,
            "max_position_embeddings": 1024,
            "tie_word_embeddings": True,
        },
    ),
    # Source: macaroni-2026 (GPT-2 shape, context, vocabulary, batch, learning rate). Deviations: none known.
    "98m": Preset(
        family="gpt2",
        width=768,
        layers=12,
        parameters=85_842_432,
        vocab_size=16_384,
        context=1024,
        batch_size=16,
        lr=5e-5,
        shape={"n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024},
    ),
    # The shape of Qwen2-0.5B (494M weights with its vocabulary). Context, batch and learning rate are our default.
    "0.5b": Preset(
        family="qwen2",
        width=896,
        layers=24,
        parameters=357_898_112,
        vocab_size=151_936,
        context=4096,
        batch_size=16,
        lr=3e-4,
        shape={
            "hidden_size": 896,
            "intermediate_size": 4864,
            "num_hidden_layers": 24,
            "num_attention_heads": 14,
            "num_key_value_heads": 2,
            "max_position_embeddings": 32_768,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1_000_000.0},
            "tie_word_embeddings": True,
        },
    ),
}
"""Presets by name. A new one is an entry here."""

FOUND = {"context": 1024, "batch_size": 16, "lr": 5e-5}
"""Settings for a model that exists already. Source: macaroni-2026; a shorter context where the model's is shorter."""

LARGE_VOCABULARY = 4096
"""From here on `--cross-entropy auto` is chunked (our default): it is faster too: fewer passes over the logits."""
CLO_LR = 1e-5
"""Peak learning rate of `clo` for a model that exists already (our default: none is published)."""


def chunk_of(vocabulary: int, *, memory: int | None) -> int:
    """Return how many positions' logits stand in memory at once where the cross-entropy is chunked (our default).

    On a GPU a sixteenth of its memory, at 8 bytes a logit (a model that caps its logits takes more, unless it is
    compiled), in multiples of 512: large products are faster (the step of
    `0.5b` on an H200 takes 2 % longer with 4,096 positions than with 16,384).

    Args:
        vocabulary: logits of a position.
        memory: bytes of the GPU; None on a CPU, where 512 positions are as fast as more.
    """
    return 512 if memory is None else max(1, memory // 16 // (8 * vocabulary) // 512) * 512
