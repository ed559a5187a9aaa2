"""Packed rows as tensors.

B rows in a micro-batch, T tokens in a row, S sequences of preferences in a micro-batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from cscl_data.train.packing import PackedRow, Piece
from cscl_data.train.ranks import ALONE, Ranks

IGNORED = -100
"""Label of a position without a target, as in `transformers`."""
_MULTIPLE = 8
"""Rows that are not filled up to the context are filled up to a multiple of this."""


class Counts(NamedTuple):
    """What losses are divided by: predicted tokens, and preferences, of a whole step."""

    targets: int
    pairs: int = 0


class Preferences(NamedTuple):
    """Which positions belong to which sequence; a preference is sequence 2i (chosen) and 2i + 1 (rejected).

    Attributes:
        sequence_BT: number of the sequence, S where the row is filled; int64.
        reference_S: log-probabilities of the responses under the start model; float32.
        learned_S: whether the sequence is learned by heart too (the chosen answer in the target language); bool.
    """

    sequence_BT: Tensor
    reference_S: Tensor
    learned_S: Tensor


class Batch(NamedTuple):
    """Rows of one forward pass.

    Attributes:
        input_ids_BT: token ids, int64; a short row is filled on the right.
        labels_BT: the ids that are learned to predict, else `IGNORED`. They are not shifted.
        tokens: how many ids are no filling.
        ids: the rows of the data in it, for an error to name.
        counts: targets (labels after the first of each row) and preferences.
        position_ids_BT: positions in each document, int64, where documents do not see each other; else None.
        preferences: where answers are compared, else None.
    """

    input_ids_BT: Tensor
    labels_BT: Tensor
    tokens: int
    ids: tuple[str, ...]
    counts: Counts
    position_ids_BT: Tensor | None = None
    preferences: Preferences | None = None

    @property
    def padding(self) -> int:
        """Number of filled positions."""
        return self.input_ids_BT.numel() - self.tokens

    def to(self, device: torch.device) -> Batch:
        """Return the batch on a device; the copy to a GPU goes on while the processor does other things."""
        preferences = None if self.preferences is None else Preferences(*(_move(x, device) for x in self.preferences))
        return self._replace(
            input_ids_BT=_move(self.input_ids_BT, device),
            labels_BT=_move(self.labels_BT, device),
            position_ids_BT=None if self.position_ids_BT is None else _move(self.position_ids_BT, device),
            preferences=preferences,
        )


Collate = Callable[[Sequence[PackedRow]], Batch]


def emptied(batch: Batch) -> Batch:
    """Return a batch of the same size that counts for nothing: for a process that has no rows left in a step."""
    preferences = batch.preferences
    if preferences is not None:
        outside = torch.zeros_like(preferences.sequence_BT)
        preferences = Preferences(outside, preferences.reference_S[:0], preferences.learned_S[:0])
    labels_BT = torch.full_like(batch.labels_BT, IGNORED)
    return batch._replace(labels_BT=labels_BT, tokens=0, ids=(), counts=Counts(0), preferences=preferences)


class Sizes(NamedTuple):
    """What stands in a whole step: tokens, filled positions, and what its loss is divided by."""

    tokens: int
    padding: int
    counts: Counts


def sizes_of(batches: Sequence[Batch], ranks: Ranks = ALONE) -> Sizes:
    """Return the sizes of a step, of which each process gives its batches."""
    own = (sum(b.tokens for b in batches), sum(b.padding for b in batches), *counts_of(batches))
    tokens, padding, *counts = (sum(numbers) for numbers in zip(*ranks.gather(own), strict=True))
    return Sizes(tokens, padding, Counts(*counts))


def counts_of(batches: Iterable[Batch]) -> Counts:
    """Return the counts of all batches of a step together."""
    pairs = [batch.counts for batch in batches]
    return Counts(sum(counts.targets for counts in pairs), sum(counts.pairs for counts in pairs))


def row_collator(*, pad: int, context: int | None, separate: bool) -> Collate:
    """Return what makes a batch of packed rows.

    Args:
        pad: the id that fills short rows.
        context: length of every row; None takes the longest's, in multiples of 8.
        separate: whether documents in a row see only themselves and count their positions from 0.
    """

    def collate(rows: Sequence[PackedRow]) -> Batch:
        return lay_out([row.pieces for row in rows], pad=pad, context=context, separate=separate)

    return collate


def lay_out(rows: Sequence[Sequence[Piece]], *, pad: int, context: int | None, separate: bool, pairs: int = 0) -> Batch:
    """Build a batch whose rows hold these pieces, one after the other; see `row_collator`."""
    width = context or -(-max(sum(len(p.tokens) for p in row) for row in rows) // _MULTIPLE) * _MULTIPLE
    ids_BT = np.full((len(rows), width), pad, np.int64)
    labels_BT = np.full((len(rows), width), IGNORED, np.int64)
    positions_BT = np.zeros((len(rows), width), np.int64)
    tokens = 0
    for ids_T, labels_T, positions_T, pieces in zip(ids_BT, labels_BT, positions_BT, rows, strict=True):
        lengths = [len(piece.tokens) for piece in pieces]
        end = sum(lengths)
        ids_T[:end] = labels_T[:end] = np.concatenate([piece.tokens for piece in pieces])
        known = [piece.targets for piece in pieces if piece.targets is not None]
        if known:
            labels_T[:end][~np.concatenate(known)] = IGNORED
        if separate:
            starts = np.cumsum([0, *lengths])
            labels_T[starts[:-1]] = IGNORED  # nothing in its document predicts it
            positions_T[:] = np.arange(width) - np.repeat(starts, [*lengths, width - end])
        tokens += end
    targets = int((labels_BT[:, 1:] != IGNORED).sum())
    return Batch(
        input_ids_BT=torch.from_numpy(ids_BT),
        labels_BT=torch.from_numpy(labels_BT),
        tokens=tokens,
        ids=tuple(dict.fromkeys(piece.row.id for row in rows for piece in row)),
        counts=Counts(targets, pairs),
        position_ids_BT=torch.from_numpy(positions_BT) if separate else None,
    )


def _move(tensor: Tensor, device: torch.device) -> Tensor:
    if device.type == "cuda" and tensor.device.type == "cpu":
        tensor = tensor.pin_memory()
    return tensor.to(device, non_blocking=True)
