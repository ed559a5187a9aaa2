"""In which order a stage's rows are read: a seeded shuffle that needs no pass over the data.

Row groups are permuted over all shards; a window of consecutive ones is read, and its rows are permuted. Every row
comes once an epoch, each epoch has its own order, and any place can be reached by reading one window.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from cscl_data.errors import InputError
from cscl_data.io.dataset import shard_paths
from cscl_data.io.shards import open_parquet
from cscl_data.records import rng_for, shuffled

WINDOW_GROUPS = 16
"""Row groups in a window (our default): 16,384 rows as `cscl-data` writes them, a few megabytes of text."""


class RowGroup(NamedTuple):
    """A row group of a shard: 0-based number, rows (at least 1), bytes of text before compression."""

    path: Path
    number: int
    rows: int
    text_bytes: int


class Row(NamedTuple):
    """A row to train on: its id (else `<shard>:<row>`) and its text."""

    id: str
    text: str


class EpochOrder(NamedTuple):
    """The order of one epoch of a stage."""

    seed: int
    stage: str
    epoch: int

    def windows(self, groups: tuple[RowGroup, ...]) -> list[tuple[RowGroup, ...]]:
        """Permute the row groups and cut the result into windows."""
        order = shuffled(groups, rng_for(self.seed, f"{self.stage}/{self.epoch}", "train-groups"))
        return [tuple(order[i : i + WINDOW_GROUPS]) for i in range(0, len(order), WINDOW_GROUPS)]

    def rows(self, window: tuple[RowGroup, ...], number: int) -> list[Row]:
        """Read the rows of the window with this 0-based number, in this epoch's order."""
        rows = [row for group in window for row in read_rows(group)]
        return shuffled(rows, rng_for(self.seed, f"{self.stage}/{self.epoch}/{number}", "train-rows"))


def list_row_groups(directory: Path) -> tuple[RowGroup, ...]:
    """List the row groups of a shard directory from the footers, empty ones left out.

    Raises:
        InputError: this is no shard directory, a shard has no column `text`, or there is no row at all.
    """
    groups = []
    for path in shard_paths(directory):
        with open_parquet(path) as file:
            names = file.schema_arrow.names
            if "text" not in names:
                raise InputError(f"{path}: no column 'text'", hint=f"its columns are: {', '.join(names)}")
            column = next(i for i in range(len(file.schema)) if file.schema.column(i).path == "text")
            for index in range(file.num_row_groups):
                facts = file.metadata.row_group(index)
                if facts.num_rows:
                    size = facts.column(column).total_uncompressed_size
                    groups.append(RowGroup(path, index, facts.num_rows, size))
    if not groups:
        raise InputError(f"{directory}: no rows to train on")
    return tuple(groups)


def read_rows(group: RowGroup) -> list[Row]:
    """Read one row group.

    Raises:
        InputError: the shard is damaged.
    """
    with open_parquet(group.path) as file:
        has_id = "id" in file.schema_arrow.names
        try:
            table = file.read_row_group(group.number, columns=["id", "text"] if has_id else ["text"])
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(f"{group.path}: damaged row group {group.number} ({error})") from error
    texts = [text or "" for text in table.column("text").to_pylist()]
    if has_id:
        ids = [str(row_id) for row_id in table.column("id").to_pylist()]
    else:
        ids = [f"{group.path.name}:{group.number}.{i}" for i in range(len(texts))]
    return [Row(row_id, text) for row_id, text in zip(ids, texts, strict=True)]
