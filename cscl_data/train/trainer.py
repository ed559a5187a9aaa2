"""What the steps of a run share, and how it is set up: tokenizer, model, what is trained, evaluation."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any

import torch
from numpy.typing import NDArray

from cscl_data.io.claim import STATE
from cscl_data.train.batches import Batch, Collate, Counts, row_collator
from cscl_data.train.build import Built, build_learner
from cscl_data.train.checkpoint import latest_checkpoint, read_state
from cscl_data.train.config import TrainConfig
from cscl_data.train.data import Loader
from cscl_data.train.device import autocast_dtype
from cscl_data.train.evals import EvalSet, eval_loss, open_eval_set
from cscl_data.train.flops import peak_flops
from cscl_data.train.learner import Learner
from cscl_data.train.metrics import Metrics
from cscl_data.train.mixing import LoaderSettings, loader_settings
from cscl_data.train.pace import Pace
from cscl_data.train.pairs import pair_collator
from cscl_data.train.place import Place
from cscl_data.train.plan import StagePlan
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.saver import Saver
from cscl_data.train.settings import Settings
from cscl_data.train.speech import SpeechSpec
from cscl_data.train.state import TrainState
from cscl_data.train.step import StepResult, train_step
from cscl_data.train.tokenizer import speech_spec
from cscl_data.train.workers import Encoders

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainer:
    """What the steps of a run share; none of it changes but the weights, and what `metrics`, `pace`, `saver` note.

    `references` are log-probabilities under the start model by source, where the objective compares answers.
    """

    config: TrainConfig
    settings: Settings
    built: Built
    tokenizer: Any
    spec: SpeechSpec
    encoders: Encoders
    device: torch.device
    autocast: torch.dtype | None
    evals: list[EvalSet]
    references: dict[str, NDArray[Any]]
    metrics: Metrics
    pace: Pace
    saver: Saver
    ranks: Ranks

    @property
    def learner(self) -> Learner:
        """The model and what is minimised."""
        return self.built.learner

    @property
    def loading(self) -> LoaderSettings:
        """How rows become batches."""
        return loader_settings(self.config, self.settings)

    def open_loader(self, plan: StagePlan, start: Place) -> Loader:
        """Open a stage's data at a place."""
        return Loader(plan.sources, self.loading, self.encoders, self.collate(plan), start, self.ranks)

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
        size = self.settings.micro_batch
        with self.precision():
            return {s.name: eval_loss(self.learner, s.rows, collate, size, self.ranks) for s in self.evals}

    def step(self, optimizer: torch.optim.Optimizer, batches: list[Batch], counts: Counts) -> StepResult:
        """Take a step, see `train_step`."""
        return train_step(
            self.built.stepping,
            optimizer,
            batches,
            max_grad_norm=self.config.max_grad_norm,
            autocast=self.autocast,
            counts=counts,
            ranks=self.ranks,
        )

    def save(self, optimizer: torch.optim.Optimizer, state: TrainState) -> None:
        """Begin to save a checkpoint, the log's lines first; see `Saver`."""
        self.metrics.sync()
        self.saver.save(self.learner.model, optimizer, state)


def set_up(
    config: TrainConfig,
    settings: Settings,
    tokenizer: Any,
    device: torch.device,
    dtype: str,
    ranks: Ranks = ALONE,
) -> Trainer:
    """Make what the steps of a run need; the model stands at its start, whatever a checkpoint holds.

    Raises:
        ConfigError: model, tokenizer and options do not fit each other.
        BackendError: the model cannot be loaded, or a package is missing.
        InputError: an evaluation directory cannot be read.
    """
    name = str(config.out / STATE / "tokenizer") if settings.vocab_size else config.tokenizer or config.model
    spec = speech_spec(tokenizer, config.objective, name=name, chat_template=config.chat_template)
    autocast = autocast_dtype(dtype)
    built = build_learner(
        config, settings, spec, vocab_size=len(tokenizer), device=device, autocast=autocast, ranks=ranks
    )
    peak = peak_flops(device, autocast)
    latest = latest_checkpoint(config.out)
    saved = read_state(latest) if latest else None
    evals = [
        open_eval_set(of_eval, path, spec, context=settings.context, most_rows=config.eval_rows)
        for of_eval, path in config.evals
    ]
    return Trainer(
        config=config,
        settings=settings,
        built=built,
        tokenizer=tokenizer,
        spec=spec,
        encoders=Encoders(spec, workers=_workers(config, device), ranks=ranks),
        device=device,
        autocast=autocast,
        evals=evals,
        references={},
        metrics=Metrics(
            config.out if ranks.is_first else None,
            step=saved.step if saved else 0,
            track=config.track,
            settings=asdict(settings),
        ),
        pace=Pace(built.flops_per_token, peak and peak * ranks.size),
        saver=Saver(config.out, keep=config.keep_checkpoints, ranks=ranks, saved=saved),
        ranks=ranks,
    )


def _workers(config: TrainConfig, device: torch.device) -> int:
    if config.workers is not None:
        return config.workers
    return 2 if device.type == "cuda" else 0
