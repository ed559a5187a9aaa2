"""Which words of two documents may translate each other, and how well: a sparse table of weights in [0, 1].

It holds what a table of priors says, and what needs no table: numbers, code, links and placeholders that stand on both
sides, words of the same spelling, words that begin alike, and words that sound alike in two scripts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.beads.sides import Side
from cscl_data.aligners.corpus import Ints, Longs
from cscl_data.aligners.keys import is_verbatim
from cscl_data.aligners.transliteration import Floats, transliteration_counts

COPY, MARK, SAME, COGNATE, SOUND = 1.0, 0.8, 0.5, 0.2, 0.4
"""Weights of a copy, of a punctuation mark, of two words of the same spelling (from `SAME_LETTERS` on), of two that
begin with the same `COGNATE_LETTERS`, and of two that sound alike. Our defaults."""
SAME_LETTERS = 4
COGNATE_LETTERS = 4
"""Source:
    simard-etal-1992-using: words with the same first four letters.
"""
LEAST = 0.02
KNOWN_FROM = 0.1
"""A key whose weights sum up to less than this is not known, and its silence says nothing. Our default."""

Knowledge = Mapping[str, Sequence[tuple[str, float]]]
"""By source key: (target key, weight)."""


class Weights(NamedTuple):
    """Cells of the table: partners of source key s are `partners[rows[s]:rows[s + 1]]`, with their weights."""

    rows: Longs
    partners: Ints
    weights: Floats


NO_WEIGHTS = Weights(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
"""What lengths alone go by."""


def knowledge_of(weights: Mapping[tuple[str, str], float]) -> Knowledge:
    """Return a table of (source key, target key) by source key."""
    table: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (src, tgt), weight in weights.items():
        table[src].append((tgt, weight))
    return dict(table)


def weigh(src: Side, tgt: Side, knowledge: Knowledge) -> Weights:
    """Return the weights of the pairs of keys of two documents."""
    numbers = {key: number for number, key in enumerate(tgt.keys)}
    alike = _beginnings(tgt.keys)
    cells: list[dict[int, float]] = []
    for key in src.keys:
        row = {numbers[t]: weight for t, weight in knowledge.get(key, ()) if t in numbers and weight >= LEAST}
        same = numbers.get(key)
        if same is not None:
            row[same] = max(row.get(same, 0.0), _same(key))
        for t in alike.get(_beginning(key), ()) if _beginning(key) else ():
            row[t] = max(row.get(t, 0.0), COGNATE)
        cells.append(row)
    for s, t, weight in _sounds(src, tgt):
        cells[s][t] = max(cells[s].get(t, 0.0), weight)
    rows = np.concatenate([[0], np.cumsum([len(row) for row in cells])]).astype(np.int64)
    ordered = [cell for row in cells for cell in sorted(row.items())]
    return Weights(
        rows,
        np.array([t for t, _ in ordered], dtype=np.int32),
        np.array([weight for _, weight in ordered], dtype=np.float32),
    )


def known_keys(src: Side, tgt: Side, weights: Weights) -> tuple[Ints, Ints]:
    """Tell of each source and target key whether its silence says something.

    It does if the key has partners here, or if a translation would copy it.
    """
    src_sums, tgt_sums = np.zeros(len(src.keys)), np.zeros(len(tgt.keys))
    np.add.at(src_sums, np.repeat(np.arange(len(src.keys)), np.diff(weights.rows)), weights.weights)
    np.add.at(tgt_sums, weights.partners, weights.weights)
    return _known(src.keys, src_sums), _known(tgt.keys, tgt_sums)


def _known(keys: Sequence[str], sums: npt.NDArray[np.float64]) -> Ints:
    return np.array([w >= KNOWN_FROM or is_verbatim(key) for key, w in zip(keys, sums, strict=True)], dtype=np.int32)


def _same(key: str) -> float:
    if is_verbatim(key):
        return COPY
    if not any(map(str.isalnum, key)):
        return MARK
    return SAME if len(key) >= SAME_LETTERS else COGNATE


def _beginning(key: str) -> str:
    return key[:COGNATE_LETTERS] if len(key) > COGNATE_LETTERS and key.isalpha() and key[0] < "\u0250" else ""


def _beginnings(keys: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        if _beginning(key):
            found[_beginning(key)].append(number)
    return found


def _sounds(src: Side, tgt: Side) -> list[tuple[int, int, float]]:
    """Return (source key, target key, weight) of names that sound alike in two scripts.

    Names are words with a capital; where both sides have Latin letters there are none to compare.
    """
    found = []
    for one, other, flipped in ((src, tgt, False), (tgt, src, True)):
        names = [k for k, form in enumerate(one.forms) if form[:1].isupper() and form.isascii() and form.isalpha()]
        words = [k for k, form in enumerate(other.forms) if form.isalpha() and form[0] > "\u0250"]
        if not names or not words:
            continue
        offsets = np.arange(len(names) + 1, dtype=np.int64) * len(words)
        columns = np.tile(np.arange(len(words), dtype=np.int32), len(names))
        counts = transliteration_counts(
            [one.forms[k] for k in names], [other.forms[k] for k in words], offsets, columns
        )
        for cell in np.flatnonzero(counts >= SOUND).tolist():
            a, b = names[cell // len(words)], words[cell % len(words)]
            found.append((b, a, SOUND) if flipped else (a, b, SOUND))
    return found
