"""Pairs as the compiled decoder takes them: key numbers, key digests, and pieces of pairs that are too long."""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from cscl_data.aligners.base import TokenizedPair
from cscl_data.aligners.corpus import Ints, Longs
from cscl_data.aligners.decode import Batch, Flags
from cscl_data.aligners.keys import KeyMaker, is_verbatim
from cscl_data.aligners.model import Model
from cscl_data.records import Link

MAX_PAIR_CELLS = 2_500_000
"""A pair with more cells (some 1,580 tokens a side) is aligned piece by piece; 70 bytes of memory each. Our default."""


class Piece(NamedTuple):
    """A stretch of a pair, with what to do with its links: `own` keeps those whose target token is its own."""

    pair: TokenizedPair
    src_start: int
    tgt_start: int
    own_start: int
    own_stop: int

    def own(self, links: list[Link]) -> list[Link]:
        """Return the piece's own links over the tokens of the whole pair."""
        if self.src_start == 0 and self.own_start == 0 and self.own_stop == len(self.pair.tgt_tokens):
            return links
        moved = (Link(i + self.src_start, j + self.tgt_start, score) for i, j, score in links)
        return [link for link in moved if self.own_start <= link.tgt < self.own_stop]


def pieces_of(pair: TokenizedPair) -> list[Piece]:
    """Cut a pair of more than `MAX_PAIR_CELLS` cells along its diagonal; any other one is its only piece.

    Every target token belongs to one piece, which also sees half a piece more on either end, on both sides; a link
    across a greater distance is lost.
    """
    n, m = len(pair.src_tokens), len(pair.tgt_tokens)
    if n * m <= MAX_PAIR_CELLS:
        return [Piece(pair, 0, 0, 0, m)]
    count = math.ceil(2 * math.sqrt(n * m / MAX_PAIR_CELLS))
    pieces = []
    for k in range(count):
        src_start, src_stop = max(0, (2 * k - 1) * n // (2 * count)), min(n, -(-(2 * k + 3) * n // (2 * count)))
        tgt_start, tgt_stop = max(0, (2 * k - 1) * m // (2 * count)), min(m, -(-(2 * k + 3) * m // (2 * count)))
        part = pair._replace(
            src_tokens=pair.src_tokens[src_start:src_stop], tgt_tokens=pair.tgt_tokens[tgt_start:tgt_stop]
        )
        pieces.append(Piece(part, src_start, tgt_start, k * m // count, (k + 1) * m // count))
    return pieces


class Encoder:
    """Numbers the keys of pairs by a model's vocabulary."""

    __slots__ = ("_digests", "_maker", "_src", "_tgt")

    def __init__(self, model: Model) -> None:
        self._src = {key: i for i, key in enumerate(model.src_keys)}
        self._tgt = {key: i for i, key in enumerate(model.tgt_keys)}
        self._maker = KeyMaker()
        self._digests: dict[str, tuple[int, bool]] = {}

    def batch(self, pairs: Sequence[TokenizedPair]) -> Batch:
        """Return the pairs as flat arrays."""
        sides = [self._maker.pair_keys(pair) for pair in pairs]
        src = self._side([src for src, _ in sides], self._src)
        tgt = self._side([tgt for _, tgt in sides], self._tgt)
        return Batch(*src, *tgt)

    def _side(self, sentences: Sequence[Sequence[str]], numbers: dict[str, int]) -> tuple[Ints, Longs, Flags, Longs]:
        keys = [key for sentence in sentences for key in sentence]
        lengths = np.array([len(sentence) for sentence in sentences], dtype=np.int64)
        known = [self._about(key) for key in keys]
        return (
            np.array([numbers.get(key, -1) for key in keys], dtype=np.int32),
            np.array([digest for digest, _ in known], dtype=np.int64),
            np.array([verbatim for _, verbatim in known], dtype=np.bool_),
            np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]),
        )

    def _about(self, key: str) -> tuple[int, bool]:
        known = self._digests.get(key)
        if known is None:
            raw = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            known = self._digests[key] = int.from_bytes(raw, "big", signed=True), is_verbatim(key)
        return known
