"""Which weights are trained: all, some of them, or adapters beside them."""

from __future__ import annotations

import re
from typing import Any

import torch

from cscl_data.errors import ConfigError, missing_package

_ATTENTION = re.compile(
    r"\.(self_attn|attention|self_attention|attn)\."
    r"(q_proj|k_proj|v_proj|o_proj|out_proj|qkv_proj|c_attn|c_proj|query_key_value|dense)\."
)
"""Projections of attention by their names: Llama, Mistral, Qwen, Gemma; Phi-3; GPT-2; GPT-NeoX."""
LORA_ALPHA = 2
"""Scale of adapters over their rank (our default)."""


def choose_weights(model: Any, what: str, *, old_tokens: int) -> list[torch.nn.Parameter]:
    """Freeze what is not trained; return the weights that must not decay because only some of their rows are trained.

    Args:
        model: a causal language model.
        what: `all`, `embeddings` (input and output), `new-tokens` (the rows of the embeddings from `old_tokens` on),
            `new-tokens:N` (from row N on), or `attention` (its projections).
        old_tokens: rows of the embedding before it was grown for the tokenizer.

    Raises:
        ConfigError: nothing would be trained.
    """
    if what == "all":
        return []
    for weight in model.parameters():
        weight.requires_grad_(False)
    if what == "attention":
        chosen = [weight for name, weight in model.named_parameters() if _ATTENTION.search(f".{name}")]
        if not chosen:
            raise ConfigError("--train-only attention: no weight of this model has a name that we know as attention's")
        for weight in chosen:
            weight.requires_grad_(True)
        return []
    heads = [model.get_input_embeddings(), model.get_output_embeddings()]
    weights = list({id(head.weight): head.weight for head in heads if head is not None}.values())
    for weight in weights:
        weight.requires_grad_(True)
    if what == "embeddings":
        return []
    first = _first_new(what, old_tokens, rows=weights[0].shape[0])
    for weight in weights:
        weight.register_hook(lambda grad: torch.cat([torch.zeros_like(grad[:first]), grad[first:]]))
    return weights


def grow_embeddings(model: Any, rows: int) -> int:
    """Give the model a row for every token, where it has fewer; return how many it had.

    New rows are drawn around the mean of the old ones, with torch's generator.
    """
    had = int(model.get_input_embeddings().num_embeddings)
    if rows > had:
        model.resize_token_embeddings(rows)
    return had


def add_adapters(model: Any, rank: int, what: str) -> Any:
    """Return the model with low-rank adapters on its linear layers, or on those of attention alone.

    Raises:
        BackendError: `peft` is not installed.
        ConfigError: the model has no such layers.
    """
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as error:
        raise missing_package("adapter", "lora", "peft", "peft") from error
    targets: str | list[str] = "all-linear"
    if what == "attention":
        found = (_ATTENTION.search(f".{name}.") for name, _ in model.named_modules())
        targets = sorted({match[2] for match in found if match})
    if not targets:
        raise ConfigError("--lora with --train-only attention: this model has no layer that we know as attention's")
    settings = LoraConfig(r=rank, lora_alpha=LORA_ALPHA * rank, target_modules=targets, task_type="CAUSAL_LM")
    return get_peft_model(model, settings)


def without_adapters(model: Any) -> tuple[Any, dict[str, torch.Tensor] | None]:
    """Return the model beneath the adapters, and weights by name with what the adapters add; None if it has none.

    The model that is trained stays as it is; only the weights that have an adapter are copied, to the CPU.
    """
    if not hasattr(model, "get_base_model"):
        return model, None
    from peft.tuners.lora import LoraLayer

    base = model.get_base_model()
    kept = {name: tensor for name, tensor in base.state_dict().items() if ".lora_" not in name}
    for name, layer in base.named_modules():
        if isinstance(layer, LoraLayer):
            (adapter,) = layer.active_adapters
            added = layer.get_base_layer().weight.detach() + layer.get_delta_weight(adapter).detach()
            kept[f"{name}.base_layer.weight"] = added.cpu()
    return base, {name.replace(".base_layer.", "."): tensor for name, tensor in kept.items()}


def keep_no_activations(model: Any) -> None:
    """Compute activations anew in the backward pass in place of keeping them."""
    # transformers 5.2x calls it activation checkpointing, older ones gradient checkpointing
    enable = getattr(model, "activation_checkpointing_enable", None) or model.gradient_checkpointing_enable
    enable({"use_reentrant": False})


def check_attention(name: str | None) -> None:
    """Refuse an attention implementation that `transformers` does not know.

    Raises:
        ConfigError: the name is unknown.
    """
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    known = {"eager", *ALL_ATTENTION_FUNCTIONS.valid_keys()}
    if name is not None and name not in known and "/" not in name:
        raise ConfigError(f"--attention {name}: unknown to transformers", hint=f"known: {', '.join(sorted(known))}")


def _first_new(what: str, old_tokens: int, *, rows: int) -> int:
    _, colon, given = what.partition(":")
    if colon and not given.isdigit():
        raise ConfigError(f"--train-only {what}: not new-tokens:N")
    first = int(given) if colon else old_tokens
    if first >= rows:
        raise ConfigError(
            f"--train-only {what}: the embedding has {rows} rows, none of them is new",
            hint="a --tokenizer with more tokens, or new-tokens:N for the rows from N on",
        )
    return first
