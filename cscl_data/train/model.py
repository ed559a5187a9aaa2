"""The model of a run: built from a preset, or loaded; and saved so that `transformers` loads it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig
from transformers.utils import logging as transformers_logging

from cscl_data.errors import BackendError, ConfigError
from cscl_data.io.hub import HUB
from cscl_data.io.trust import code_of
from cscl_data.train.folders import write_folder
from cscl_data.train.forms import Marks
from cscl_data.train.parallel import whole_weights
from cscl_data.train.presets import Preset
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.settings import where_the_model_is
from cscl_data.train.trainable import without_adapters


def build_model(preset: Preset, *, vocab_size: int, marks: Marks, attention: str | None = None) -> Any:
    """Build a preset with random weights from torch's generator, in float32.

    Args:
        preset: its shape.
        vocab_size: rows of the embedding.
        marks: ids for the configuration.
        attention: an implementation by its name in `transformers`; None takes its default.

    Raises:
        BackendError: the model has no such attention.
    """
    ids = {"bos_token_id": marks.bos, "eos_token_id": marks.eos, "pad_token_id": marks.pad}
    config = AutoConfig.for_model(preset.family, **preset.shape, vocab_size=vocab_size, **ids)
    try:
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32, **_chosen(attention))
    except (ValueError, ImportError) as error:
        raise BackendError(f"preset {preset.family}: {_first_line(error)}", hint="--attention sdpa") from error
    model.generation_config = GenerationConfig(**ids)
    return model


def load_model(name: str, *, attention: str | None = None, dtype: torch.dtype | str = torch.float32) -> Any:
    """Load a causal language model from a directory or the Hub.

    Args:
        name: of the directory, or `hub:ORG/NAME`.
        attention: an implementation by its name in `transformers`; None takes its default.
        dtype: of the weights; `auto` keeps that of the files.

    Raises:
        BackendError: `transformers` cannot load it.
    """
    try:
        with _no_bars(), code_of(name) as trusted:
            source = name.removeprefix(HUB)
            return AutoModelForCausalLM.from_pretrained(
                source, dtype=dtype, trust_remote_code=trusted, **_chosen(attention)
            )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        problem = f"{name}: no model that transformers can load ({_first_line(error)})"
        raise BackendError(problem, hint=where_the_model_is(Path(name))) from error


def check_fit(model: Any, *, vocab_size: int, context: int) -> None:
    """Check that the model has a row for every token and a place for every position.

    Raises:
        ConfigError: the tokenizer or the context is too large for it.
    """
    rows = model.get_input_embeddings().num_embeddings
    longest = getattr(model.config, "max_position_embeddings", None)
    problems = []
    if vocab_size > rows:
        problems.append(f"--tokenizer has {vocab_size} tokens, the model's embedding {rows} rows")
    if longest is not None and context > longest:
        problems.append(f"--context {context}: the model reads at most {longest} tokens")
    if problems:
        raise ConfigError("\n".join(problems))


def save_model(path: Path, model: Any, tokenizer: Any, ranks: Ranks = ALONE) -> None:
    """Save model and tokenizer as one folder that `AutoModelForCausalLM` and `AutoTokenizer` load.

    The first process writes; all must come here, since each may hold but a share of the weights.

    Raises:
        OutputError: it cannot be written; an older folder stays.
    """
    weights = whole_weights(model, ranks)

    def fill(partial: Path) -> None:
        bare, merged = without_adapters(model)
        with _no_bars():
            bare.save_pretrained(partial, state_dict=weights or merged)
        tokenizer.save_pretrained(partial)

    if ranks.is_first:
        write_folder(path, fill)


def _chosen(attention: str | None) -> dict[str, str]:
    return {} if attention is None else {"attn_implementation": attention}


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@contextmanager
def _no_bars() -> Iterator[None]:
    """Keep `transformers` from drawing progress bars into a log."""
    shown = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            transformers_logging.enable_progress_bar()
