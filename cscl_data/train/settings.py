"""The numbers a run works with, resolved from what was asked and what the model is; none is `auto` any more."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cscl_data.errors import BackendError, ConfigError
from cscl_data.io.hub import HUB
from cscl_data.train.config import TrainConfig
from cscl_data.train.presets import CLO_LR, FOUND, PRESETS


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was left open, decided.

    Attributes:
        context: tokens in a row.
        batch_size: rows in a step.
        micro_batch: rows in a forward pass.
        lr: peak rate.
        vocab_size: of a tokenizer that is trained, else None.
        packing: how rows are filled.
        document_mask: whether documents in a row see only themselves.
        train_only: which weights are trained.
    """

    context: int
    batch_size: int
    micro_batch: int
    lr: float
    vocab_size: int | None
    packing: str
    document_mask: bool
    train_only: str

    @property
    def step_tokens(self) -> int:
        """Tokens in a full step."""
        return self.context * self.batch_size


def resolve(config: TrainConfig) -> Settings:
    """Fill in what was not given, from the preset's entry or the model's `config.json`.

    Raises:
        ConfigError: the context is longer than the model can read, or a forward pass than a step.
        BackendError: the model's directory has no readable `config.json`.
    """
    if config.is_preset:
        preset = PRESETS[config.model]
        longest = preset.shape.get("max_position_embeddings") or preset.shape["n_positions"]
        context, batch_size, lr = preset.context, preset.batch_size, preset.lr
    else:
        longest = longest_context(config.model)
        context, batch_size, lr = int(FOUND["context"]), int(FOUND["batch_size"]), FOUND["lr"]
        lr = CLO_LR if config.objective == "clo" else lr
        context = min(context, longest or context)
    context = config.context or context
    if longest is not None and context > longest:
        raise ConfigError(f"--context {context}: the model reads at most {longest} tokens")
    batch_size = config.batch_size or batch_size
    if config.micro_batch is not None and config.micro_batch > batch_size:
        raise ConfigError(f"--micro-batch {config.micro_batch}: a step has {batch_size} rows (--batch-size)")
    running_text = config.objective == "causal-lm"
    packing = config.packing or ("wrapped" if running_text else "best-fit")
    masked = config.document_mask if config.document_mask is not None else not running_text
    return Settings(
        context=context,
        batch_size=batch_size,
        micro_batch=config.micro_batch or batch_size,
        lr=config.lr or lr,
        vocab_size=_vocab_size(config),
        packing=packing,
        document_mask=masked and packing != "none",
        train_only=config.train_only or ("attention" if config.objective == "clo" else "all"),
    )


def check_processes(settings: Settings, size: int) -> None:
    """Refuse more processes than a step has rows for.

    Raises:
        ConfigError: some would never get a row.
    """
    if size > settings.batch_size:
        raise ConfigError(
            f"--batch-size {settings.batch_size}: {size} processes train, and some would never get a row",
            hint=f"a larger --batch-size, or at most {settings.batch_size} processes",
        )


def longest_context(model: str) -> int | None:
    """Return how many tokens a model can read by its `config.json`; None where that is not known."""
    if model.startswith(HUB):
        return None
    known = read_model_config(Path(model))
    length = known.get("max_position_embeddings") or known.get("n_positions")
    return int(length) if length else None


def read_model_config(directory: Path) -> dict[str, Any]:
    """Read a model's `config.json`.

    Raises:
        BackendError: there is none, or it is not JSON.
    """
    path = directory / "config.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problem = f"{directory}: no model that transformers can load (no config.json)"
        raise BackendError(problem, hint=where_the_model_is(directory)) from error
    except ValueError as error:
        raise BackendError(f"{path}: not JSON ({error})") from error
    return dict(document.get("text_config", document))


def where_the_model_is(directory: Path) -> str | None:
    """Return a hint for a directory that holds no model; None where it seems to."""
    if not directory.is_dir() or (directory / "config.json").is_file():
        return None
    inner = directory / "model"
    if (inner / "config.json").is_file():
        return f"--model {inner}"
    return "--model wants a directory with config.json and weights, not a tokenizer alone"


def _vocab_size(config: TrainConfig) -> int | None:
    if not config.is_preset or config.tokenizer:
        return None
    return config.vocab_size or PRESETS[config.model].vocab_size
