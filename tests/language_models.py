"""Tiny language models with random weights and a tokenizer of their own, saved as `train` saves them."""

from __future__ import annotations

from pathlib import Path

TEXTS = (
    "the water in the kettle",
    "주전자 속의 물이 끓는다",
    "morning tea, a cup of it",
    "아침에 마시는 녹차 한 잔",
    "bus 4, taxi 12",
)


def save_language_model(directory: Path, *, seed: int = 0, family: str = "llama", vocab_size: int = 320) -> Path:
    """Save a model that knows all bytes; another seed gives other weights, never another tokenizer."""
    import torch

    from cscl_data.train.model import save_model
    from cscl_data.train.tokenizer import train_tokenizer
    from tests.train.tiny_models import tiny_model

    tokenizer = train_tokenizer(iter(TEXTS * 4), vocab_size=320, context=128)
    model = tiny_model(family, vocab_size=max(vocab_size, len(tokenizer)))
    torch.manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    save_model(directory, model, tokenizer)
    return directory
