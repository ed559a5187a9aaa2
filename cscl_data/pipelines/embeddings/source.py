"""The source model's embeddings as tables, a helper model's, and what does not fit together."""

from __future__ import annotations

from typing import Any, NamedTuple

from cscl_data.embeddings.base import Vectors
from cscl_data.embeddings.overlap import find_overlap
from cscl_data.errors import BackendError, InputError
from cscl_data.io.hub import HUB, quiet_transformers
from cscl_data.io.trust import code_of
from cscl_data.pipelines.embeddings.vocabularies import rows_of
from cscl_data.train.tokenizer import load_tokenizer


class SourceTables(NamedTuple):
    """Embeddings of the source model, a row for every token of its vocabulary; they share memory with the model.

    Attributes:
        input: [tokens, width].
        output: [tokens, width]; None where it is tied to the input.
        bias: [tokens, 1], of the output; None where it has none.
    """

    input: Any
    output: Any | None
    bias: Any | None


def source_tables(model: Any, tokenizer: Any, name: str) -> SourceTables:
    """Return the tables of a causal language model.

    Raises:
        InputError: the embedding has fewer rows than the vocabulary has tokens.
    """
    tokens = rows_of(tokenizer)
    weight = model.get_input_embeddings().weight.detach()
    _check_rows(len(weight), tokens, f"--model {name}")
    head = model.get_output_embeddings()
    if head is None or head.weight.data_ptr() == model.get_input_embeddings().weight.data_ptr():
        output = None
    else:
        output = head.weight.detach()
        _check_rows(len(output), tokens, f"--model {name} (output)")
        output = output[:tokens]
    bias = getattr(head, "bias", None)
    return SourceTables(weight[:tokens], output, None if bias is None else bias.detach()[:tokens, None])


def helper_vectors(name: str, target: Any) -> Vectors:
    """Return the input embeddings of a helper model, a row for every target token that it has.

    A helper with a tokenizer of its own is matched with the target's by the form of the tokens; one without has to be
    for the target tokenizer, which the number of its rows has to bear out.

    Raises:
        BackendError: it cannot be loaded.
        InputError: its rows do not fit its vocabulary, or it has no token of the target's.
    """
    import torch
    from transformers import AutoModel

    path = name.removeprefix(HUB)
    try:
        with quiet_transformers(), code_of(name) as trusted:
            model = AutoModel.from_pretrained(path, dtype=torch.float32, trust_remote_code=trusted)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise BackendError(f"--helper-model {name}: no model that transformers can load ({reason})") from error
    weight = model.get_input_embeddings().weight.detach()
    del model
    try:
        own = load_tokenizer(name, needs_end=False)
    except BackendError as error:
        own = target
        if len(weight) != rows_of(target):
            raise InputError(
                f"--helper-model {name}: no tokenizer of its own, and {len(weight):,} rows for the "
                f"{rows_of(target):,} tokens of the new one",
                hint="save its tokenizer beside it",
            ) from error
    _check_rows(len(weight), rows_of(own), f"--helper-model {name}")
    rows = rows_of(target)
    if own is target or own.get_vocab() == target.get_vocab():
        known = torch.zeros(rows, dtype=torch.bool)
        known[list(target.get_vocab().values())] = True
        return Vectors(weight[:rows], known)
    pairs = find_overlap(own, target, match="exact").pairs
    if not pairs:
        raise InputError(f"--helper-model {name}: its vocabulary has no token of the new one")
    table, known = torch.zeros(rows, weight.shape[1]), torch.zeros(rows, dtype=torch.bool)
    table[list(pairs)], known[list(pairs)] = weight[list(pairs.values())], True
    return Vectors(table, known)


def _check_rows(rows: int, tokens: int, where: str) -> None:
    if rows < tokens:
        raise InputError(
            f"{where}: the embedding has {rows:,} rows, the tokenizer {tokens:,} tokens",
            hint="give model and tokenizer that belong together",
        )
