"""What an objective is."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from cscl_data.train.batches import Batch, Counts
from cscl_data.train.likelihood import Likelihood

Objective = Callable[[Likelihood, Batch, Counts], Tensor]
"""A model's likelihoods, a batch, and the counts of the *whole step*, to the batch's part of the step's loss.

Float32, shape []; the parts of a step's batches add up to its loss, whichever micro-batch or process they stand in.
"""
