"""A model with new embeddings in place of its own."""

from __future__ import annotations

from typing import Any

MARKS = ("bos_token_id", "eos_token_id", "pad_token_id")


def install(model: Any, tokenizer: Any | None, *, input_rows: Any, output_rows: Any | None, bias: Any | None) -> None:
    """Give a causal language model new embeddings, and its configuration the marks of another tokenizer.

    Args:
        model: is changed.
        tokenizer: the new one; None where the model's own was extended, so that its marks are what they were. A model
            may end answers with several tokens, of which a tokenizer knows one.
        input_rows: [rows, width].
        output_rows: as many; None where the output is tied to the input.
        bias: [rows, 1], of the output; None where it has none.
    """
    import torch

    model.resize_token_embeddings(len(input_rows), mean_resizing=False)
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(input_rows)
        head = model.get_output_embeddings()
        if output_rows is not None:
            head.weight.copy_(output_rows)
        if bias is not None:
            head.bias.copy_(bias[:, 0])
    if tokenizer is None:
        return
    for holder in (model.config, getattr(model, "generation_config", None)):
        for name in MARKS if holder is not None else ():
            setattr(holder, name, getattr(tokenizer, name))
