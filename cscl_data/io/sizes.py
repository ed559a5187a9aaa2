"""About how many rows and bytes a file has: from its first megabytes and its size, for the estimate of a plan."""

from __future__ import annotations

from typing import NamedTuple

from cscl_data.io.shards import open_parquet
from cscl_data.io.sources import Source, open_counted

_READ_BYTES = 64 << 20
_BLOCK_BYTES = 1 << 20
_RECORD_BYTES = 1_000
_LINES = ("tsv", "csv", "jsonl", "ndjson", "txt")


class Size(NamedTuple):
    """About so many rows; how much longer an average row is than an average one of the first `n_first`."""

    rows: int
    growth: float = 1.0


def about(source: Source, n_first: int) -> Size:
    """Estimate a file's rows from its first 64 MB (our default), decompressed, and from how far into it they reach.

    Parquet says its rows itself. In TMX a row is a `<tu>`, in `.json` and compressed Parquet a kilobyte (our default),
    else a line. A file of up to 64 MB is counted to its end.

    Args:
        source: the file.
        n_first: rows whose length the caller knows; what comes behind them may be longer.

    Raises:
        InputError: it cannot be read, or its compressed data is damaged.
    """
    if source.form == "parquet" and source.compression is None:
        with open_parquet(source.path, given=source.given) as file:
            return Size(int(file.metadata.num_rows))
    rows = read = first_bytes = 0
    last = b"\n"
    with open_counted(source) as (handle, read_so_far):
        while read < _READ_BYTES and (block := handle.read(_BLOCK_BYTES)):
            if not read:
                first_bytes = sum(map(len, block.split(b"\n", n_first)[:n_first])) + min(n_first, block.count(b"\n"))
                n_first = min(n_first, block.count(b"\n") or 1)
            read, last = read + len(block), block[-1:]
            rows += _rows(block, source.form)
        ended = not handle.read(1)
        scale = 1.0 if ended else source.path.stat().st_size / max(1, read_so_far())
    if source.form not in _LINES:
        return Size(round(rows * scale))
    rows += last != b"\n"
    growth = (read / max(1, rows)) / max(1, first_bytes / n_first) if n_first < rows else 1.0
    return Size(round(rows * scale), growth)


def _rows(block: bytes, form: str) -> int:
    if form in _LINES:
        return block.count(b"\n")
    return block.count(b"<tu ") + block.count(b"<tu>") if form == "tmx" else max(1, len(block) // _RECORD_BYTES)
