"""How good word links are against a gold alignment with sure and possible links, summed over a set of pairs.

A are the predicted links, S the sure gold links, P the possible ones; S is part of P. All are (source, target) word
indices, 0-based.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Indices = tuple[int, int]
Scoring = Literal["all", "annotated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldAlignment:
    """The gold links of one pair.

    Args:
        sure: S, (source, target) indices, 0-based. An index may lie outside the sentence: such a link is never found.
        possible: P; the sure links are counted in whether they are given here or not.
        unaligned_src: source words that the annotators looked at and left without a link.
        unaligned_tgt: the same for target words.
    """

    sure: frozenset[Indices]
    possible: frozenset[Indices] = frozenset()
    unaligned_src: frozenset[int] = frozenset()
    unaligned_tgt: frozenset[int] = frozenset()

    @property
    def all_links(self) -> frozenset[Indices]:
        """P with S in it."""
        return self.possible | self.sure

    @property
    def annotated_src(self) -> frozenset[int]:
        """Source words that have a gold link or are listed as unaligned."""
        return self.unaligned_src.union(src for src, _ in self.all_links)

    @property
    def annotated_tgt(self) -> frozenset[int]:
        """Target words that have a gold link or are listed as unaligned."""
        return self.unaligned_tgt.union(tgt for _, tgt in self.all_links)

    def scored(self, links: Collection[Indices], scoring: Scoring) -> frozenset[Indices]:
        """Return the predicted links that count: all of them, or those whose words are both annotated."""
        if scoring == "all":
            return frozenset(links)
        known_src, known_tgt = self.annotated_src, self.annotated_tgt
        return frozenset(link for link in links if link[0] in known_src and link[1] in known_tgt)


class AlignmentCounts(NamedTuple):
    """Counts of links over any number of pairs, and the scores that follow from them; counts of pairs add up.

    Attributes:
        pairs: sentence pairs.
        predicted: |A|, the links that are scored.
        sure: |S|.
        possible: |P|, the sure links among them.
        predicted_sure: links in A and S.
        predicted_possible: links in A and P.
        not_scored: predicted links left out because a word of theirs is not annotated.
    """

    pairs: int = 0
    predicted: int = 0
    sure: int = 0
    possible: int = 0
    predicted_sure: int = 0
    predicted_possible: int = 0
    not_scored: int = 0

    @property
    def precision(self) -> float | None:
        """Share of predicted links that are possible, |A ∩ P| / |A|; None where nothing is predicted."""
        return self.predicted_possible / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Share of sure links that are predicted, |A ∩ S| / |S|; None where no link is sure."""
        return self.predicted_sure / self.sure if self.sure else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None where one of them is, 0 where both are 0."""
        if self.precision is None or self.recall is None:
            return None
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def aer(self) -> float | None:
        """Alignment error rate, `1 - (|A ∩ S| + |A ∩ P|) / (|A| + |S|)`, in [0, 1]; None where A and S are empty.

        With sure links alone it is 1 - F1.

        Source:
            och-ney-2003-systematic, section 6. Deviations: none known.
        """
        total = self.predicted + self.sure
        return 1 - (self.predicted_sure + self.predicted_possible) / total if total else None


def count_links(predicted: Collection[Indices], gold: GoldAlignment, scoring: Scoring = "all") -> AlignmentCounts:
    """Count one pair.

    Args:
        predicted: links, 0-based; one that stands there twice counts once.
        gold: the gold links of the pair.
        scoring: `all` predicted links, or only those whose words are both `annotated`: for gold that covers a part of
            the words (content words, say), where a link it lacks need not be wrong.

    Source:
        `annotated`: our default for such sets; the gold of nikolaev-etal-2020-fine links content words only.

    Example:
        >>> gold = GoldAlignment(sure=frozenset({(0, 0)}), possible=frozenset({(1, 1)}))
        >>> counts = count_links({(0, 0), (1, 1), (2, 2)}, gold)
        >>> counts.precision, counts.recall, counts.aer
        (0.6666666666666666, 1.0, 0.25)
    """
    scored = gold.scored(predicted, scoring)
    return AlignmentCounts(
        pairs=1,
        predicted=len(scored),
        sure=len(gold.sure),
        possible=len(gold.all_links),
        predicted_sure=len(scored & gold.sure),
        predicted_possible=len(scored & gold.all_links),
        not_scored=len(set(predicted)) - len(scored),
    )


def add_counts(counts: Iterable[AlignmentCounts]) -> AlignmentCounts:
    """Add up counts field by field, so that scores are those of the whole set and not means over its pairs."""
    return AlignmentCounts(*(sum(column) for column in zip(AlignmentCounts(), *counts, strict=True)))
