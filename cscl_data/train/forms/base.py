"""What a form is: columns of a table, and the way from their values to token ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Row = tuple[Any, ...]
"""The values of a row's columns: those of `Form.columns`, then those of `Form.optional` (None where one is missing)."""


class Marks(NamedTuple):
    """Token ids around a document: `bos` or None, `eos`, and what fills a short row."""

    bos: int | None
    eos: int
    pad: int


class Encoded(NamedTuple):
    """Token sequences of some rows, one after the other.

    Attributes:
        tokens: ids of all sequences.
        targets: which of them are learned to predict; None is all.
        lengths: of each sequence.
        per_row: sequences that a row gives; those of a row are neighbours.
    """

    tokens: NDArray[np.int32]
    targets: NDArray[np.bool_] | None
    lengths: list[int]
    per_row: int


Encode = Callable[[Sequence[Row]], Encoded]


class Speech(Protocol):
    """How text becomes token ids, and messages become text."""

    marks: Marks

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, without marks; special tokens that are spelt out in it are text."""
        ...

    def template_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of texts that a chat template wrote, its special tokens read as such."""
        ...

    @property
    def has_template(self) -> bool:
        """Whether messages are written by a chat template; if not, a prompt and a response follow each other."""
        ...

    def render(self, messages: Sequence[dict[str, str]], *, ask: bool) -> str:
        """Write messages as the model's chat template has them; with `ask` up to where an answer begins."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of rows.

    Attributes:
        columns: what a table must have.
        optional: what is read if it is there.
        build: makes the function from rows to token ids.
        unit: the column whose equal neighbours are kept together, None if rows are independent.
        schema: the schema such rows carry in this package, for a message; None if any will do.
    """

    columns: tuple[str, ...]
    build: Callable[[Speech], Encode]
    optional: tuple[str, ...] = ()
    unit: str | None = None
    schema: str | None = None


def join(sequences: Iterable[Sequence[tuple[list[int], bool]]], *, per_row: int) -> Encoded:
    """Join sequences given as parts, each with its ids and whether they are targets."""
    tokens: list[int] = []
    targets: list[bool] = []
    lengths = []
    for parts in sequences:
        before = len(tokens)
        for ids, is_target in parts:
            tokens += ids
            targets += [is_target] * len(ids)
        lengths.append(len(tokens) - before)
    return Encoded(np.array(tokens, np.int32), np.array(targets, np.bool_), lengths, per_row)
