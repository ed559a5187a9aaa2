"""What the generators of token-level switching take and give: one item, one row or reject."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from cscl_data.generators.config import TokenCsConfig
from cscl_data.records import Alignment, Pair, Reject, TokenCsRow
from cscl_data.text.words import Word

STAGE = "token_cs"


class Side(NamedTuple):
    """One side of a pair: its language, its text, its words, and whether it is running text or a list of words.

    `langs` are the languages of the words, where they are not all in `lang`.
    """

    lang: str
    text: str
    words: tuple[Word, ...]
    running: bool = True
    langs: tuple[str, ...] = ()

    def lang_of(self, index: int) -> str:
        """Return the language of a word."""
        return self.langs[index] if self.langs else self.lang


class Offer(NamedTuple):
    """A translation that a lexicon gives for the words `[first, last]` of a text, 0-based and inclusive.

    `words` are those of `text` that would be switched in, `pos` is the Universal POS tag that the lexicon or an
    analyser gives them (empty where neither does), and `score` in [0, 1] says how sure the sense is.
    """

    first: int
    last: int
    text: str
    words: tuple[Word, ...]
    pos: str = ""
    score: float = 1.0


class Part(NamedTuple):
    """One of several languages that are embedded together.

    `first_word` says how many words of the joint side stand before those of `other`; `alignment` is with the frame.
    """

    other: Side
    alignment: Alignment
    first_word: int


class SwitchItem(NamedTuple):
    """What one row is made from.

    Attributes:
        row_id: id of the row to make.
        pair: the pair, verbatim.
        alignment: its word alignment; None where the method or the amount needs none.
        matrix: `src` or `tgt`, the side that gives the order and the frame.
        frame: that side.
        other: the side that the embedded words come from.
        offers: the translations of a lexicon, where there is one.
        parts: the languages that are embedded together, where they are several; `other` then holds all their words.
        first_variant: number of the item's first variant.
        anew: whether the preferred units gave a text that is there already, so that others may come first.
    """

    row_id: str
    pair: Pair
    alignment: Alignment | None
    matrix: str
    frame: Side
    other: Side
    parts: tuple[Part, ...] = ()
    first_variant: int = 0
    anew: bool = False
    offers: tuple[Offer, ...] = ()

    def reject(self, reason: str, detail: str) -> Reject:
        """Return the item as a reject of this stage."""
        return Reject(id=self.row_id, stage=STAGE, reason=reason, detail=detail, source=self.pair.row())


class Made(NamedTuple):
    """A row, and what is to be counted of it.

    Attributes:
        row: the row.
        notes: names under which the report counts it, such as `FEW_UNITS`.
        method: name and version of the method, where it is not the one asked for.
    """

    row: TokenCsRow
    notes: tuple[str, ...] = ()
    method: str | None = None


FEW_UNITS = "fewer_switched_than_asked"
"""Note of a row in which too little may be switched to reach what was asked for."""
RISKY = "riskier_than_the_limit"
"""Note of a row with a unit of more risk than the limit: none was safe enough, or a variant needed another one."""

Generate = Callable[[SwitchItem, TokenCsConfig, Random], Made | Reject]
"""A method: the item, how to switch, and the row's own generator, of which only `random()` is used.

Raises:
    SchemaError: the row breaks an invariant (a bug).
"""
