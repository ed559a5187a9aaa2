"""Log-likelihoods of texts under a model: summed for perplexity, by text for ranking.

B texts in a batch, T tokens in the longest of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cscl_data.evaluation.likelihoods import TextLoss
from cscl_data.pipelines.model_evaluation.loaded import LoadedModel, Tick, Window

if TYPE_CHECKING:
    from cscl_data.train.likelihood import Likelihood


def text_loss(model: LoadedModel, texts: Sequence[str], tick: Tick) -> TextLoss:
    """Return the loss of texts, each on its own behind the beginning mark.

    A text longer than the context is read in windows: each but the first begins with the last token of the one before,
    which is only read (our default), so every token is foretold once.
    """
    ids = model.speech.ids(texts)
    windows = [Window(n, window) for n, one in enumerate(ids) for window in cut(one, model.begin, model.context)]
    nats = math.fsum(float(part.sum()) for _, part in _nats(model, windows, tick))
    unknown = model.tokenizer.unk_token_id
    return TextLoss(
        nats=nats,
        tokens=sum(map(len, ids)),
        n_bytes=sum(len(text.encode()) for text in texts),
        texts=len(texts),
        unknown=0 if unknown is None else sum(one.count(unknown) for one in ids),
    )


def mean_nats(model: LoadedModel, texts: Sequence[str], tick: Tick) -> list[float]:
    """Return the mean loss a token of each text, cut at the context; infinite for a text without tokens."""
    windows = [Window(n, [model.begin, *ids][: model.context]) for n, ids in enumerate(model.speech.ids(texts)) if ids]
    found = [math.inf] * len(texts)
    for number, nats in _nats(model, windows, tick):
        found[number] = float(nats.mean())
    return found


def cut(ids: list[int], begin: int, context: int) -> Iterator[list[int]]:
    """Cut the tokens of a text into windows of at most `context`, the first of each only read.

    Example:
        >>> list(cut([1, 2, 3, 4, 5], 0, 3))
        [[0, 1, 2], [2, 3, 4], [4, 5]]
    """
    whole = [begin, *ids]
    for start in range(0, len(ids), context - 1):
        yield whole[start : start + context]


def _nats(model: LoadedModel, windows: Sequence[Window], tick: Tick) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield for each window the number of its text, and the loss of its tokens but the first."""
    from cscl_data.train.batches import IGNORED, Batch, Counts

    likelihood = _with_head(model)
    for part in model.batches(windows):
        with model.asked():
            ids_BT = model.tensor(part)
            labels_BT = ids_BT.clone()
            for row, one in zip(labels_BT, part, strict=True):
                row[len(one.ids) :] = IGNORED
            targets = sum(len(one.ids) - 1 for one in part)
            batch = Batch(ids_BT, labels_BT, targets + len(part), (), Counts(targets), None, None)
            nats_BT = likelihood.each(batch).double().cpu().numpy()
        for one, nats in zip(part, nats_BT, strict=True):
            yield one.text, nats[: len(one.ids) - 1]
        tick(len(part))


def _with_head(model: LoadedModel) -> Likelihood:
    """Return what computes losses; it holds no whole logits where the vocabulary is large and they are not needed."""
    import torch

    from cscl_data.train.device import device_memory
    from cscl_data.train.likelihood import Likelihood
    from cscl_data.train.presets import LARGE_VOCABULARY, chunk_of

    if model.vocab_size >= LARGE_VOCABULARY:
        chunk = chunk_of(model.vocab_size, memory=device_memory(model.device))
        chunked = Likelihood(model.model, chunk=chunk)
        if chunked.agrees(torch.arange(8, device=model.device)[None]):
            return chunked
    return Likelihood(model.model, chunk=None)
