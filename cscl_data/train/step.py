"""One optimizer step. Nothing here reads, writes or prints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch

from cscl_data.train.batches import Batch, Counts, counts_of
from cscl_data.train.parallel import add_up, gradients_kept_here, kept_weights, whole
from cscl_data.train.ranks import ALONE, Ranks


class StepResult(NamedTuple):
    """Loss before the step, gradient norm before clipping, targets in the step."""

    loss: float
    grad_norm: float
    targets: int

    @property
    def finite(self) -> bool:
        """Whether loss and norm are numbers; if not, the weights were left as they were."""
        return math.isfinite(self.loss) and math.isfinite(self.grad_norm)


def train_step(
    learner: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Sequence[Batch],
    *,
    max_grad_norm: float,
    autocast: torch.dtype | None = None,
    counts: Counts | None = None,
    ranks: Ranks = ALONE,
) -> StepResult:
    """Take one step over all micro-batches, or leave the weights alone if loss or gradient is not finite.

    Losses are divided by the counts of the *whole* step, so that a row counts the same in whichever micro-batch and
    process it stands.

    Args:
        learner: a `Learner` in training mode, or what spreads it over the processes.
        optimizer: over the parameters that are trained, its learning rate set.
        batches: the micro-batches of one step, those of this process.
        max_grad_norm: the gradient is scaled down to this norm.
        autocast: arithmetic of the forward pass; None is that of the weights.
        counts: of the batches of all processes; None: of these.
        ranks: the processes.
    """
    optimizer.zero_grad(set_to_none=True)
    counts = counts or counts_of(batches)
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    device = weights[0].device
    total = torch.zeros((), device=device)
    for number, batch in enumerate(batches, start=1):
        with gradients_kept_here(learner, unless=number == len(batches)):
            with torch.autocast(device.type, dtype=autocast, enabled=autocast is not None):
                loss = learner(batch.to(device), counts)
            (loss * ranks.size).backward()  # DDP and FSDP take the mean over processes, the step wants the sum
        total += loss.detach()
    norm = whole(torch.nn.utils.clip_grad_norm_(weights, max_grad_norm))
    result = StepResult(add_up(total, ranks).item(), norm.item(), counts.targets)
    if result.finite:
        optimizer.step()
    return result


def build_optimizer(
    learner: torch.nn.Module, *, lr: float, weight_decay: float, undecayed: Sequence[torch.Tensor] = ()
) -> torch.optim.Optimizer:
    """Build AdamW over what is trained, with its own defaults (betas 0.9 and 0.999, our default).

    Source:
        macaroni-2026 trains with Adam. Deviations: decay of matrices, decoupled.

    Args:
        learner: holds the parameters.
        lr: peak learning rate.
        weight_decay: of matrices; vectors have none.
        undecayed: parameters without decay besides.
    """
    weights = [p for p in kept_weights(learner) if p.requires_grad]
    kept = {id(p) for p in undecayed}
    decayed = [p for p in weights if p.dim() >= 2 and id(p) not in kept]
    others = [p for p in weights if p.dim() < 2 or id(p) in kept]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=lr, fused=True)


def set_lr(optimizer: torch.optim.Optimizer, lr: float) -> float:
    """Set the learning rate of all parameters and return it."""
    for group in optimizer.param_groups:
        group["lr"] = lr
    return lr
