"""A corpus as integers: token keys numbered in order of first appearance, all sentences in flat arrays."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.base import TokenizedPair, has_empty_side
from cscl_data.aligners.keys import KeyMaker

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Progress = Callable[[str, float], None]
"""Called now and then with what is being done and how much of it is done, in [0, 1]."""

SHORT_CELLS = 900
"""Pairs up to this many cells (source tokens x target tokens) are all equal when pairs must be left out of a fit."""


class Side(NamedTuple):
    """The sentences of one language: `ids[offsets[p]:offsets[p + 1]]` are the keys of sentence `p`."""

    ids: Ints
    offsets: Longs

    def lengths(self) -> Longs:
        """Return the number of tokens of each sentence."""
        return np.diff(self.offsets)


class Corpus(NamedTuple):
    """Aligned sentences as key numbers, with the keys themselves in the order of their numbers."""

    src: Side
    tgt: Side
    src_keys: tuple[str, ...]
    tgt_keys: tuple[str, ...]


class _SideBuilder:
    __slots__ = ("_numbers", "ids", "offsets")

    def __init__(self) -> None:
        self.ids = array("i")
        self.offsets = array("q", [0])
        self._numbers: dict[str, int] = {}

    def add(self, keys: Iterable[str]) -> None:
        numbers = self._numbers
        self.ids.extend([numbers.setdefault(key, len(numbers)) for key in keys])
        self.offsets.append(len(self.ids))

    def note(self, key: str) -> None:
        self._numbers.setdefault(key, len(self._numbers))

    def side(self) -> Side:
        return Side(np.array(self.ids, dtype=np.int32), np.array(self.offsets, dtype=np.int64))

    def keys(self) -> tuple[str, ...]:
        return tuple(self._numbers)


def read_corpus(pairs: Iterable[TokenizedPair], extra_keys: Iterable[tuple[str, str]] = ()) -> Corpus:
    """Number a stream of pairs; pairs with an empty side are left out, for there is nothing to learn from them.

    Memory grows by 4 bytes a token and by the vocabulary.

    Args:
        pairs: the pairs to learn from; read once.
        extra_keys: (source key, target key) pairs that get numbers too, after those of the text.
    """
    src, tgt, maker = _SideBuilder(), _SideBuilder(), KeyMaker()
    for pair in pairs:
        if not has_empty_side(pair):
            src_keys, tgt_keys = maker.pair_keys(pair)
            src.add(src_keys)
            tgt.add(tgt_keys)
    for src_key, tgt_key in extra_keys:
        src.note(src_key)
        tgt.note(tgt_key)
    return Corpus(src.side(), tgt.side(), src.keys(), tgt.keys())


def within_budget(corpus: Corpus, max_cells: int) -> Corpus:
    """Leave pairs out of a fit until the cells (source tokens x target tokens, summed) fit a budget.

    The longest pairs go first: their cells grow with the product of the lengths and teach little each. If all pairs
    longer than `SHORT_CELLS` cells are gone and it is still too much, an even sample of the rest is kept. The
    vocabulary stays whole. Our default.
    """
    cells = corpus.src.lengths() * corpus.tgt.lengths()
    if int(cells.sum()) <= max_cells:
        return corpus
    by_size = np.sort(cells)
    fitting = int(np.searchsorted(np.cumsum(by_size), max_cells, side="right"))
    limit = max(SHORT_CELLS, int(by_size[max(fitting - 1, 0)]))
    kept = np.flatnonzero(cells <= limit)
    if kept.size == 0:
        kept = np.flatnonzero(cells == by_size[0])
    total = int(cells[kept].sum())
    if total > max_cells:
        share = max_cells / total
        turns = np.floor(np.arange(1, kept.size + 1) * share).astype(np.int64)
        kept = kept[np.diff(turns, prepend=0) > 0]
    return corpus._replace(src=_pick(corpus.src, kept), tgt=_pick(corpus.tgt, kept))


def _pick(side: Side, kept: Longs) -> Side:
    lengths = side.lengths()[kept]
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    within = np.arange(int(offsets[-1]), dtype=np.int64) - np.repeat(offsets[:-1], lengths)
    return Side(side.ids[np.repeat(side.offsets[kept], lengths) + within], offsets)
