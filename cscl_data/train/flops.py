"""How much arithmetic training takes, and how much a device can do: what MFU is made of."""

from __future__ import annotations

from typing import Any

import torch

PEAK_FLOPS = {
    "B200": 2250e12,
    "H100 PCIe": 756e12,
    "H100 NVL": 835e12,
    "H100": 989e12,
    "H200": 989e12,
    "A100": 312e12,
    "L40S": 362e12,
    "RTX 4090": 165e12,
}
"""Dense bfloat16 arithmetic a second, by a part of the device's name; the first that fits. By the maker's sheets."""


def flops_per_token(model: Any, *, context: int) -> float:
    """Return the arithmetic of one token, forward and backward, in multiplications and additions.

    Two for each weight that is multiplied with, forward, and two for the gradient of what goes in; two more for the
    gradient of the weight, if it is trained. Embeddings are looked up and do not count, but for the head. Attention
    counts as causal over the whole row: 6 * layers * width * context. What is computed twice to save memory counts
    once.

    Source:
        chowdhery-etal-2023-palm (appendix B). Deviations: attention is causal, so half; frozen weights.

    Args:
        model: a causal language model, before it is spread over processes.
        context: tokens in a row.
    """
    head = model.get_output_embeddings()
    tables = {id(module.weight) for module in model.modules() if isinstance(module, torch.nn.Embedding)}
    looked_up = tables - {id(head.weight)} if head is not None else tables
    multiplied = [weight for weight in model.parameters() if id(weight) not in looked_up]
    weights = sum(weight.numel() for weight in multiplied)
    trained = sum(weight.numel() for weight in multiplied if weight.requires_grad)
    shape = model.config.get_text_config()
    width, heads = shape.hidden_size, shape.num_attention_heads
    width = heads * (getattr(shape, "head_dim", None) or width // heads)
    return float(4 * weights + 2 * trained + 6 * shape.num_hidden_layers * width * context)


def peak_flops(device: torch.device, autocast: torch.dtype | None) -> float | None:
    """Return what a device can do a second in bfloat16; None for other arithmetic, other devices, and on a CPU."""
    if device.type != "cuda" or autocast is not torch.bfloat16:
        return None
    name = torch.cuda.get_device_name(device)
    return next((flops for part, flops in PEAK_FLOPS.items() if part in name), None)
