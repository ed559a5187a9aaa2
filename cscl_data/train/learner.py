"""Model and objective as one module: what a wrapper for several processes wraps, so that its hooks see every use."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from cscl_data.train.batches import Batch, Counts
from cscl_data.train.likelihood import Likelihood
from cscl_data.train.objectives import Objective


class Learner(torch.nn.Module):
    """A batch to its part of the step's loss.

    Args:
        model: a causal language model of `transformers`, or one that `peft` wraps.
        objective: what is minimised.
        chunk: see `Likelihood`.
    """

    def __init__(self, model: Any, objective: Objective, *, chunk: int | None) -> None:
        super().__init__()
        self.model = model
        self.likelihood = Likelihood(model, chunk=chunk)
        self._objective = objective

    def forward(self, batch: Batch, counts: Counts, measure: Objective | None = None) -> Tensor:
        """Return the loss of a batch, see `Objective`, or what `measure` says of it."""
        return (measure or self._objective)(self.likelihood, batch, counts)
