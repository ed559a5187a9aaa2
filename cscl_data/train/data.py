"""From rows that are packed and mixed to the batches of a step, and the place after it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from cscl_data.train.batches import Batch, Collate, emptied
from cscl_data.train.mixing import LoaderSettings, mix, packed_rows
from cscl_data.train.packing import PackedRow
from cscl_data.train.place import Place
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.stream import Source
from cscl_data.train.workers import Encoders

logger = logging.getLogger(__name__)

_SECOND_EPOCH = (1, 0, 0, 0)
"""Where data begins anew: epoch, window, row, what was handed out from there on."""


class Loader:
    """Hands out the batches of one stage, step by step, from any place.

    The steps are those of the whole run: their rows are the same however many processes train. Each takes its part of
    a step's batches.

    Args:
        sources: the stage's own rows, then those that are replayed.
        settings: how rows become batches.
        encoders: tokenise.
        collate: makes a batch of packed rows.
        start: the place in each source.
        ranks: the processes.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        settings: LoaderSettings,
        encoders: Encoders,
        collate: Collate,
        start: Place,
        ranks: Ranks = ALONE,
    ) -> None:
        self._settings = settings
        self._collate = collate
        self._ranks = ranks
        streams = [
            packed_rows(source, settings, encoders.encoded, place) for source, place in zip(sources, start, strict=True)
        ]
        self._sources = sources
        self._place = start
        self._rows = mix(streams, [source.share for source in sources], start)

    def next_step(self) -> tuple[list[Batch], Place]:
        """Return this process's micro-batches of the next step and the place after all of them.

        Every process has as many; one that is out of rows gets batches that count for nothing.

        Raises:
            StopIteration: the stage's own rows are over. The last step before may be short.
        """
        rows: list[PackedRow] = []
        place: Place = ()
        while len(rows) < self._settings.batch_size:
            drawn = next(self._rows, None)
            if drawn is None:
                break
            rows.append(drawn[0])
            place = drawn[1]
        if not rows:
            raise StopIteration
        self._warn(place)
        size = min(self._settings.micro_batch, -(-self._settings.batch_size // self._ranks.size))
        return dealt(rows, size, self._collate, self._ranks), place

    def _warn(self, place: Place) -> None:
        """Say once of each source when its data is handed out again, and when instructions are cut."""
        for source, before, here in zip(self._sources, self._place, place, strict=True):
            if source.epochs is None and before[:4] <= _SECOND_EPOCH < here[:4]:
                logger.warning("stage %s: the data ends before the budget; it is repeated", source.name)
            if self._settings.objective == "sft" and here.cut and not before.cut:
                logger.warning(
                    "stage %s: rows longer than --context %d are cut; the rest of an answer is learned without prompt",
                    source.name,
                    self._settings.context,
                )
        self._place = place


def dealt(rows: Sequence[PackedRow], size: int, collate: Collate, ranks: Ranks) -> list[Batch]:
    """Cut rows into batches and return those of this process: the first of as many as there are processes, and so on.

    Args:
        rows: at least one.
        size: rows in a batch.
        collate: makes a batch of them.
        ranks: the processes.
    """
    parts = [rows[i : i + size] for i in range(0, len(rows), size)]
    batches = [collate(part) for part in ranks.share(parts)]
    missing = -(-len(parts) // ranks.size) - len(batches)
    return batches + [emptied(collate(parts[0]))] * missing
