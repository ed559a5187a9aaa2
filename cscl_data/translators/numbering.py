"""Numbered indicators: a model of ours sees the first `@` of a sequence as another piece than the second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from pathlib import Path

from cscl_data.translators.tokenization import PieceTokenizer

_SPACE = "▁"


@dataclass(frozen=True)
class Numbering:
    """Which pieces are numbered where they stand alone between spaces, and how far they are counted.

    A small model loses count of equal markers: it writes one too many wherever a sentence is unlike its training. The
    k-th marker as a piece of its own can be copied from the source instead of counted. Counting starts anew after
    `most`.

    Source:
        Our default. moon-etal-2024-translation leaves the model as it is; this is a way to train one.
    """

    indicators: tuple[str, ...]
    most: int

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """The pieces that a vocabulary needs for it, indicator by indicator."""
        return tuple(self._piece(mark, number) for mark in self.indicators for number in range(self.most))

    @cached_property
    def _plain(self) -> dict[str, str]:
        return {self._piece(mark, number): mark for mark in self.indicators for number in range(self.most)}

    def number(self, pieces: Sequence[str]) -> list[str]:
        """Return the pieces of one text with the indicators that stand alone numbered from 1.

        Example:
            >>> Numbering(("@",), 8).number(["▁", "@", "▁A", "▁", "@", "▁B", "▁a", "@", "b"])
            ['▁', '<@1>', '▁A', '▁', '<@2>', '▁B', '▁a', '@', 'b']
        """
        seen: Counter[str] = Counter()
        numbered = list(pieces)
        for index, piece in enumerate(pieces):
            if piece in self.indicators and _stands_alone(pieces, index):
                numbered[index] = self._piece(piece, seen[piece] % self.most)
                seen[piece] += 1
        return numbered

    def plain(self, pieces: Sequence[str]) -> list[str]:
        """Return pieces with the indicators as they are written."""
        return [self._plain.get(piece, piece) for piece in pieces]

    def marks_of(self, pieces: Sequence[str]) -> list[str]:
        """Return the numbered pieces among some, in order."""
        return [piece for piece in pieces if piece in self._plain]

    def first_misplaced(self, pieces: Sequence[str], marks: Sequence[str]) -> int | None:
        """Return the index of the first numbered piece that is not the next of the source's `marks`.

        Returns:
            None where all are in order; some may still be missing at the end.
        """
        found = (index for index, piece in enumerate(pieces) if piece in self._plain)
        expected = chain(marks, repeat(None))
        return next((index for index, mark in zip(found, expected, strict=False) if pieces[index] != mark), None)

    @staticmethod
    def _piece(mark: str, number: int) -> str:
        return f"<{mark}{number + 1}>"


class NumberedTokenizer:
    """A tokenizer whose indicators are numbered on the way in and plain on the way out."""

    def __init__(self, tokenizer: PieceTokenizer, numbering: Numbering) -> None:
        self._tokenizer = tokenizer
        self._numbering = numbering

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that decide the pieces."""
        return self._tokenizer.files

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the pieces of each text, its indicators numbered."""
        return [self._numbering.number(pieces) for pieces in self._tokenizer.encode(texts)]

    def decode(self, pieces: Sequence[str]) -> str:
        """Return the text that the pieces spell."""
        return self._tokenizer.decode(self._numbering.plain(pieces))


def _stands_alone(pieces: Sequence[str], index: int) -> bool:
    before = index == 0 or pieces[index - 1].endswith(_SPACE)
    return before and (index + 1 == len(pieces) or pieces[index + 1].startswith(_SPACE))
