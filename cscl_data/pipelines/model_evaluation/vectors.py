"""Sentences as vectors, one of every layer of a model.

B texts in a batch, T tokens in the longest of them, H hidden size.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cscl_data.pipelines.model_evaluation.loaded import LoadedModel, Tick, Window


def sentence_vectors(model: LoadedModel, texts: Sequence[str], tick: Tick) -> NDArray[np.float32]:
    """Return a vector a layer and text, [layers + 1, texts, H]; layer 0 are the embeddings.

    The beginning mark is read, but no part of a vector; a text is cut at the context. A text without tokens is zeros.

    Args:
        model: whose layers.
        texts: at least one.
        tick: is told of progress.
    """
    import torch

    windows = [Window(n, [model.begin, *ids][: model.context]) for n, ids in enumerate(model.speech.ids(texts))]
    found: NDArray[np.float32] | None = None
    for part in model.batches(windows):
        with model.asked() as whole:
            ids_BT = model.tensor(part)
            layers_BTH = whole.base_model(input_ids=ids_BT, use_cache=False, output_hidden_states=True).hidden_states
            rows = [position_weights(len(one.ids), ids_BT.shape[1], model.settings.pooling) for one in part]
            weights_BT = torch.tensor(rows, device=model.device)
            pooled = np.stack(
                [torch.einsum("bt,bth->bh", weights_BT, layer_BTH.float()).cpu().numpy() for layer_BTH in layers_BTH]
            )
        if found is None:
            found = np.zeros((len(pooled), len(texts), pooled.shape[2]), dtype=np.float32)
        found[:, [one.text for one in part]] = pooled
        tick(len(part))
    if found is None:
        raise ValueError("no text")
    return found


def position_weights(length: int, width: int, pooling: str) -> list[float]:
    """Return the weight of every position of a row; 0 for the mark before the text and behind its end.

    Args:
        length: of the row, the mark included.
        width: of the batch.
        pooling: `weighted`, `mean` or `last`.

    Source:
        muennighoff-2022-sgpt (`weighted`: position i weighs i / Σ i), as kargaran-etal-2025-mexa pools. Deviations:
        positions count from 1 at the first token of the text, for the mark before it is left out.

    Example:
        >>> position_weights(4, 5, "mean")
        [0.0, 0.3333333333333333, 0.3333333333333333, 0.3333333333333333, 0.0]
    """
    n = length - 1
    if pooling == "weighted":
        own = [2.0 * i / (n * (n + 1)) for i in range(1, n + 1)]
    elif pooling == "mean":
        own = [1.0 / n for _ in range(n)]
    else:
        own = [float(i == n) for i in range(1, n + 1)]
    return [0.0, *own, *[0.0] * (width - length)]
