"""Next-token prediction. B rows, T tokens in a row, V tokens in the vocabulary."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional

from cscl_data.train.data import IGNORED, Batch


def loss_sum(model: Any, batch: Batch) -> Tensor:
    """Return the summed cross-entropy of every token given those before it in its row, in nats.

    Rows are filled on the right alone, so a causal model needs no mask. The sum divided by the targets equals the loss
    that `transformers` computes from the same labels.

    Args:
        model: a `transformers` causal language model.
        batch: B rows.
    """
    logits_BTV = model(input_ids=batch.input_ids_BT, use_cache=False).logits
    predicted, targets = logits_BTV[:, :-1].float(), batch.labels_BT[:, 1:]
    return functional.cross_entropy(predicted.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum")
