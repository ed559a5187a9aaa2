"""The model of a run as it is trained: built or loaded, what is trained of it chosen, and spread over the processes."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from cscl_data.errors import ConfigError
from cscl_data.train.batches import Batch, Counts
from cscl_data.train.config import TrainConfig
from cscl_data.train.device import device_memory
from cscl_data.train.flops import flops_per_token
from cscl_data.train.learner import Learner
from cscl_data.train.likelihood import Likelihood
from cscl_data.train.model import build_model, check_fit, load_model
from cscl_data.train.objectives import build_objective
from cscl_data.train.parallel import layers_of, spread
from cscl_data.train.presets import LARGE_VOCABULARY, PRESETS, chunk_of
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.settings import Settings
from cscl_data.train.speech import SpeechSpec
from cscl_data.train.trainable import (
    add_adapters,
    check_attention,
    choose_weights,
    grow_embeddings,
    keep_no_activations,
)


class Built(NamedTuple):
    """A model ready to be trained.

    `stepping` is what a step calls: the learner, or what spreads it over the processes. `undecayed` are weights without
    decay; `parameters` counts all weights.
    """

    learner: Learner
    stepping: torch.nn.Module
    undecayed: list[torch.nn.Parameter]
    parameters: int
    flops_per_token: float


def build_learner(
    config: TrainConfig,
    settings: Settings,
    spec: SpeechSpec,
    *,
    vocab_size: int,
    device: torch.device,
    autocast: torch.dtype | None,
    ranks: Ranks = ALONE,
) -> Built:
    """Load or build the model and choose what of it is trained; it stands at its start, whatever a checkpoint holds.

    Raises:
        ConfigError: model, tokenizer and options do not fit each other.
        BackendError: the model cannot be loaded, or a package is missing.
    """
    check_attention(config.attention)
    if config.is_preset:
        preset = PRESETS[config.model]
        model = build_model(preset, vocab_size=vocab_size, marks=spec.marks, attention=config.attention)
    else:
        model = load_model(config.model, attention=config.attention)
    what = settings.train_only
    grows = what.startswith("new-tokens")
    old_tokens = grow_embeddings(model, vocab_size) if grows else 0
    check_fit(model, vocab_size=vocab_size, context=settings.context)
    if config.lora:
        model, undecayed = add_adapters(model, config.lora, what), []
    else:
        undecayed = choose_weights(model, what, old_tokens=old_tokens)
    shared_out = config.parallel == "fsdp" and ranks.size > 1
    if not shared_out:  # else layer after layer goes to the device, so that it need not hold the whole
        model.to(device)
    model.train()
    sizes = (int(model.num_parameters()), flops_per_token(model, context=settings.context))
    if config.gradient_checkpointing:
        keep_no_activations(model)
    learner = Learner(model, build_objective(config), chunk=wanted_chunk(config, model, device)).train()
    stepping = spread(learner, ranks, config.parallel, device=device, autocast=autocast)
    check_chunk(config, learner, device, autocast)
    if config.compile:  # after that check: what was compiled for its few tokens is compiled anew for rows of any length
        learner.likelihood.compile(layers_of(model))
    if ranks.size > 1:
        torch.manual_seed(config.seed + ranks.rank)  # dropout differs from process to process
    return Built(learner, stepping, undecayed, *sizes)


def wanted_chunk(config: TrainConfig, model: Any, device: torch.device) -> int | None:
    """Return how many positions' logits are to stand in memory at once on the device, None for all."""
    rows = model.get_input_embeddings().num_embeddings
    if config.cross_entropy == "whole" or (config.cross_entropy == "auto" and rows < LARGE_VOCABULARY):
        return None
    return chunk_of(rows, memory=device_memory(device))


def check_chunk(
    config: TrainConfig, learner: Learner, device: torch.device, autocast: torch.dtype | None = None
) -> None:
    """Go back to whole logits where the model does more after its decoder than its head does.

    It is tried in the arithmetic of a step: some attention knows no other, and neither do layers that are shared out.

    Raises:
        ConfigError: it does, and `chunked` was asked for.
    """
    if not learner.likelihood.is_chunked:
        return
    rows = learner.model.get_input_embeddings().num_embeddings
    ids_BT = torch.arange(min(rows, 8), device=device)[None]
    batch = Batch(ids_BT, ids_BT, ids_BT.numel(), (), Counts(0))
    with torch.autocast(device.type, dtype=autocast, enabled=autocast is not None):
        agrees = bool(learner(batch, batch.counts, measure=_agreement).item())
    if agrees:
        return
    if config.cross_entropy == "chunked":
        raise ConfigError(
            "--cross-entropy chunked: decoder and head do not give this model's logits", hint="--cross-entropy whole"
        )
    learner.likelihood.take_whole_logits()


def _agreement(likelihood: Likelihood, batch: Batch, counts: Counts) -> torch.Tensor:
    return torch.tensor(likelihood.agrees(batch.input_ids_BT))
