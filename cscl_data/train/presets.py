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
}
"""Presets by name. A new one is an entry here."""

FOUND = {"context": 1024, "batch_size": 16, "lr": 5e-5}
"""Settings for a model that exists already. Source: macaroni-2026; a shorter context where the model's is shorter."""
