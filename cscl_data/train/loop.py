"""The loop: one stage, from wherever the state stands to the end of its budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import torch

from cscl_data.errors import BackendError
from cscl_data.io.atomic import write_json
from cscl_data.train.checkpoint import save_checkpoint
from cscl_data.train.config import TrainConfig
from cscl_data.train.data import Batch, Encode, Loader, Marks
from cscl_data.train.objectives import Objective
from cscl_data.train.order import EpochOrder
from cscl_data.train.plan import StagePlan
from cscl_data.train.rundir import RunLog
from cscl_data.train.settings import Settings
from cscl_data.train.state import StageProgress, TrainState
from cscl_data.train.step import StepResult, set_lr, train_step

REFUSED = "refused-batch.json"


class StepEvent(NamedTuple):
    """What a progress display is told after a step: `share` is the part of the stage's budget that is spent."""

    stage: str
    share: float
    state: TrainState
    loss: float
    lr: float


OnStep = Callable[[StepEvent], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainer:
    """What the steps of a run share; none of it changes but the weights in `model` and the lines in `log`."""

    config: TrainConfig
    settings: Settings
    model: Any
    encode: Encode
    marks: Marks
    objective: Objective
    device: torch.device
    autocast: torch.dtype | None
    log: RunLog


def train_stage(
    trainer: Trainer,
    plan: StagePlan,
    optimizer: torch.optim.Optimizer,
    state: TrainState,
    *,
    on_step: OnStep,
    should_stop: ShouldStop,
) -> TrainState:
    """Train until the stage's budget is spent or `should_stop` says so, and return the state then.

    Raises:
        BackendError: loss or gradient is not finite; the batch's rows are written to `refused-batch.json`.
        InputError: a shard is damaged.
    """
    config = trainer.config
    loader = open_loader(trainer, plan, state.here)
    while plan.share(state.here) < 1 and not should_stop():
        batches, place = loader.next_step()  # a stage can only end between steps
        coming = state.here.after(
            tokens=sum(b.tokens for b in batches), padding=sum(b.padding for b in batches), loader=place
        )
        lr = set_lr(optimizer, plan.lr(state, coming))
        result = train_step(
            trainer.model,
            optimizer,
            batches,
            trainer.objective,
            max_grad_norm=config.max_grad_norm,
            autocast=trainer.autocast,
        )
        if not result.finite:
            refuse(config.out, plan, state, batches, result)
        state = state.advance(coming, loss=result.loss, targets=result.targets)
        if every(config.log_every, state.step):
            log_step(trainer.log, plan, state, result, lr)
        if every(config.save_every, state.step):
            save(trainer, optimizer, state)
        on_step(StepEvent(plan.stage.name, plan.share(state.here), state, result.loss, lr))
    return state


def every(interval: int, step: int) -> bool:
    """Say whether something done each `interval` steps is due after this one; 0 is never."""
    return interval > 0 and step % interval == 0


def open_loader(trainer: Trainer, plan: StagePlan, here: StageProgress) -> Loader:
    """Open the stage's data at the place where its progress stands."""
    budget = plan.stage.budget
    return Loader(
        plan.groups,
        EpochOrder(trainer.config.seed, plan.stage.name, 0),
        trainer.encode,
        trainer.marks,
        context=trainer.settings.context,
        batch_size=trainer.settings.batch_size,
        micro_batch=trainer.settings.micro_batch,
        epochs=budget.amount if budget.unit == "epochs" else None,
        start=here.loader,
        device=trainer.device,
    )


def save(trainer: Trainer, optimizer: torch.optim.Optimizer, state: TrainState) -> None:
    """Save a checkpoint, its log lines first."""
    trainer.log.sync()
    save_checkpoint(trainer.config.out, trainer.model, optimizer, state, keep=trainer.config.keep_checkpoints)


def log_step(log: RunLog, plan: StagePlan, state: TrainState, result: StepResult, lr: float) -> None:
    """Write one line of `log.jsonl`: counts are totals of the run but for `stage_tokens`; the loss is nats a target."""
    log.write(
        {
            "step": state.step,
            "stage": plan.stage.name,
            "tokens": state.tokens_seen,
            "stage_tokens": state.here.tokens,
            "epoch": round(state.here.loader.rows / plan.rows, 6),
            "loss": result.loss if result.targets else None,
            "grad_norm": result.grad_norm,
            "lr": lr,
        }
    )


def refuse(run_dir: Path, plan: StagePlan, state: TrainState, batches: list[Batch], result: StepResult) -> NoReturn:
    """Write down the rows of a batch whose loss or gradient is not finite, and stop.

    Raises:
        BackendError: always.
    """
    ids = list(dict.fromkeys(row_id for batch in batches for row_id in batch.ids))
    facts = {"step": state.step + 1, "stage": plan.stage.name, "loss": str(result.loss)}
    write_json(run_dir / REFUSED, {**facts, "grad_norm": str(result.grad_norm), "ids": ids})
    raise BackendError(
        f"stage {plan.stage.name}, step {state.step + 1}: loss {result.loss}, gradient norm {result.grad_norm}; "
        f"the weights are as before the step, its rows are listed in {run_dir / REFUSED}",
        hint="a lower --lr or a longer --warmup, with --overwrite or another --out",
    )
