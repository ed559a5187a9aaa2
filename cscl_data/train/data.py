"""From shards to batches: read, tokenise, pack, and know the place to the token.

B rows in a micro-batch, T tokens in a row.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import torch
from torch import Tensor

from cscl_data.train.order import EpochOrder, RowGroup
from cscl_data.train.packing import Document, LoaderState, PackedRow, pack_wrapped

logger = logging.getLogger(__name__)

IGNORED = -100
"""Label of a position without a target, as in `transformers`."""
_ENCODED_ROWS = 256

Encode = Callable[[Sequence[str]], list[list[int]]]
"""Texts to token ids, without the marks of beginning and end."""


class Marks(NamedTuple):
    """Token ids around a document: `bos` or None, `eos`, and what fills a short row."""

    bos: int | None
    eos: int
    pad: int


class Batch(NamedTuple):
    """Rows of one forward pass, int64.

    Attributes:
        input_ids_BT: token ids; a short row is filled on the right.
        labels_BT: the same ids, `IGNORED` where the row is filled. They are not shifted.
        tokens: how many ids are no filling.
        ids: the documents in the rows, for an error to name.
    """

    input_ids_BT: Tensor
    labels_BT: Tensor
    tokens: int
    ids: tuple[str, ...]

    @property
    def targets(self) -> int:
        """Number of positions that are predicted: all but the first of each row, filling left out."""
        return int((self.labels_BT[:, 1:] != IGNORED).sum())

    @property
    def padding(self) -> int:
        """Number of filled positions."""
        return self.input_ids_BT.numel() - self.tokens


class Loader:
    """Hands out the batches of one stage, step by step, from any place.

    A document is a row's text between the marks; a row with empty text is its marks alone. Documents follow each
    other without gaps; only the end of the data is filled up.

    Args:
        groups: the stage's row groups.
        order: seed and stage of the shuffle (its `epoch` is not used).
        encode: text to token ids.
        marks: ids of beginning, end and filling.
        context: T, tokens in a row.
        batch_size: rows in a step.
        micro_batch: rows in one forward pass.
        epochs: passes over the data; None goes on for ever, with a warning when the data begins anew.
        start: where to go on; only the window of that place is read.
        device: where the tensors lie.
    """

    def __init__(
        self,
        groups: tuple[RowGroup, ...],
        order: EpochOrder,
        encode: Encode,
        marks: Marks,
        *,
        context: int,
        batch_size: int,
        micro_batch: int,
        epochs: int | None,
        start: LoaderState,
        device: torch.device,
    ) -> None:
        self._groups = groups
        self._order = order
        self._encode = encode
        self._marks = marks
        self._context = context
        self._batch_size = batch_size
        self._micro_batch = micro_batch
        self._epochs = epochs
        self._device = device
        self._rows = pack_wrapped(self._documents(start), context)

    def next_step(self) -> tuple[list[Batch], LoaderState]:
        """Return the micro-batches of the next step and the place after them.

        Raises:
            StopIteration: the epochs are over. The last step before may be short.
        """
        rows = list(islice(self._rows, self._batch_size))
        if not rows:
            raise StopIteration
        parts = [rows[i : i + self._micro_batch] for i in range(0, len(rows), self._micro_batch)]
        return [self._batch(part) for part in parts], rows[-1].after

    def _batch(self, rows: list[PackedRow]) -> Batch:
        context, pad = self._context, self._marks.pad
        inputs = [row.tokens + [pad] * (context - len(row.tokens)) for row in rows]
        labels = [row.tokens + [IGNORED] * (context - len(row.tokens)) for row in rows]
        return Batch(
            input_ids_BT=torch.tensor(inputs, dtype=torch.int64).to(self._device, non_blocking=True),
            labels_BT=torch.tensor(labels, dtype=torch.int64).to(self._device, non_blocking=True),
            tokens=sum(len(row.tokens) for row in rows),
            ids=tuple(dict.fromkeys(row_id for row in rows for row_id in row.ids)),
        )

    def _documents(self, place: LoaderState) -> Iterator[Document]:
        """Yield documents from a place on, without reading the windows before it."""
        while self._epochs is None or place.epoch < self._epochs:
            if place == LoaderState(epoch=1, rows=place.rows) and self._epochs is None:
                logger.warning("stage %s: the data ends before the budget; it is repeated", self._order.stage)
            order = self._order._replace(epoch=place.epoch)
            windows = order.windows(self._groups)
            for number in range(place.window, len(windows)):
                rows = order.rows(windows[number], number)
                for at in range(place.row, len(rows), _ENCODED_ROWS):
                    chunk = rows[at : at + _ENCODED_ROWS]
                    encoded = self._encode([row.text for row in chunk])
                    for row, ids in zip(chunk, encoded, strict=True):
                        after = place._replace(row=place.row + 1, token=0, rows=place.rows + 1)
                        if after.row == len(rows):
                            after = after._replace(window=number + 1, row=0)
                        if after.window == len(windows):
                            after = after._replace(epoch=place.epoch + 1, window=0)
                        yield Document(row.id, self._marked(ids), place, after)
                        place = after

    def _marked(self, ids: list[int]) -> list[int]:
        begin = [] if self._marks.bos is None else [self._marks.bos]
        return [*begin, *ids, self._marks.eos]
