"""Pairs as the compiled decoder takes them: key numbers, key digests, and pieces of pairs that are too long."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

import numpy as np

from cscl_data.aligners.base import TokenizedPair
from cscl_data.aligners.corpus import Ints, Longs
from cscl_data.aligners.decode import Batch, Flags
from cscl_data.aligners.keys import KeyNumbers, is_verbatim
from cscl_data.aligners.model import Model
from cscl_data.records import Link
from cscl_data.text.tokenizers.base import Token

MAX_PAIR_CELLS = 2_500_000
"""A pair with more cells (some 1,580 tokens a side) is aligned piece by piece; 70 bytes of memory each. Our default."""

MOST_REMEMBERED = 1_000_000
"""An encoder that has met more new keys than this forgets them. Our default."""


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
    """Numbers the keys of pairs by a model's vocabulary. It remembers words, up to a limit, so its memory is bounded.

    Not safe for threads: one batch at a time.
    """

    __slots__ = ("_src", "_tgt")

    def __init__(self, model: Model) -> None:
        self._src, self._tgt = _Side(model.src_keys), _Side(model.tgt_keys)

    def batch(self, pairs: Sequence[TokenizedPair]) -> Batch:
        """Return the pairs as flat arrays."""
        src = self._src.arrays([(pair.src_text, pair.src_tokens) for pair in pairs])
        tgt = self._tgt.arrays([(pair.tgt_text, pair.tgt_tokens) for pair in pairs])
        return Batch(*src, *tgt)


class _Side:
    __slots__ = ("_digests", "_known", "_verbatim", "_vocabulary")

    def __init__(self, vocabulary: tuple[str, ...]) -> None:
        self._vocabulary = vocabulary
        self._forget()

    def _forget(self) -> None:
        self._known = KeyNumbers(self._vocabulary)
        self._digests = array("q")
        self._verbatim = array("b")

    def arrays(self, sentences: Sequence[tuple[str, tuple[Token, ...]]]) -> tuple[Ints, Longs, Flags, Longs]:
        if len(self._known.keys) > len(self._vocabulary) + MOST_REMEMBERED:
            self._forget()
        known = self._known
        numbered = [known.numbers(text, tokens) for text, tokens in sentences]
        for key in known.keys[len(self._digests) :]:
            raw = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            self._digests.append(int.from_bytes(raw, "big", signed=True))
            self._verbatim.append(is_verbatim(key))
        ids = np.array(list(chain.from_iterable(numbered)), dtype=np.int32)
        lengths = np.array([len(numbers) for numbers in numbered], dtype=np.int64)
        return (
            np.where(ids < len(self._vocabulary), ids, np.int32(-1)),
            np.frombuffer(self._digests, dtype=np.int64)[ids],
            np.frombuffer(self._verbatim, dtype=np.bool_)[ids],
            np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]),
        )
