"""Tiny models with random weights in the shapes that people bring."""

from __future__ import annotations

import torch
from transformers import AutoConfig, AutoModelForCausalLM

SHAPE = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
SHAPE |= {"num_key_value_heads": 1, "head_dim": 8, "max_position_embeddings": 128}
GPT2 = {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 128}
FAMILIES = ("llama", "qwen2", "gemma2", "phi3", "gpt2")


def tiny_model(family: str, *, vocab_size: int = 320, **options):
    """A model of a few thousand weights; large ones, so that it tells tokens apart."""
    torch.manual_seed(2)
    ids = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    shape = GPT2 if family == "gpt2" else SHAPE
    config = AutoConfig.for_model(family, **shape, vocab_size=vocab_size, **ids, **options)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.mul_(8)
    return model.eval()
