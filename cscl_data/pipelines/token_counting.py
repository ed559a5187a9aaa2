"""Counts the tokens of texts, for budgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from cscl_data.errors import BackendError, ConfigError
from cscl_data.io.amounts import parse_tokens
from cscl_data.io.fingerprints import file_input, short_digest
from cscl_data.io.sources import InputFacts

BYTES = "bytes"
"""The name of the tokenizer that counts UTF-8 bytes."""
TOGETHER = 256
"""Texts that are counted in one call."""

Count = Callable[[Sequence[str]], list[int]]
"""Tokens of each text."""


def parse_budget(text: str) -> int:
    """Read a number of tokens such as `50M`, `200k` or `1B`.

    Raises:
        ConfigError: it is not one.
    """
    tokens = parse_tokens(text.strip())
    if tokens is None:
        raise ConfigError(f"budget {text!r}: expected tokens such as 50M, 200k or 1000000")
    return tokens


@lru_cache(maxsize=4)
def token_counter(tokenizer: str) -> Count:
    """Return a function that counts tokens: UTF-8 bytes, or those of a Hugging Face tokenizer, marks left out.

    Raises:
        BackendError: there is no tokenizer at the path, or it cannot be read.
    """
    file = tokenizer_file(tokenizer)
    if file is None:
        return lambda texts: [len(text.encode()) for text in texts]
    from tokenizers import Tokenizer

    try:
        loaded = Tokenizer.from_file(str(file))
    except Exception as error:
        raise BackendError(f"{file}: not a tokenizer ({error})") from error
    loaded.no_truncation()
    loaded.no_padding()
    return lambda texts: [len(found.ids) for found in loaded.encode_batch(list(texts), add_special_tokens=False)]


def tokenizer_file(tokenizer: str) -> Path | None:
    """Return the file of the tokenizer that counts tokens; None where bytes are counted.

    Raises:
        BackendError: there is none at the path.
    """
    if tokenizer == BYTES:
        return None
    path = Path(tokenizer)
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file():
        raise BackendError(f"{tokenizer}: no tokenizer.json", hint="--budget-tokenizer bytes needs none")
    return file


def tokenizer_inputs(tokenizer: str) -> list[InputFacts]:
    """Return the facts of the tokenizer's file; none where bytes are counted.

    Raises:
        BackendError: there is no tokenizer at the path.
    """
    file = tokenizer_file(tokenizer)
    return [] if file is None else [file_input(file, "tokenizer")]


def tokenizer_sig(tokenizer: str, inputs: Sequence[InputFacts]) -> str:
    """Return what `sig` calls the tokenizer: `bytes`, or its hash, found among the inputs of a plan."""
    return tokenizer if tokenizer == BYTES else short_digest(inputs, "tokenizer")
