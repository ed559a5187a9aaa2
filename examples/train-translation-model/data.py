"""Reading bitext and drawing sentence pairs from it.

A corpus is one target language: its segments, the order in which they follow one another inside a document, and the
weight with which each is drawn. Sources are drawn in proportion to ``rows ** 0.6`` (temperature sampling as in
Arivazhagan et al., 2019, https://arxiv.org/abs/1907.05019), times a boost for everyday language, so that a large
manual does not drown a small set of plain sentences.
"""

from __future__ import annotations

import gzip
import itertools
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from text import clean, rejects_pair

LOG = logging.getLogger("train-translation-model")


@dataclass(frozen=True, slots=True)
class Columns:
    """Zero-based columns of a bitext file; ``source`` and ``document`` may be None."""

    english: int
    other: int
    source: int | None = None
    document: int | None = None

    @classmethod
    def parse(cls, text: str) -> Columns:
        """Reads ``english=4,other=5,source=1,document=3`` (one-based, as ``cut`` counts)."""
        numbers = {key.strip(): int(value) - 1 for key, value in (part.split("=") for part in text.split(","))}
        return cls(**numbers)


@dataclass(frozen=True, slots=True)
class Segment:
    """One accepted pair, with the group it can be bundled in."""

    english: str
    other: str
    source: str
    document: str

    def sides(self, *, into_english: bool) -> tuple[str, str]:
        """Returns what is read and what is written."""
        return (self.other, self.english) if into_english else (self.english, self.other)


@dataclass(frozen=True, slots=True)
class Sampling:
    """How segments are weighted.

    Attributes:
        exponent: Power of the row count of a source; 1 is proportional, 0 uniform.
        everyday: Sources of everyday language.
        boost: Factor on the weight of everyday sources.
        tokenised: Sources whose English is lowercased and tokenised.
        short: English length in characters above which a segment is drawn less often, in proportion to its length.
    """

    exponent: float = 0.6
    everyday: frozenset[str] = frozenset()
    boost: float = 3.0
    tokenised: frozenset[str] = frozenset()
    short: int = 90


def open_text(path: Path) -> Iterator[str]:
    """Yields the lines of a plain or gzipped file without their line ends."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\r\n")


def read_segments(path: Path, language: str, columns: Columns) -> list[Segment]:
    """Reads a bitext file and keeps the pairs that pass the filters.

    Args:
        path: TSV without header, plain or gzipped.
        language: Code of the language in ``columns.other``.
        columns: Where the parts of a row stand.

    Raises:
        ValueError: If a row has fewer columns than named, or no row passes.
    """
    kept: list[Segment] = []
    reasons: Counter[str] = Counter()
    named = (columns.english, columns.other, columns.source, columns.document)
    needed = 1 + max(column for column in named if column is not None)
    for number, line in enumerate(open_text(path), 1):
        cells = line.split("\t")
        if len(cells) < needed:
            raise ValueError(f"{path}:{number}: {len(cells)} columns, at least {needed} needed (see --columns)")
        english, other = clean(cells[columns.english], "en"), clean(cells[columns.other], language)
        reason = rejects_pair(english, other, language)
        if reason is not None:
            reasons[reason] += 1
            continue
        source = cells[columns.source] if columns.source is not None else path.name
        document = cells[columns.document] if columns.document is not None else ""
        kept.append(Segment(english, other, source, document))
    if not kept:
        raise ValueError(f"{path}: no pair passed the filters: {dict(reasons)}")
    LOG.info("%s: %d pairs kept; left out: %s", path.name, len(kept), dict(reasons) or "none")
    return kept


class Corpus:
    """The segments of one target language and how to draw from them.

    Args:
        language: Code of the target language.
        segments: Accepted pairs in file order, documents contiguous.
        sampling: Weights of sources and lengths.
    """

    def __init__(self, language: str, segments: Sequence[Segment], sampling: Sampling) -> None:
        self.language = language
        self.segments = segments
        self.sampling = sampling
        rows = Counter(segment.source for segment in segments)
        by_source: dict[str, list[int]] = defaultdict(list)
        weights: list[float] = []
        for index, segment in enumerate(segments):
            by_source[segment.source].append(index)
            weight = rows[segment.source] ** (sampling.exponent - 1) * min(1.0, sampling.short / len(segment.english))
            weights.append(weight * (sampling.boost if segment.source in sampling.everyday else 1.0))
        self._by_source = dict(by_source)
        self._sorted = sorted(range(len(segments)), key=lambda i: (segments[i].source, segments[i].english.lower()))
        self._rank = {index: rank for rank, index in enumerate(self._sorted)}
        self._cumulative = list(itertools.accumulate(weights))

    def draw(self, rng: random.Random) -> int:
        """Draws the index of one segment."""
        return rng.choices(range(len(self.segments)), cum_weights=self._cumulative)[0]

    def similar(self, index: int, rng: random.Random) -> Segment:
        """Draws one of the segments that stand next to another in alphabetical order, within its source."""
        rank = self._rank[index] + rng.choice((-4, -3, -2, -1, 1, 2, 3, 4))
        other = self.segments[self._sorted[rank % len(self._sorted)]]
        return other if other.source == self.segments[index].source else self.segments[index]

    def joined(self, segment: Segment, rng: random.Random) -> Segment:
        """Returns a segment and another of its source as one; Japanese has no space between sentences."""
        after = self.segments[rng.choice(self._by_source[segment.source])]
        space = "" if self.language == "ja" else " "
        return replace(
            segment, english=f"{segment.english} {after.english}", other=f"{segment.other}{space}{after.other}"
        )

    def neighbours(self, first: int, count: int, rng: random.Random) -> list[Segment]:
        """Returns ``count`` segments that can stand in one record.

        Args:
            first: Index of the first segment.
            count: Number of segments.
            rng: Source of randomness.

        Returns:
            The segments that follow ``first`` in its document; where the document is too short or unnamed, others of
            the same source fill up.
        """
        start = self.segments[first]
        chosen = [start]
        for segment in itertools.islice(self.segments, first + 1, first + count):
            if not start.document or segment.document != start.document or segment.source != start.source:
                break
            chosen.append(segment)
        siblings = self._by_source[start.source]
        while len(chosen) < count:
            chosen.append(self.segments[rng.choice(siblings)])
        return chosen
