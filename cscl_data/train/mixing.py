"""From sources to packed rows: read, tokenise, pack, mix, and know the place of every row. Nothing imports torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cscl_data.train.config import TrainConfig
from cscl_data.train.forms import FORMS
from cscl_data.train.packing import PACKERS, EncodedChunk, PackedRow, pack_units
from cscl_data.train.place import LoaderState, Place
from cscl_data.train.settings import Settings
from cscl_data.train.stream import Chunk, Source, chunks

_CHUNK_CHARACTERS = 2**16
"""Text tokenised at once where rows are wrapped, or half a step's where that is more, so that two workers make a step
while another is taken (our default)."""
_CHUNK_ROWS = 128
_CHARACTERS_A_TOKEN = 3
"""Rows of a chunk that is packed by itself, and text a token stands for: about a row in 256 is left half full."""

ChunkEncoder = Callable[[Iterable[Chunk]], Iterator[EncodedChunk]]
"""Gives chunks their tokens, in order."""


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


def loader_settings(config: TrainConfig, settings: Settings) -> LoaderSettings:
    """Return how a run's rows become batches."""
    return LoaderSettings(
        objective=config.objective,
        packing=settings.packing,
        context=settings.context,
        batch_size=settings.batch_size,
        micro_batch=settings.micro_batch,
        seed=config.seed,
    )


def packed_rows(
    source: Source, settings: LoaderSettings, encoded: ChunkEncoder, start: LoaderState
) -> Iterator[PackedRow]:
    """Yield the packed rows of one source from a place on."""
    form = FORMS[settings.objective]
    characters = _CHUNK_ROWS * settings.context * _CHARACTERS_A_TOKEN
    if settings.packing == "wrapped":
        characters = max(_CHUNK_CHARACTERS, settings.batch_size * settings.context * _CHARACTERS_A_TOKEN // 2)
    stream = chunks(source, form, start, seed=settings.seed, characters=characters)
    pack = PACKERS[settings.packing] if form.unit is None else pack_units
    return pack(encoded(stream), settings.context)


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
