"""Links of an aligner that takes a whole corpus at once and never gives the same twice: made once a job, and kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cscl_data.aligners import TokenizedPair
from cscl_data.aligners.base import alignment_of
from cscl_data.aligners.eflomal_program import find_program
from cscl_data.aligners.rules import rule_without_posteriors
from cscl_data.errors import InputError, OutputError
from cscl_data.io.atomic import PARTIAL, output_errors, write_atomically
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.listen import Listener
from cscl_data.records import Alignment, Link

LINKS = "eflomal.parquet"
"""Their name in a job's `.cscl/`: a row for each row of the input, null for one that eflomal did not get."""
_SCHEMA = pa.schema([pa.field("links", pa.list_(pa.uint16()))])
_GROUP_ROWS = 1024
Row = list[int] | None
"""Source and target token of every link in turn, 0-based."""


def corpus_links(
    settings: AlignSettings,
    rows: Iterable[TokenizedPair | None],
    fit_on: Iterable[TokenizedPair],
    state: Path,
    listener: Listener,
) -> Path:
    """Return the file of the links: that of an earlier start, or a new one from one run of eflomal.

    A run that was killed while eflomal worked has left none, so eflomal begins again; one that was killed later has,
    and its links are used, so that no output holds the links of two runs.

    Args:
        settings: how to align.
        rows: the input, row by row; None for a row that cannot be read.
        fit_on: what eflomal learns from beside it.
        state: the job's `.cscl/`.
        listener: told of each step.

    Raises:
        BackendError: eflomal is missing or failed.
        OutputError: the links cannot be written; or shards are there, and the links that they were made from are not.
    """
    path = state / LINKS
    if path.exists():
        listener.note("eflomal: the links of an earlier start are used")
        return path
    if any((state / "shards").glob("*.json")):
        raise OutputError(
            f"{path}: missing, and some shards were made from it; eflomal would give other links to the rest",
            hint="--overwrite starts anew",
        )
    from cscl_data.aligners.eflomal import links_of_corpus

    program = find_program(settings.eflomal)
    rule = rule_without_posteriors(settings.symmetrize)
    listener.note(f"eflomal: no seed, so two runs differ; no posteriors, so directions are merged by {rule}")
    work = state / f".eflomal.{os.getpid()}{PARTIAL}"
    with output_errors(work):
        work.mkdir()
    try:
        found = links_of_corpus(
            program,
            rows,
            work,
            more=fit_on,
            rule=rule,
            waiting=lambda pairs, seconds: listener.note(f"eflomal: aligning {pairs:,} pairs, {seconds:.0f} s"),
        )
        _write(path, (None if links is None else [n for link in links for n in link] for links in found))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return path


def _write(path: Path, rows: Iterator[Row]) -> None:
    def fill(partial: Path) -> None:
        with pq.ParquetWriter(partial, _SCHEMA, compression="zstd") as writer:
            for group in by_rows(rows, _GROUP_ROWS):
                writer.write_table(pa.table([pa.array(group, _SCHEMA.field(0).type)], schema=_SCHEMA))

    write_atomically(path, fill)


class CorpusLinks:
    """Gives the links of a row by its number; it holds `_GROUP_ROWS` rows at a time.

    Args:
        path: a file of `corpus_links`.

    Raises:
        InputError: it is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = pq.ParquetFile(path)
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(str(error)) from error
        self._number = -1
        self._group: list[Row] = []

    def align_at(self, row: int, pair: TokenizedPair) -> Alignment:
        """Return the alignment of a pair.

        Args:
            row: number of its row in the input, from 0.
            pair: the pair.

        Raises:
            InputError: the file is damaged, or is not of this input.
        """
        from cscl_data.aligners.eflomal import left_out

        number, at = divmod(row, _GROUP_ROWS)
        if number != self._number:
            try:
                table = self._file.read_row_group(number)
            except (OSError, pa.ArrowException) as error:
                raise self._damaged(str(error)) from error
            self._number, self._group = number, table.column(0).to_pylist()
        links = self._group[at] if at < len(self._group) else None
        skipped = left_out(pair)
        if (links is None) != (skipped is not None):
            raise self._damaged(f"its row {row + 1:,} is not that of {pair.id}")
        flat = iter(links or ())
        return alignment_of(pair, [Link(src, tgt) for src, tgt in zip(flat, flat, strict=True)], skipped)

    def _damaged(self, what: str) -> InputError:
        return InputError(f"{self._path}: {what}", hint="--overwrite starts anew")
