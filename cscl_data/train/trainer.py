"""What the steps of a run share, and how it is set up: tokenizer, model, what is trained, evaluation."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray

from cscl_data.errors import ConfigError
from cscl_data.io.claim import STATE
from cscl_data.train.batches import Collate, row_collator
from cscl_data.train.checkpoint import latest_checkpoint, read_state
from cscl_data.train.config import TrainConfig
from cscl_data.train.data import Loader, LoaderSettings
from cscl_data.train.device import autocast_dtype
from cscl_data.train.evals import EvalSet, eval_loss, open_eval_set
from cscl_data.train.learner import Learner
from cscl_data.train.likelihood import Likelihood
from cscl_data.train.model import build_model, check_fit, load_model
from cscl_data.train.objectives import build_objective
from cscl_data.train.pairs import pair_collator
from cscl_data.train.place import Place
from cscl_data.train.plan import StagePlan
from cscl_data.train.presets import CHUNKS, LARGE_VOCABULARY, PRESETS
from cscl_data.train.rundir import LOG, RunLog
from cscl_data.train.settings import Settings
from cscl_data.train.speech import SpeechSpec
from cscl_data.train.tokenizer import speech_spec
from cscl_data.train.trainable import (
    add_adapters,
    check_attention,
    choose_weights,
    grow_embeddings,
    keep_no_activations,
)
from cscl_data.train.workers import Encoders

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainer:
    """What the steps of a run share; none of it changes but the weights in `learner` and the lines in `log`.

    `undecayed` are weights without decay. `references` are log-probabilities under the start model by source, where
    the objective compares answers.
    """

    config: TrainConfig
    settings: Settings
    learner: Learner
    tokenizer: Any
    spec: SpeechSpec
    encoders: Encoders
    device: torch.device
    autocast: torch.dtype | None
    undecayed: list[torch.nn.Parameter]
    evals: list[EvalSet]
    references: dict[str, NDArray[Any]]
    log: RunLog

    @property
    def loading(self) -> LoaderSettings:
        """How rows become batches."""
        settings = self.settings
        return LoaderSettings(
            objective=self.config.objective,
            packing=settings.packing,
            context=settings.context,
            batch_size=settings.batch_size,
            micro_batch=settings.micro_batch,
            seed=self.config.seed,
        )

    def open_loader(self, plan: StagePlan, start: Place) -> Loader:
        """Open a stage's data at a place."""
        return Loader(plan.sources, self.loading, self.encoders, self.collate(plan), start)

    def collate(self, plan: StagePlan) -> Collate:
        """Return what makes batches of a stage's rows."""
        settings, pad = self.settings, self.spec.marks.pad
        if self.config.objective == "clo":
            return pair_collator(
                self.references[plan.stage.name],
                pad=pad,
                context=settings.context,
                packed=settings.packing != "none",
                source_lang=self.config.source_lang,
            )
        context = None if settings.packing == "none" else settings.context
        return row_collator(pad=pad, context=context, separate=settings.document_mask)

    def precision(self) -> AbstractContextManager[None]:
        """Return the arithmetic of forward passes."""
        return torch.autocast(self.device.type, dtype=self.autocast, enabled=self.autocast is not None)

    def measure(self) -> dict[str, float]:
        """Return the loss on each evaluation set."""
        collate = row_collator(pad=self.spec.marks.pad, context=None, separate=False)
        parts = (self.learner.likelihood, self.learner)
        with self.precision():
            return {s.name: eval_loss(*parts, s.rows, collate, self.settings.micro_batch) for s in self.evals}


def set_up(config: TrainConfig, settings: Settings, tokenizer: Any, device: torch.device, dtype: str) -> Trainer:
    """Load or build the model and choose what of it is trained; it stands at its start, whatever a checkpoint holds.

    Raises:
        ConfigError: model, tokenizer and options do not fit each other.
        BackendError: the model cannot be loaded, or a package is missing.
        InputError: an evaluation directory cannot be read.
    """
    name = str(config.out / STATE / "tokenizer") if settings.vocab_size else config.tokenizer or config.model
    spec = speech_spec(tokenizer, config.objective, name=name, chat_template=config.chat_template)
    check_attention(config.attention)
    if config.is_preset:
        preset = PRESETS[config.model]
        model = build_model(preset, vocab_size=len(tokenizer), marks=spec.marks, attention=config.attention)
    else:
        model = load_model(config.model, attention=config.attention)
    what = settings.train_only
    grows = what.startswith("new-tokens")
    old_tokens = grow_embeddings(model, len(tokenizer)) if grows else 0
    check_fit(model, vocab_size=len(tokenizer), context=settings.context)
    if config.lora:
        model, undecayed = add_adapters(model, config.lora, what), []
    else:
        undecayed = choose_weights(model, what, old_tokens=old_tokens)
    model.to(device).train()
    if config.gradient_checkpointing:
        keep_no_activations(model)
    learner = Learner(model, build_objective(config), chunk=choose_chunk(config, model))
    if config.compile:
        learner.likelihood.compile()
    latest = latest_checkpoint(config.out)
    evals = [
        open_eval_set(of_eval, path, spec, context=settings.context, most_rows=config.eval_rows)
        for of_eval, path in config.evals
    ]
    return Trainer(
        config=config,
        settings=settings,
        learner=learner.train(),
        tokenizer=tokenizer,
        spec=spec,
        encoders=Encoders(spec, workers=_workers(config, device)),
        device=device,
        autocast=autocast_dtype(dtype),
        undecayed=undecayed,
        evals=evals,
        references={},
        log=RunLog(config.out / LOG, step=read_state(latest).step if latest else 0),
    )


def choose_chunk(config: TrainConfig, model: Any) -> int | None:
    """Return how many positions' logits may stand in memory at once, None for all.

    Raises:
        ConfigError: `chunked` was asked for, and the model does more after its decoder than its head does.
    """
    rows = model.get_input_embeddings().num_embeddings
    if config.cross_entropy == "whole" or (config.cross_entropy == "auto" and rows < LARGE_VOCABULARY):
        return None
    device = model.get_input_embeddings().weight.device
    chunk = CHUNKS[device.type]
    if Likelihood(model, chunk=chunk).agrees(torch.arange(min(rows, 8), device=device)[None]):
        return chunk
    if config.cross_entropy == "chunked":
        raise ConfigError(
            "--cross-entropy chunked: decoder and head do not give this model's logits", hint="--cross-entropy whole"
        )
    return None


def _workers(config: TrainConfig, device: torch.device) -> int:
    if config.workers is not None:
        return config.workers
    return 2 if device.type == "cuda" else 0
