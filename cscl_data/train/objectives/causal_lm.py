"""Next-token prediction."""

from __future__ import annotations

from torch import Tensor

from cscl_data.train.batches import Batch, Counts
from cscl_data.train.likelihood import Likelihood


def loss(likelihood: Likelihood, batch: Batch, counts: Counts) -> Tensor:
    """Return the cross-entropy of every target given what stands before it, summed over the batch, a target.

    Summed over the batches of a step, this equals the loss that `transformers` computes from the same labels.

    Args:
        likelihood: of the model.
        batch: B rows.
        counts: of the whole step.
    """
    return likelihood.total(batch) / max(counts.targets, 1)
