"""What is minimised: one module an objective, all behind one signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from cscl_data.train.data import Batch
from cscl_data.train.objectives import causal_lm

Objective = Callable[[Any, Batch], Tensor]
"""A model and a batch to the *sum* of the losses over the batch's targets: float32, shape []."""

OBJECTIVES: dict[str, Objective] = {"causal-lm": causal_lm.loss_sum}
"""Objectives by name. The names stand in `config.OBJECTIVES` too, where torch is not imported."""

__all__ = ["OBJECTIVES", "Objective"]
