"""Where a loader stands in its data. A place is saved with a checkpoint and reached again by reading one window."""

from __future__ import annotations

from typing import NamedTuple


class LoaderState(NamedTuple):
    """The first thing of a source that is not yet handed out: epoch, window, row in the window, all 0-based.

    `skip` is what was handed out from there on already: tokens of that row where rows are packed without a break
    (`wrapped`), else packed rows of the chunk that begins there. `rows` counts the rows handed out whole since the
    stage began, `packed` the packed rows, `cut` the rows cut because none has room for them (not where all are,
    `wrapped`).
    """

    epoch: int = 0
    window: int = 0
    row: int = 0
    skip: int = 0
    rows: int = 0
    packed: int = 0
    cut: int = 0


Place = tuple[LoaderState, ...]
"""The places in all sources of a stage; its own data comes first, replayed data after it."""
