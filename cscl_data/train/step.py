"""One optimizer step. Nothing here reads, writes or prints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from cscl_data.train.data import Batch
from cscl_data.train.objectives import Objective


class StepResult(NamedTuple):
    """Mean loss per target before the step, gradient norm before clipping, targets in the step."""

    loss: float
    grad_norm: float
    targets: int

    @property
    def finite(self) -> bool:
        """Whether loss and norm are numbers; if not, the weights were left as they were."""
        return math.isfinite(self.loss) and math.isfinite(self.grad_norm)


def train_step(
    model: Any,
    optimizer: torch.optim.Optimizer,
    batches: Sequence[Batch],
    objective: Objective,
    *,
    max_grad_norm: float,
    autocast: torch.dtype | None = None,
) -> StepResult:
    """Take one step over all micro-batches, or leave the weights alone if loss or gradient is not finite.

    Losses are summed and divided by the targets of the *whole* step, so that a row counts the same in whichever
    micro-batch it stands.

    Args:
        model: in training mode.
        optimizer: over the model's parameters, its learning rate set.
        batches: the micro-batches of one step.
        objective: sums the losses of one of them.
        max_grad_norm: the gradient is scaled down to this norm.
        autocast: arithmetic of the forward pass; None is that of the weights.
    """
    optimizer.zero_grad(set_to_none=True)
    targets = sum(batch.targets for batch in batches)
    total = torch.zeros((), device=batches[0].input_ids_BT.device)
    for batch in batches:
        with torch.autocast(total.device.type, dtype=autocast, enabled=autocast is not None):
            loss = objective(model, batch) / max(targets, 1)
        loss.backward()  # type: ignore[no-untyped-call] # torch does not annotate it
        total += loss.detach()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_grad_norm)
    result = StepResult(total.item(), norm.item(), targets)
    if result.finite:
        optimizer.step()
    return result


def build_optimizer(model: Any, *, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    """Build AdamW with its own defaults (betas 0.9 and 0.999, our default); vectors are not decayed.

    Source:
        macaroni-2026 trains with Adam. Deviations: decay of matrices, decoupled.
    """
    weights = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in weights if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in weights if p.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=lr, fused=True)


def set_lr(optimizer: torch.optim.Optimizer, lr: float) -> float:
    """Set the learning rate of all parameters and return it."""
    for group in optimizer.param_groups:
        group["lr"] = lr
    return lr
