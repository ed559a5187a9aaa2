"""How near two texts are to each other in the vectors of an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from cscl_data.aligners.encoder import Encoder, Matrix
from cscl_data.aligners.encoder_torch import one_torch_thread

_TASK_PAIRS = 64
"""Pairs whose vectors are in memory at the same time, for each thread."""


def text_similarities(encoder: Encoder, pairs: Sequence[tuple[str, str]]) -> list[float | None]:
    """Return the cosine of every pair of texts, each the mean of the vectors of its subwords.

    Args:
        encoder: one layer of an encoder that puts languages into one space.
        pairs: texts of any length.

    Returns:
        A number in [-1, 1] for each pair, in order; None where a text has no subword.

    Source:
        reimers-gurevych-2020-making for the mean as a text's vector. Deviations: special subwords are left out, and so
        are layers that a model may have behind its encoder.
    """
    tasks = [pairs[start : start + _TASK_PAIRS] for start in range(0, len(pairs), _TASK_PAIRS)]
    with one_torch_thread(), ThreadPoolExecutor(encoder.threads) as pool:
        return [cosine for done in pool.map(lambda task: _cosines(encoder, task), tasks) for cosine in done]


def _cosines(encoder: Encoder, pairs: Sequence[tuple[str, str]]) -> list[float | None]:
    vectors = encoder.vectors(encoder.subwords([[text] for pair in pairs for text in pair]))
    return [_cosine(source, target) for source, target in zip(vectors[::2], vectors[1::2], strict=True)]


def _cosine(source: Matrix, target: Matrix) -> float | None:
    if not source.size or not target.size:
        return None
    means = [vectors.astype(np.float64).mean(axis=0) for vectors in (source, target)]
    lengths = float(np.linalg.norm(means[0]) * np.linalg.norm(means[1]))
    return max(-1.0, min(1.0, float(np.dot(*means)) / lengths)) if lengths else None
