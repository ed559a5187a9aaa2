"""The lexical table: translation probabilities of every cell in both directions, and their maximisation step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.cooccurrence import Candidates
from cscl_data.aligners.corpus import Ints
from cscl_data.aligners.kernels import Array, compiled

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

ALPHA = 0.12
"""Pseudo-count of every observed partner of a key. Our default; a trial over PUD-CLMD en-ko chose it."""


class Lexicon(NamedTuple):
    """Probabilities: `cells[c, 0]` is P(target | source) of cell c, `cells[c, 1]` P(source | target).

    `tgt_null` is P(target | null) for the direction that explains target tokens, `src_null` P(source | null) for the
    other.
    """

    cells: Floats
    tgt_null: Floats
    src_null: Floats


class Counts(NamedTuple):
    """Expected counts of one iteration, shaped as the fields of `Lexicon`."""

    cells: Doubles
    tgt_null: Doubles
    src_null: Doubles


def zero_counts(found: Candidates, n_src_keys: int, n_tgt_keys: int) -> Counts:
    """Return counts of zero."""
    return Counts(np.zeros((found.targets.size, 2)), np.zeros(n_tgt_keys), np.zeros(n_src_keys))


def first_lexicon(found: Candidates, src_ids: Ints, tgt_ids: Ints, n_src_keys: int, n_tgt_keys: int) -> Lexicon:
    """Return the table before the first iteration: uniform over observed partners, but for the priors.

    The null word starts, and stays, at the relative frequency of the keys.
    """
    flat = np.ones((found.targets.size, 2))
    flat += 10.0 * found.prior[:, None]
    cells = np.empty((found.targets.size, 2), dtype=np.float32)
    _normalise(flat, found.row_offsets, found.targets, n_tgt_keys, cells)
    return Lexicon(cells, _frequencies(tgt_ids, n_tgt_keys), _frequencies(src_ids, n_src_keys))


def agree(counts: Counts) -> Counts:
    """Give both directions the geometric mean of their expected counts.

    A rare word attracts whatever is left over in one direction only, so such counts shrink, and what both directions
    believe stays. On English-Korean it lowers the error rate by 4 points.

    Source:
        liang-etal-2006-alignment, the idea of training both directions to agree. Deviation: the posteriors of every
        place are multiplied in the first iteration only; later, the counts after summing over the corpus are (in our
        trials on English-Korean better than either alone).
    """
    shared = np.sqrt(counts.cells[:, 0] * counts.cells[:, 1])
    return counts._replace(cells=np.stack([shared, shared], axis=1))


def maximise(found: Candidates, counts: Counts, alpha: float = ALPHA) -> Lexicon:
    """Turn expected counts into probabilities by variational Bayes with a symmetric Dirichlet prior.

    P(t | s) is proportional to exp(digamma(count + prior + alpha)), its normaliser exp(digamma(the row's sum)), so a
    rare key does not collect the leftovers of every sentence it stands in.

    Source:
        riley-gildea-2012-improving. Deviation: alpha per observed partner, not per word of the vocabulary.
    """
    cells = np.empty(counts.cells.shape, dtype=np.float32)
    n_tgt_keys = counts.tgt_null.size
    _variational(counts.cells, found.prior, found.row_offsets, found.targets, n_tgt_keys, alpha, cells)
    return Lexicon(cells, _shares(counts.tgt_null), _shares(counts.src_null))


def _frequencies(ids: Ints, n_keys: int) -> Floats:
    return _shares(np.bincount(ids, minlength=n_keys).astype(np.float64))


def _shares(counts: Doubles) -> Floats:
    smooth = counts + 0.01
    shares: Floats = (smooth / smooth.sum()).astype(np.float32)
    return shares


@compiled
def _normalise(flat: Array, row_offsets: Array, targets: Array, n_tgt: int, cells: Array) -> None:
    column = np.zeros(n_tgt)
    for c in range(targets.size):
        column[targets[c]] += flat[c, 1]
    for s in range(row_offsets.size - 1):
        total = 0.0
        for c in range(row_offsets[s], row_offsets[s + 1]):
            total += flat[c, 0]
        for c in range(row_offsets[s], row_offsets[s + 1]):
            cells[c, 0] = flat[c, 0] / total
            cells[c, 1] = flat[c, 1] / column[targets[c]]


@compiled
def _variational(
    counts: Array, prior: Array, row_offsets: Array, targets: Array, n_tgt: int, alpha: float, cells: Array
) -> None:
    column = np.zeros(n_tgt)
    for c in range(targets.size):
        column[targets[c]] += counts[c, 1] + prior[c] + alpha
    for t in range(n_tgt):
        column[t] = exp_digamma(column[t])
    for s in range(row_offsets.size - 1):
        total = 0.0
        for c in range(row_offsets[s], row_offsets[s + 1]):
            total += counts[c, 0] + prior[c] + alpha
        row = exp_digamma(total)
        for c in range(row_offsets[s], row_offsets[s + 1]):
            cells[c, 0] = exp_digamma(counts[c, 0] + prior[c] + alpha) / row
            cells[c, 1] = exp_digamma(counts[c, 1] + prior[c] + alpha) / column[targets[c]]


@compiled
def exp_digamma(x: float) -> float:
    """Return exp(digamma(x)) for x > 0; 0 for x = 0.

    Source:
        abramowitz-stegun-1964, 6.3.5 (recurrence up to x >= 6) and 6.3.18 (asymptotic series).
    """
    if x <= 0.0:
        return 0.0
    shift = 0.0
    while x < 6.0:
        shift -= 1.0 / x
        x += 1.0
    inverse = 1.0 / (x * x)
    series = inverse * (1.0 / 12.0 - inverse * (1.0 / 120.0 - inverse * (1.0 / 252.0 - inverse / 240.0)))
    return float(np.exp(shift + np.log(x) - 0.5 / x - series))
