"""One document as the search for beads sees it: its units as numbers of keys, lengths, kinds and blocks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cscl_data.aligners.corpus import Ints, Longs
from cscl_data.aligners.keys import KeyNumbers
from cscl_data.text.tokenizers import Token, Tokenizer
from cscl_data.text.tokenizers.protecting import PROTECTED_POS

Doubles = npt.NDArray[np.float64]
MOST_TOKENS = 200
"""Tokens of a unit that count; the rest of a long one says no more. Our default."""


class UnitText(NamedTuple):
    """A sentence or block: its text, the number of its kind (see `search`), and the number of its block."""

    text: str
    kind: int = 0
    block: int = 0


class Side(NamedTuple):
    """The units of one document.

    Attributes:
        units: as given.
        tokens: the tokens of each unit.
        ids: the keys of all tokens that count, as numbers.
        offsets: [n + 1] those of unit i are `ids[offsets[i]:offsets[i + 1]]`.
        lengths: [n] characters of each unit, protected spans left out: they are copied, however long they are.
        kinds: [n] the kind of each unit.
        blocks: [n] the number of its block, from 0 without gaps.
        keys: the keys, in the order of their numbers.
        forms: a whole word of each key.
    """

    units: tuple[UnitText, ...]
    tokens: tuple[tuple[Token, ...], ...]
    ids: Ints
    offsets: Longs
    lengths: Doubles
    kinds: Ints
    blocks: Ints
    keys: tuple[str, ...]
    forms: tuple[str, ...]


def read_side(units: Sequence[UnitText], tokenizer: Tokenizer) -> Side:
    """Cut the units of a document into words and number them."""
    known = KeyNumbers()
    tokens = tuple(tokenizer.tokens(unit.text) for unit in units)
    numbers = [known.numbers(unit.text, of_unit[:MOST_TOKENS]) for unit, of_unit in zip(units, tokens, strict=True)]
    lengths = [
        max(1, len(unit.text) - sum(token.end - token.start for token in of_unit if token.pos == PROTECTED_POS))
        for unit, of_unit in zip(units, tokens, strict=True)
    ]
    steps = [int(i > 0 and units[i - 1].block != unit.block) for i, unit in enumerate(units)]
    return Side(
        units=tuple(units),
        tokens=tokens,
        ids=np.array([number for of_unit in numbers for number in of_unit], dtype=np.int32),
        offsets=np.array([0, *accumulate(map(len, numbers))], dtype=np.int64),
        lengths=np.array(lengths, dtype=np.float64),
        kinds=np.array([unit.kind for unit in units], dtype=np.int32),
        blocks=np.array(list(accumulate(steps)), dtype=np.int32),
        keys=tuple(known.keys),
        forms=tuple(known.forms),
    )
