"""The alignment matrix of one pair: what gold and prediction say of every (source, target) word pair."""

from __future__ import annotations

from typing import Any, NamedTuple

from cscl_data.evaluation.alignment import AlignmentCounts, GoldAlignment, Indices, Scoring, count_links
from cscl_data.pipelines.alignment_evaluation.gold_json import GoldPair


class Mark(NamedTuple):
    """A kind of cell: one ASCII character that tells it without colour, what it means, and a terminal colour."""

    sign: str
    meaning: str
    colour: str


MARKS = {
    "sure_found": Mark("#", "sure, found", "green"),
    "possible_found": Mark("+", "possible, found", "cyan"),
    "sure_missed": Mark("o", "sure, missed", "yellow"),
    "possible_missed": Mark(":", "possible, not predicted", "blue"),
    "wrong": Mark("x", "predicted, not in the gold", "red"),
    "not_scored": Mark("~", "predicted, not scored (a word is not annotated)", "magenta"),
}
"""Every kind of cell by name; a cell of none of them is empty."""


class Picture(NamedTuple):
    """One pair as it is shown.

    Attributes:
        gold: the name of the gold set.
        links: the name of what made the links.
        number: the pair's place in the gold, from 1.
        id: its id, None where the form has none.
        src: its source words; empty strings where they are not known.
        tgt: its target words.
        cells: the kind of each cell that is not empty, by (source, target) word index, 0-based.
        counts: the counts of this pair alone.
    """

    gold: str
    links: str
    number: int
    id: str | None
    src: tuple[str, ...]
    tgt: tuple[str, ...]
    cells: dict[Indices, str]
    counts: AlignmentCounts

    @property
    def title(self) -> str:
        """Which pair of which set it is, and whose links."""
        return f"pair {self.number}{f' ({self.id})' if self.id else ''} of {self.gold}, links of {self.links}"

    def document(self) -> dict[str, Any]:
        """Return the picture as JSON values."""
        return {
            "gold": self.gold,
            "links": self.links,
            "number": self.number,
            "id": self.id,
            "src": list(self.src),
            "tgt": list(self.tgt),
            "cells": [{"src": src, "tgt": tgt, "kind": kind} for (src, tgt), kind in sorted(self.cells.items())],
            "counts": self.counts._asdict(),
        }


def picture_of(
    pair: GoldPair, predicted: frozenset[Indices], scoring: Scoring, *, gold: str, links: str, number: int
) -> Picture:
    """Draw one pair; gold links beyond its words are drawn too, on words without a text."""
    cells = cells_of(predicted, pair.gold, scoring)
    n_src, n_tgt = pair.sizes or (0, 0)
    for src, tgt in cells:
        n_src, n_tgt = max(n_src, src + 1), max(n_tgt, tgt + 1)
    return Picture(
        gold=gold,
        links=links,
        number=number,
        id=pair.id,
        src=_padded(pair.src, n_src),
        tgt=_padded(pair.tgt, n_tgt),
        cells=cells,
        counts=count_links(predicted, pair.gold, scoring),
    )


def cells_of(predicted: frozenset[Indices], gold: GoldAlignment, scoring: Scoring) -> dict[Indices, str]:
    """Return the kind of every cell that gold or prediction speaks of.

    Example:
        >>> cells_of(frozenset({(0, 0), (1, 0)}), GoldAlignment(sure=frozenset({(0, 0), (1, 1)})), "all")
        {(0, 0): 'sure_found', (1, 0): 'wrong', (1, 1): 'sure_missed'}
    """
    scored = gold.scored(predicted, scoring)
    cells = {}
    for cell in sorted(predicted | gold.all_links):
        if cell in gold.sure:
            cells[cell] = "sure_found" if cell in predicted else "sure_missed"
        elif cell in gold.possible:
            cells[cell] = "possible_found" if cell in predicted else "possible_missed"
        else:
            cells[cell] = "wrong" if cell in scored else "not_scored"
    return cells


def _padded(words: tuple[str, ...] | None, length: int) -> tuple[str, ...]:
    known = words or ()
    return known + ("",) * (length - len(known))
