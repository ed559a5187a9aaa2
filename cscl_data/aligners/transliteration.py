"""Evidence from names: a word and its transliteration sound alike, so their pair gets pseudo-counts.

Words are compared by their consonant skeletons (`skeletons`): a weighted edit distance, 0 for equal ones, divided by
the length of the longer one; 1 minus that is the similarity. Only a word in Latin letters and a word in another script
are compared, and only where they occur together, so that chance resemblance has little to feed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.corpus import Ints, Longs
from cscl_data.aligners.kernels import Array, compiled
from cscl_data.aligners.skeletons import CLASSES, VOWEL, H, J, K, L, P, S, T, skeleton

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

MIN_SIMILARITY = 0.75
"""Words less alike than this are no transliterations of each other. Our default."""
STRENGTH = 1.0
"""Pseudo-count of equal skeletons of 3 classes and more. Our default."""
SHORT_STRENGTH = 0.5
"""Pseudo-count of equal skeletons of 2 classes whose first vowels may be the same; chance makes many. Our default."""
LONGEST = 12
"""Classes of a skeleton that are compared; the rest is cut off. Our default."""


class Costs(NamedTuple):
    """What the edits of a Latin skeleton into another one cost, 1 by default.

    Attributes:
        change: [classes, classes], symmetric.
        drop: [classes], of a class that only the Latin word has: r and l after a vowel, h, a vowel at the beginning.
        add: [classes], of a class that only the other word has.
    """

    change: Doubles
    drop: Doubles
    add: Doubles


def transliteration_counts(
    src_forms: Sequence[str], tgt_forms: Sequence[str], row_offsets: Longs, targets: Ints
) -> Floats:
    """Return pseudo-counts of the cells whose two words sound alike, 0 elsewhere; the same input gives the same bytes.

    A cell gets `STRENGTH` times its similarity if that is at least `MIN_SIMILARITY` and both skeletons have 3 classes
    or more, and `SHORT_STRENGTH` if one has 2, both are equal and the first vowels fit.

    Args:
        src_forms: [n_src_keys] a whole word of each source key, as it stands in the text.
        tgt_forms: [n_tgt_keys] the same of the target keys.
        row_offsets: [n_src_keys + 1] cells `row_offsets[s]` up to `row_offsets[s + 1]` are those of source key s.
        targets: [n_cells] the target key of each cell, counted from 0.

    Returns:
        [n_cells] the pseudo-counts.

    Example:
        >>> transliteration_counts(["London"], ["ロンドン", "方法"], np.array([0, 2]), np.array([0, 1]))
        array([1., 0.], dtype=float32)
    """
    src, tgt = _side(src_forms), _side(tgt_forms)
    similarity = _similarities(row_offsets, targets, *src, *tgt, *_costs())
    rows = np.repeat(np.arange(len(src_forms)), np.diff(row_offsets))
    shorter = np.minimum(src.lengths[rows], tgt.lengths[targets])
    alike = np.where((shorter >= 3) & (similarity >= MIN_SIMILARITY), STRENGTH * similarity, 0.0)
    longer = np.maximum(src.lengths[rows], tgt.lengths[targets])
    near = np.where(longer == 2, similarity == 1.0, similarity >= MIN_SIMILARITY)
    fitting = (shorter == 2) & near & ((src.vowels[rows] & tgt.vowels[targets]) != 0)
    return np.where(fitting, SHORT_STRENGTH, alike).astype(np.float32)


class _Side(NamedTuple):
    """The skeletons of one side's keys: classes [n_keys, LONGEST] int8; lengths, vowels and latin [n_keys]."""

    classes: Array
    lengths: Array
    vowels: Array
    latin: Array


def _side(forms: Sequence[str]) -> _Side:
    classes = np.zeros((len(forms), LONGEST), dtype=np.int8)
    lengths = np.zeros(len(forms), dtype=np.int64)
    vowels = np.zeros(len(forms), dtype=np.int64)
    latin = np.zeros(len(forms), dtype=np.bool_)
    for at, form in enumerate(forms):
        found = skeleton(form)
        kept = found.consonants[:LONGEST]
        if len(kept) > 2 or (len(kept) == 2 and kept[0] != VOWEL):
            classes[at, : len(kept)] = kept
            lengths[at], vowels[at], latin[at] = len(kept), found.vowels, found.latin
    return _Side(classes, lengths, vowels, latin)


def _costs() -> Costs:
    """Return the costs; all of them are our default."""
    change = np.ones((CLASSES, CLASSES))
    np.fill_diagonal(change, 0.0)
    near = ((S, J, 0.4), (K, J, 0.5), (T, S, 0.5), (T, J, 0.5), (P, H, 0.6), (VOWEL, H, 0.6), (VOWEL, P, 0.8))
    for one, other, cost in near:
        change[one, other] = change[other, one] = cost
    drop, add = np.ones(CLASSES), np.ones(CLASSES)
    drop[[L, H, S, VOWEL, K]] = 0.5, 0.4, 0.7, 0.5, 0.8
    add[[VOWEL, S]] = 0.5, 0.7
    return Costs(change, drop, add)


@compiled
def _similarities(
    row_offsets: Array,
    targets: Array,
    src_classes: Array,
    src_lengths: Array,
    src_vowels: Array,
    src_latin: Array,
    tgt_classes: Array,
    tgt_lengths: Array,
    tgt_vowels: Array,
    tgt_latin: Array,
    change: Array,
    drop: Array,
    add: Array,
) -> Array:
    """Similarity of every cell [n_cells] in [0, 1]; 0 if a skeleton has under 2 classes or not exactly one is Latin."""
    similarities = np.zeros(targets.size)
    above = np.zeros(src_classes.shape[1] + 1)
    for s in range(row_offsets.size - 1):
        if src_lengths[s] < 2:
            continue
        for cell in range(row_offsets[s], row_offsets[s + 1]):
            t = targets[cell]
            longer = max(src_lengths[s], tgt_lengths[t])
            if tgt_lengths[t] < 2 or src_latin[s] == tgt_latin[t]:
                continue
            if abs(src_lengths[s] - tgt_lengths[t]) > 0.5 * longer + 1:
                continue
            if src_latin[s]:
                cost = _distance(
                    src_classes[s], src_lengths[s], tgt_classes[t], tgt_lengths[t], change, drop, add, above
                )
            else:
                cost = _distance(
                    tgt_classes[t], tgt_lengths[t], src_classes[s], src_lengths[s], change, drop, add, above
                )
            similarities[cell] = max(0.0, 1.0 - cost / longer)
    return similarities


@compiled
def _distance(
    latin: Array, n_latin: int, other: Array, n_other: int, change: Array, drop: Array, add: Array, above: Array
) -> float:
    """Cheapest way of edits from the Latin classes to the other ones; `above` is room for one row of the table."""
    above[0] = 0.0
    for j in range(n_other):
        above[j + 1] = above[j] + add[other[j]]
    for i in range(n_latin):
        diagonal = above[0]
        above[0] += drop[latin[i]]
        for j in range(n_other):
            best = min(diagonal + change[latin[i], other[j]], above[j + 1] + drop[latin[i]], above[j] + add[other[j]])
            diagonal = above[j + 1]
            above[j + 1] = best
    return float(above[n_other])
