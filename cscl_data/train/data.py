"""From sources to steps: read, tokenise, pack, mix, and know the place of every row."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cscl_data.train.batches import Batch, Collate, emptied
from cscl_data.train.forms import FORMS
from cscl_data.train.packing import PACKERS, PackedRow, pack_units
from cscl_data.train.place import LoaderState, Place
from cscl_data.train.ranks import ALONE, Ranks
from cscl_data.train.stream import Source, chunks
from cscl_data.train.workers import Encoders

logger = logging.getLogger(__name__)

_CHUNK_CHARACTERS = 2**16
"""Text tokenised at once where rows are wrapped, or half a step's where that is more, so that two workers make a step
while another is taken (our default)."""
_CHUNK_ROWS = 128
_CHARACTERS_A_TOKEN = 3
"""Rows of a chunk that is packed by itself, and text a token stands for: about a row in 256 is left half full."""
_SECOND_EPOCH = (1, 0, 0, 0)
"""Where data begins anew: epoch, window, row, what was handed out from there on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoaderSettings:
    """How rows become batches.

    Args:
        objective: names the form of the rows.
        packing: `wrapped`, `best-fit` or `none`.
        context: tokens in a row.
        batch_size: packed rows in a step (records, where answers are compared).
        micro_batch: the same in one forward pass.
        seed: of the order.
    """

    objective: str
    packing: str
    context: int
    batch_size: int
    micro_batch: int
    seed: int


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
        streams = [packed_rows(source, settings, encoders, place) for source, place in zip(sources, start, strict=True)]
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


def packed_rows(
    source: Source, settings: LoaderSettings, encoders: Encoders, start: LoaderState
) -> Iterator[PackedRow]:
    """Yield the packed rows of one source from a place on."""
    form = FORMS[settings.objective]
    characters = _CHUNK_ROWS * settings.context * _CHARACTERS_A_TOKEN
    if settings.packing == "wrapped":
        characters = max(_CHUNK_CHARACTERS, settings.batch_size * settings.context * _CHARACTERS_A_TOKEN // 2)
    stream = chunks(source, form, start, seed=settings.seed, characters=characters)
    pack = PACKERS[settings.packing] if form.unit is None else pack_units
    return pack(encoders.encoded(stream), settings.context)


def mix(
    streams: Sequence[Iterator[PackedRow]], shares: Sequence[float], start: Place
) -> Iterator[tuple[PackedRow, Place]]:
    """Draw from each stream in proportion to its share: always from the one that is furthest behind.

    Ends with the stream that is drawn from and has no row left. Which stream a row comes from is told by the places
    alone, so that drawing can go on from any of them.
    """
    place = start
    while True:
        total = sum(here.packed for here in place) + 1
        behind = [share * total - here.packed for share, here in zip(shares, place, strict=True)]
        i = behind.index(max(behind))
        row = next(streams[i], None)
        if row is None:
            return
        cut = place[i].cut + sum(piece.is_cut for piece in row.pieces)
        after = row.after._replace(packed=place[i].packed + 1, cut=cut)
        place = (*place[:i], after, *place[i + 1 :])
        yield row, place
