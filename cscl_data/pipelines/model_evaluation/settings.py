"""How models are run: device, arithmetic, batches, windows, pooling."""

from __future__ import annotations

from dataclasses import dataclass

from cscl_data.errors import ConfigError, unknown_name

DEVICES = ("auto", "cpu", "cuda")
DTYPES = ("float32", "bfloat16")
POOLINGS = ("weighted", "mean", "last")
LONGEST = 1024
"""Tokens of a window, where neither --context nor a model that reads less says otherwise. Our default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """How models are run.

    Attributes:
        device: `auto`, `cpu` or `cuda`.
        dtype: of the weights and the arithmetic.
        batch_size: texts in a forward pass.
        context: tokens of a window; None is `LONGEST`, or what the model can read.
        pooling: how the vectors of tokens become one: `weighted` by position, `mean`, or that of the `last`.
        chat_template: a file, or `plain`; None takes the tokenizer's own, and `plain` where it has none.
        max_new_tokens: the longest answer.
        threads: CPU threads of torch; None takes its own default.

    Raises:
        ConfigError: a name is unknown, or a number out of range.
    """

    device: str = "auto"
    dtype: str = "float32"
    batch_size: int = 16
    context: int | None = None
    pooling: str = "weighted"
    chat_template: str | None = None
    max_new_tokens: int = 128
    threads: int | None = None

    def __post_init__(self) -> None:
        for kind, name, known in (
            ("device", self.device, DEVICES),
            ("dtype", self.dtype, DTYPES),
            ("pooling", self.pooling, POOLINGS),
        ):
            if name not in known:
                raise unknown_name(kind, name, known)
        if self.context is not None and self.context < 8:
            raise ConfigError(f"--context {self.context}: must be at least 8")
