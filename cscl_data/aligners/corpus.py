"""A corpus as integers: token keys numbered in order of first appearance, all sentences in flat arrays."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.base import TokenizedPair, has_empty_side
from cscl_data.aligners.keys import KeyNumbers
from cscl_data.text.tokenizers.base import Token

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Progress = Callable[[str, float], None]
"""Called now and then with what is being done and how much of it is done, in [0, 1]."""


class Side(NamedTuple):
    """The sentences of one language: `ids[offsets[p]:offsets[p + 1]]` are the keys of sentence `p`."""

    ids: Ints
    offsets: Longs

    def lengths(self) -> Longs:
        """Return the number of tokens of each sentence."""
        return np.diff(self.offsets)


class Corpus(NamedTuple):
    """Aligned sentences as key numbers, with the keys themselves in the order of their numbers.

    `src_forms` and `tgt_forms` hold a whole word for every key, as it stands in the text; the key itself where it does
    not. `src_classes` and `tgt_classes` hold the classes of these words, see `keys.word_class`.
    """

    src: Side
    tgt: Side
    src_keys: tuple[str, ...]
    tgt_keys: tuple[str, ...]
    src_forms: tuple[str, ...]
    tgt_forms: tuple[str, ...]
    src_classes: tuple[str, ...]
    tgt_classes: tuple[str, ...]


class _SideBuilder:
    __slots__ = ("ids", "known", "offsets")

    def __init__(self) -> None:
        self.ids = array("i")
        self.offsets = array("q", [0])
        self.known = KeyNumbers()

    def add(self, text: str, tokens: tuple[Token, ...]) -> None:
        self.ids.extend(self.known.numbers(text, tokens))
        self.offsets.append(len(self.ids))

    def side(self) -> Side:
        return Side(np.array(self.ids, dtype=np.int32), np.array(self.offsets, dtype=np.int64))


def read_corpus(pairs: Iterable[TokenizedPair], extra_keys: Iterable[tuple[str, str]] = ()) -> Corpus:
    """Number a stream of pairs; pairs with an empty side are left out, for there is nothing to learn from them.

    Memory grows by 4 bytes a token and by the vocabulary.

    Args:
        pairs: the pairs to learn from; read once.
        extra_keys: (source key, target key) pairs that get numbers too, after those of the text.
    """
    src, tgt = _SideBuilder(), _SideBuilder()
    for pair in pairs:
        if not has_empty_side(pair):
            src.add(pair.src_text, pair.src_tokens)
            tgt.add(pair.tgt_text, pair.tgt_tokens)
    for src_key, tgt_key in extra_keys:
        src.known.number(src_key)
        tgt.known.number(tgt_key)
    known = src.known, tgt.known
    keys, forms = [tuple(side.keys) for side in known], [tuple(side.forms) for side in known]
    return Corpus(src.side(), tgt.side(), *keys, *forms, *(tuple(side.classes) for side in known))
