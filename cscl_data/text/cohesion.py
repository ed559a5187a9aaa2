"""How much neighbouring lines have to do with each other, against lines that stand far apart."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from statistics import fmean, variance
from typing import NamedTuple

NEAR = 3
"""Lines of one document that stand at most so far apart are neighbours: a heading and the text of the section before
it may have no word in common."""
FAR = 10
"""Lines that stand further apart than this, or in two documents, are not. Our defaults, both."""
FEWEST_STEMS = 4
"""A line with fewer stems is left out: `Article 3` is like every other heading, and like nothing beside it."""
_FAR_PER_LINE, _FAR_IN_ALL = 20, 20_000
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_STEM = 5
"""Letters of a word that are compared: a crude stem, as for word alignment; a Korean one has two syllables."""


class Cohesion(NamedTuple):
    """How much alike neighbours are, against lines far apart.

    Attributes:
        pairs: pairs of neighbours that were compared.
        lift: their mean likeness over that of lines far apart; 1 in shuffled text; NaN where nothing is alike.
        error: the standard error of `lift`.
    """

    pairs: int
    lift: float
    error: float


def cohesion(documents: Sequence[Sequence[Mapping[str, str]]], rng: Random) -> Cohesion:
    """Compare neighbouring lines of documents with lines far apart.

    The likeness of two lines is the cosine over the stems of their words, each weighted by the logarithm of its
    inverse line frequency. Our own; the idea is that of TextTiling.

    Args:
        documents: their lines; a line is its texts by language.
        rng: draws the lines far apart.

    Source:
        hearst-1997. Deviations: lines and not blocks of words; weights; all pairs together, no boundaries.
    """
    told = [[stems for stems in map(_stems, document) if len(stems) >= FEWEST_STEMS] for document in documents]
    lines = [stems for document in told for stems in document]
    weights = _weights(lines)
    sizes = [sum(weights[stem] for stem in line) for line in lines]

    def likeness(i: int, j: int) -> float:
        size = sizes[i] * sizes[j]
        return sum(weights[stem] for stem in lines[i] & lines[j]) / math.sqrt(size) if size else 0.0

    draws = min(_FAR_PER_LINE, 1 + _FAR_IN_ALL // max(1, len(lines)))
    near: list[float] = []
    far: list[float] = []
    start = 0
    for end in accumulate(map(len, told)):
        for i in range(start, end):
            near += [likeness(i, j) for j in range(i + 1, min(i + 1 + NEAR, end))]
            for _ in range(draws if end - start > 1 else 0):
                j = math.floor(rng.random() * len(lines))
                if abs(i - j) > FAR or not start <= j < end:
                    far.append(likeness(i, j))
        start = end
    apart = fmean(far) if far else 0.0
    if len(near) < 2 or len(far) < 2 or not apart:
        return Cohesion(len(near), math.nan, math.nan)
    lift = fmean(near) / apart
    spread = math.hypot(math.sqrt(variance(near) / len(near)), lift * math.sqrt(variance(far) / len(far)))
    return Cohesion(len(near), lift, spread / apart)


def _stems(line: Mapping[str, str]) -> frozenset[str]:
    return frozenset(f"{lang}:{stem}" for lang, text in line.items() for stem in _stems_of(text.lower()))


def _stems_of(text: str) -> set[str]:
    stems: set[str] = set()
    for word in _WORD.findall(text):
        if _HANGUL.match(word):
            stems.update((word[:2],) if len(word) > 1 else ())
        elif _UNSPACED.match(word):
            stems.update(word[i : i + 2] for i in range(len(word) - 1))
        elif len(word) > 3:
            stems.add(word[:_STEM])
    return stems


def _weights(lines: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return the squared weight of each stem."""
    counts = Counter(stem for line in lines for stem in line)
    return {stem: math.log(len(lines) / count) ** 2 for stem, count in counts.items()}
