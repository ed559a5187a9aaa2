"""The rows of a source as a stream of chunks, from any place on; only the window of that place is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cscl_data.train.forms.base import Form
from cscl_data.train.order import EpochOrder, Row, RowGroup, units_of
from cscl_data.train.place import LoaderState, Place
from cscl_data.train.stages import Stage

_SIZED = (str, list)
"""Values whose length counts: texts and messages."""


class Chunk(NamedTuple):
    """Consecutive rows, tokenised and packed together; where they begin, and the place after them."""

    rows: list[Row]
    begins: LoaderState
    ends: LoaderState


class Source(NamedTuple):
    """Rows that a stage draws from.

    Attributes:
        name: what the order of its rows is drawn from, with the seed.
        groups: its row groups.
        share: of the packed rows that come from here, in (0, 1].
        epochs: passes over the data; None goes on for ever.
    """

    name: str
    groups: tuple[RowGroup, ...]
    share: float = 1.0
    epochs: int | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return sum(group.rows for group in self.groups)


def own_sources(stage: Stage, sources: Sequence[Source]) -> Sequence[Source]:
    """Return those of a stage's sources that are its own data and not replayed: of a mix all, else the first."""
    return sources if stage.parts else sources[:1]


def passes(stage: Stage, sources: Sequence[Source], place: Place) -> float:
    """Return how often the stage's own data was handed out when it stands at a place."""
    own = own_sources(stage, sources)
    return sum(here.rows for here in place[: len(own)]) / sum(source.rows for source in own)


def chunks(source: Source, form: Form, start: LoaderState, *, seed: int, characters: int) -> Iterator[Chunk]:
    """Yield the rows of a source, window by window, in chunks.

    Args:
        source: what is read; without `epochs` it has no end.
        form: which columns.
        start: the place of the first chunk; one that an earlier stream gave.
        seed: of the order.
        characters: a chunk ends with the row that reaches this many, or with its window.
    """
    place = start
    while source.epochs is None or place.epoch < source.epochs:
        order = EpochOrder(seed, source.name, place.epoch)
        windows = order.windows(source.groups)
        before = place.epoch * source.rows + sum(g.rows for window in windows[: place.window] for g in window)
        for number in range(place.window, len(windows)):
            rows = order.rows(windows[number], number, form)
            place = place._replace(rows=before + place.row)
            while place.row < len(rows):
                chosen = _take(rows, place.row, form, characters)
                end = place.row + len(chosen)
                after = LoaderState(place.epoch, number, end, 0, before + end)
                if end == len(rows):
                    after = after._replace(window=number + 1, row=0)
                if after.window == len(windows):
                    after = after._replace(epoch=place.epoch + 1, window=0)
                yield Chunk(chosen, place, after)
                place = after
                if after.row == 0:
                    break
            before += len(rows)


def _take(rows: list[Row], start: int, form: Form, characters: int) -> list[Row]:
    """Return the rows from `start` on until they are long enough, no unit cut."""
    taken: list[Row] = []
    size = 0
    for unit in _units_from(rows, start, form):
        taken += unit
        for row in unit:
            for value in row.values:
                if isinstance(value, _SIZED):
                    size += len(value)
        if size >= characters:
            break
    return taken


def _units_from(rows: list[Row], start: int, form: Form) -> Iterator[list[Row]]:
    if form.unit is not None:
        yield from units_of(rows[start:], form)
        return
    for i in range(start, len(rows)):
        yield [rows[i]]
