"""The loop: one stage, from wherever the state stands to the end of its budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import torch

from cscl_data.errors import BackendError
from cscl_data.io.atomic import write_json
from cscl_data.train.batches import Batch, sizes_of
from cscl_data.train.pace import Speed
from cscl_data.train.plan import StagePlan
from cscl_data.train.rundir import REFUSED
from cscl_data.train.state import TrainState
from cscl_data.train.step import StepResult, set_lr
from cscl_data.train.trainer import Trainer


class StepEvent(NamedTuple):
    """What a progress display is told after a step.

    `share` is the part of the stage's budget that is spent, `speed` that of the last 50 steps; `measured` is the loss
    on each evaluation set, if it was time for that.
    """

    stage: str
    share: float
    state: TrainState
    loss: float
    lr: float
    speed: Speed
    measured: dict[str, float]


OnStep = Callable[[StepEvent], None]
ShouldStop = Callable[[], bool]


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
    loader = trainer.open_loader(plan, state.here.loader)
    while plan.share(state.here) < 1 and not trainer.ranks.any(should_stop()):
        batches, place = loader.next_step()  # a stage can only end between steps
        sizes = sizes_of(batches, trainer.ranks)
        coming = state.here.after(tokens=sizes.tokens, padding=sizes.padding, loader=place)
        lr = set_lr(optimizer, plan.lr(state, coming))
        result = trainer.step(optimizer, batches, sizes.counts)
        if not result.finite:
            refuse(trainer, plan, state, batches, result)
        state = state.advance(coming, loss=result.loss, targets=result.targets)
        speed = trainer.pace.after(state.tokens_seen)
        ends = plan.share(state.here) >= 1
        measured = trainer.measure() if ends or every(config.eval_every, state.step) else {}
        if measured or every(config.log_every, state.step):
            trainer.metrics.write(log_entry(plan, state, result, lr, measured), speed)
        if every(config.save_every, state.step):
            trainer.save(optimizer, state)
        on_step(StepEvent(plan.stage.name, plan.share(state.here), state, result.loss, lr, speed, measured))
    return state


def every(interval: int, step: int) -> bool:
    """Say whether something done each `interval` steps is due after this one; 0 is never."""
    return interval > 0 and step % interval == 0


def log_entry(
    plan: StagePlan, state: TrainState, result: StepResult, lr: float, measured: dict[str, float]
) -> dict[str, Any]:
    """Return a line of `log.jsonl`: counts are totals of the run but for `stage_tokens`; losses are nats a target."""
    return {
        "step": state.step,
        "stage": plan.stage.name,
        "tokens": state.tokens_seen,
        "stage_tokens": state.here.tokens,
        "epoch": plan.epochs(state.here),
        "loss": result.loss if result.targets else None,
        "grad_norm": result.grad_norm,
        "lr": lr,
        **({"eval": measured} if measured else {}),
    }


def refuse(trainer: Trainer, plan: StagePlan, state: TrainState, batches: list[Batch], result: StepResult) -> NoReturn:
    """Write down the rows of a step whose loss or gradient is not finite, and stop.

    Raises:
        BackendError: always.
    """
    path = trainer.config.out / REFUSED
    own = [row_id for batch in batches for row_id in batch.ids]
    ids = list(dict.fromkeys(row_id for of_rank in trainer.ranks.gather(own) for row_id in of_rank))
    facts = {"step": state.step + 1, "stage": plan.stage.name, "loss": str(result.loss)}
    if trainer.ranks.is_first:
        write_json(path, {**facts, "grad_norm": str(result.grad_norm), "ids": ids})
    raise BackendError(
        f"stage {plan.stage.name}, step {state.step + 1}: loss {result.loss}, gradient norm {result.grad_norm}; "
        f"the weights are as before the step, its rows are listed in {path}",
        hint="a lower --lr or a longer --warmup, with --overwrite or another --out",
    )
