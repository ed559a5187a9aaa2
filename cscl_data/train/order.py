"""In which order a stage's rows are read: a seeded shuffle that needs no pass over the data.

Row groups are permuted over all shards; a window of consecutive ones is read, and its rows are permuted. Every row
comes once an epoch, each epoch has its own order, and any place can be reached by reading one window. Nothing here
knows how many processes train.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from cscl_data.errors import InputError
from cscl_data.io.dataset import shard_paths
from cscl_data.io.shards import open_parquet
from cscl_data.records import rng_for, shuffled
from cscl_data.train.forms.base import Form

WINDOW_GROUPS = 16
WINDOW_ROWS = 16_384
"""A window ends with the row group that reaches one of these (our default): a few megabytes of text."""


class RowGroup(NamedTuple):
    """A row group of a shard.

    `number` is 0-based in the shard, `rows` at least 1, `text_bytes` the size of the columns that are read before
    compression, `first` the number of its first row among all rows of the stage's data.
    """

    path: Path
    number: int
    rows: int
    text_bytes: int
    first: int


class Row(NamedTuple):
    """A row to train on: its id (else `<shard>:<group>.<row>`), its number in the stage's data, its columns' values."""

    id: str
    number: int
    values: tuple[Any, ...]


class EpochOrder(NamedTuple):
    """The order of one epoch of a stage."""

    seed: int
    stage: str
    epoch: int

    def windows(self, groups: tuple[RowGroup, ...]) -> list[tuple[RowGroup, ...]]:
        """Permute the row groups and cut the result into windows."""
        windows: list[list[RowGroup]] = []
        rows = WINDOW_ROWS
        for group in shuffled(groups, rng_for(self.seed, f"{self.stage}/{self.epoch}", "train-groups")):
            if rows >= WINDOW_ROWS or len(windows[-1]) == WINDOW_GROUPS:
                windows.append([])
                rows = 0
            windows[-1].append(group)
            rows += group.rows
        return [tuple(window) for window in windows]

    def rows(self, window: tuple[RowGroup, ...], number: int, form: Form) -> list[Row]:
        """Read the rows of the window with this 0-based number, in this epoch's order; neighbours of a unit stay so."""
        rows = [row for group in window for row in read_rows(group, form)]
        rng = rng_for(self.seed, f"{self.stage}/{self.epoch}/{number}", "train-rows")
        if form.unit is None:
            return shuffled(rows, rng)
        return [row for unit in shuffled(units_of(rows, form), rng) for row in unit]


def units_of(rows: list[Row], form: Form) -> list[list[Row]]:
    """Group neighbours that belong to one unit; rows without one are alone."""
    if form.unit is None:
        return [[row] for row in rows]
    column = (*form.columns, *form.optional).index(form.unit)
    named = groupby(rows, key=lambda row: row.number if row.values[column] is None else row.values[column])
    return [list(unit) for _, unit in named]


def list_row_groups(directory: Path, form: Form, *, first: int = 0) -> tuple[RowGroup, ...]:
    """List the row groups of a shard directory from the footers, empty ones left out.

    Args:
        directory: the shards.
        form: what their rows are read as.
        first: number of the first row.

    Raises:
        InputError: this is no shard directory, a shard lacks a column, or there is no row at all.
    """
    groups = []
    for path in shard_paths(directory):
        with open_parquet(path) as file:
            names = file.schema_arrow.names
            missing = [name for name in form.columns if name not in names]
            if missing:
                wanted = f" ({form.schema} has it)" if form.schema else ""
                raise InputError(
                    f"{path}: no column {missing[0]!r}{wanted}", hint=f"its columns are: {', '.join(names)}"
                )
            read = {*form.columns, *form.optional}
            leaves = [i for i in range(len(file.schema)) if file.schema.column(i).path.split(".")[0] in read]
            for index in range(file.num_row_groups):
                facts = file.metadata.row_group(index)
                if facts.num_rows:
                    size = sum(facts.column(leaf).total_uncompressed_size for leaf in leaves)
                    groups.append(RowGroup(path, index, facts.num_rows, size, first))
                    first += facts.num_rows
    if not groups:
        raise InputError(f"{directory}: no rows to train on")
    return tuple(groups)


def read_rows(group: RowGroup, form: Form) -> list[Row]:
    """Read one row group.

    Raises:
        InputError: the shard is damaged.
    """
    with open_parquet(group.path) as file:
        names = file.schema_arrow.names
        columns = (*form.columns, *form.optional)
        wanted = [name for name in dict.fromkeys(("id", *columns)) if name in names]
        try:
            table = file.read_row_group(group.number, columns=wanted)
            held = {name: table.column(name).to_pylist() for name in wanted}
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise InputError(f"{group.path}: damaged row group {group.number} ({error})") from error
    none = [None] * table.num_rows
    values = [held.get(name, none) for name in columns]
    ids = [str(row_id) for row_id in held.get("id", ())] or [
        f"{group.path.name}:{group.number}.{i}" for i in range(table.num_rows)
    ]
    numbers = range(group.first, group.first + table.num_rows)
    return list(map(Row, ids, numbers, zip(*values, strict=True)))
