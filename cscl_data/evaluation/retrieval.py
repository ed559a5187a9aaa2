"""Whether a sentence's vector finds its translation's: precision at 1 by cosine and by CSLS, and MEXA.

Pair i is row i on both sides. A tie is a miss: vectors that are all alike find nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
NEIGHBOURS = 10
"""Neighbours in CSLS. Source: conneau-etal-2018-word (§2.3)."""


class LayerScore(NamedTuple):
    """How well one layer finds translations; all in [0, 1].

    Attributes:
        layer: 0 for the embeddings, k for the output of the k-th layer.
        cosine: precision at 1 by cosine, from source to target and back.
        csls: the same by CSLS.
        mexa: see `mexa`.
    """

    layer: int
    cosine: tuple[float, float]
    csls: tuple[float, float]
    mexa: float

    @property
    def mean_csls(self) -> float:
        """Mean of both directions."""
        return sum(self.csls) / 2

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return self._asdict()


def score_layer(layer: int, source: NDArray[np.float32], target: NDArray[np.float32]) -> LayerScore:
    """Score the vectors of one layer.

    Args:
        layer: its number.
        source: [n, d], a sentence a row.
        target: [n, d], their translations in the same order.

    Raises:
        ValueError: there are not as many of the one as of the other, or none.
    """
    similar = cosines(source, target)
    return LayerScore(layer, precision_at_1(similar), precision_at_1(csls(similar)), mexa(similar))


def cosines(source: NDArray[np.floating[Any]], target: NDArray[np.floating[Any]]) -> Matrix:
    """Return the cosine of every source vector (row) with every target vector (column), 0 where one has no length.

    Raises:
        ValueError: there are not as many of the one as of the other, or none.
    """
    if len(source) != len(target) or not len(source):
        raise ValueError(f"{len(source)} source vectors for {len(target)} target vectors")
    product: Matrix = _unit(source) @ _unit(target).T
    return product


def csls(similar: Matrix, neighbours: int = NEIGHBOURS) -> Matrix:
    """Return 2 cos(x, y) - r(x) - r(y), r the mean cosine to the `neighbours` nearest of the other side.

    With fewer sentences than neighbours, r is over all.

    Source:
        conneau-etal-2018-word, §2.3. Deviations: none known.
    """
    k = min(neighbours, len(similar))
    of_source = np.sort(similar, axis=1)[:, -k:].mean(axis=1)
    of_target = np.sort(similar, axis=0)[-k:].mean(axis=0)
    scores: Matrix = 2 * similar - of_source[:, None] - of_target[None, :]
    return scores


def precision_at_1(scores: Matrix) -> tuple[float, float]:
    """Return the share of source sentences whose own translation scores above all others, and that of targets."""
    return float(_first_in_rows(scores).mean()), float(_first_in_rows(scores.T).mean())


def mexa(similar: Matrix) -> float:
    """Return the share of pairs whose cosine is above every other in their row and in their column.

    Source:
        kargaran-etal-2025-mexa, §3. Deviations: none known.
    """
    return float((_first_in_rows(similar) & _first_in_rows(similar.T)).mean())


def _first_in_rows(scores: Matrix) -> NDArray[np.bool_]:
    """Say of every row whether its entry on the diagonal is above all others in it."""
    others = scores.copy()
    np.fill_diagonal(others, -np.inf)
    first: NDArray[np.bool_] = np.diag(scores) > others.max(axis=1)
    return first


def _unit(vectors: NDArray[np.floating[Any]]) -> Matrix:
    wide = vectors.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    unit: Matrix = np.divide(wide, lengths, out=np.zeros_like(wide), where=lengths > 0)
    return unit
