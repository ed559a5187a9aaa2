"""Token sequences laid into rows of equal length, with the place where the next row begins.

`wrapped` fills every row: what does not fit begins the next one. `best-fit` cuts no sequence that fits a row: each is
laid into the fullest row that still has room for it; of a longer one, whole rows are cut off and the rest begins a row.
`none` gives every sequence a row. Nothing is left out by any of them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cscl_data.train.forms.base import Encoded
from cscl_data.train.order import Row
from cscl_data.train.place import LoaderState
from cscl_data.train.stream import Chunk


class Piece(NamedTuple):
    """Consecutive tokens of a row of the data.

    `targets` tells which are learned to predict, None is all; `is_cut` that a row begins here which has to be cut.
    """

    row: Row
    tokens: NDArray[np.int32]
    targets: NDArray[np.bool_] | None
    is_cut: bool = False

    def cut(self, start: int, end: int) -> Piece:
        """Return the part from `start` to `end`."""
        if start == 0 and end >= len(self.tokens):
            return self
        targets = None if self.targets is None else self.targets[start:end]
        return Piece(self.row, self.tokens[start:end], targets)


class PackedRow(NamedTuple):
    """What stands in one row, and the place after it."""

    pieces: tuple[Piece, ...]
    after: LoaderState


class EncodedChunk(NamedTuple):
    """A chunk with the token sequences of its rows."""

    chunk: Chunk
    encoded: Encoded

    def sequences(self) -> list[Piece]:
        """Return the sequences in the order of the rows."""
        tokens, targets, lengths, per_row = self.encoded
        rows = self.chunk.rows if per_row == 1 else [row for row in self.chunk.rows for _ in range(per_row)]
        pieces, end = [], 0
        for row, length in zip(rows, lengths, strict=True):
            start, end = end, end + length
            pieces.append(Piece(row, tokens[start:end], None if targets is None else targets[start:end]))
        return pieces


Pack = Callable[[Iterable[EncodedChunk], int], Iterator[PackedRow]]
"""Chunks and the length of a row to rows."""


def pack_wrapped(chunks: Iterable[EncodedChunk], context: int) -> Iterator[PackedRow]:
    """Fill rows with one sequence after the other. Only the last row may be short."""
    pieces: list[Piece] = []
    space = context
    chunk: Chunk | None = None
    for chunk, encoded in chunks:
        at = chunk.begins.skip
        for i, sequence in enumerate(EncodedChunk(chunk, encoded).sequences()):
            end = len(sequence.tokens)
            while at < end:
                taken = min(space, end - at)
                pieces.append(sequence.cut(at, at + taken))
                at, space = at + taken, space - taken
                if not space:
                    yield PackedRow(tuple(pieces), _within(chunk, i + 1, 0) if at == end else _within(chunk, i, at))
                    pieces, space = [], context
            at = 0
    if pieces and chunk is not None:
        yield PackedRow(tuple(pieces), chunk.ends)


def _within(chunk: Chunk, rows: int, skip: int) -> LoaderState:
    """Return the place after some rows of a chunk, and tokens of the next."""
    if rows == len(chunk.rows):
        return chunk.ends
    return chunk.begins._replace(row=chunk.begins.row + rows, skip=skip, rows=chunk.begins.rows + rows)


def pack_best_fit(chunks: Iterable[EncodedChunk], context: int) -> Iterator[PackedRow]:
    """Lay each sequence into the fullest row with room for it, longest first, chunk by chunk.

    Source:
        ding-etal-2024-fewer (best-fit decreasing). Deviations: chunk by chunk, so that a place can be found again; the
        rows of a chunk come in the order of the sequence that opened them, so that long ones do not come first.
    """
    for encoded in chunks:
        yield from _placed(encoded, best_fit(encoded.sequences(), context))


def pack_none(chunks: Iterable[EncodedChunk], context: int) -> Iterator[PackedRow]:
    """Give every sequence its row; one that is too long takes several."""
    for encoded in chunks:
        rows = [part for i, sequence in enumerate(encoded.sequences()) for part in _whole_rows(i, sequence, context)]
        yield from _placed(encoded, rows)


def pack_units(chunks: Iterable[EncodedChunk], context: int) -> Iterator[PackedRow]:
    """Keep all sequences of a unit together, uncut; how they are laid out is decided batch by batch."""
    for encoded in chunks:
        units: list[_Bin] = []
        for i, piece in enumerate(encoded.sequences()):
            unit = _unit(piece.row)
            if not units or units[-1].unit != unit:
                units.append(_Bin([], [], unit))
            units[-1].add(i // encoded.encoded.per_row, piece)
        yield from _placed(encoded, units)


class _Bin:
    """A row being filled: its pieces, and the numbers (in the chunk) of the rows that end in it."""

    def __init__(self, pieces: list[Piece], ended: list[int], unit: object = None) -> None:
        self.pieces = pieces
        self.ended = ended
        self.unit = unit

    def add(self, number: int, piece: Piece) -> None:
        self.pieces.append(piece)
        if not self.ended or self.ended[-1] != number:
            self.ended.append(number)


def best_fit(sequences: Sequence[Piece], context: int) -> list[_Bin]:
    """Return rows of at most `context` tokens that hold all sequences.

    Args:
        sequences: one that is longer is cut into whole rows, and the rest of it opens a row.
        context: tokens in a row.
    """
    lengths = [len(sequence.tokens) for sequence in sequences]
    order = sorted(range(len(sequences)), key=lengths.__getitem__, reverse=True)  # a stable sort, in reverse too
    opened: dict[int, list[_Bin]] = {}
    by_space: dict[int, list[_Bin]] = {}
    spaces: list[int] = []  # the keys of `by_space`, ascending

    def offer(row: _Bin, space: int) -> None:
        if space:
            if not by_space.setdefault(space, []):
                insort(spaces, space)
            by_space[space].append(row)

    for i in order:
        length = lengths[i]
        at = bisect_left(spaces, length)
        if length > context or at == len(spaces):
            opened[i] = _whole_rows(i, sequences[i], context)
            offer(opened[i][-1], -length % context)
            continue
        space = spaces[at]
        row = by_space[space].pop()
        if not by_space[space]:
            spaces.pop(at)
        row.add(i, sequences[i])
        offer(row, space - length)
    return [row for i in sorted(opened) for row in opened[i]]


def _whole_rows(number: int, sequence: Piece, context: int) -> list[_Bin]:
    """Cut a sequence into rows; the row it ends in is the last."""
    starts = range(0, max(len(sequence.tokens), 1), context)
    rows = [_Bin([sequence.cut(start, start + context)], []) for start in starts]
    rows[-1].ended.append(number)
    if len(rows) > 1:
        rows[0].pieces[0] = rows[0].pieces[0]._replace(is_cut=True)
    return rows


def _placed(encoded: EncodedChunk, bins: Sequence[_Bin]) -> Iterator[PackedRow]:
    """Yield the rows that were not handed out before, each with the place after it."""
    begins, ends = encoded.chunk.begins, encoded.chunk.ends
    rows = begins.rows
    for number, row in enumerate(bins, start=1):
        rows += len(row.ended)
        if number > begins.skip:
            after = ends if number == len(bins) else begins._replace(skip=number, rows=rows)
            yield PackedRow(tuple(row.pieces), after)


def _unit(row: Row) -> object:
    """Return what tells a unit of preferences from its neighbours: the record, else the row itself."""
    record = row.values[-1]
    return row.number if record is None else record


PACKERS: dict[str, Pack] = {"wrapped": pack_wrapped, "best-fit": pack_best_fit, "none": pack_none}
"""Ways to pack single sequences, by name."""
