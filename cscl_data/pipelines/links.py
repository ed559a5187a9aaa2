"""Alignments made before, matched with the pairs they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cscl_data.aligners.pharaoh import read_lines
from cscl_data.errors import InputError
from cscl_data.io.bitext import Bitext
from cscl_data.io.dataset import iter_dataset
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.alignment import LinkedPair
from cscl_data.records import Alignment, Reject

_END = "the end"


def with_links(bitext: Bitext, settings: AlignSettings) -> Iterator[LinkedPair | Reject]:
    """Yield every row with its alignment from `settings.links`, or without one where none are given.

    An `align` directory has one row for every readable pair, in order; line n of a Pharaoh file belongs to row n of the
    input. With a limit on the input, links of more rows may be given.

    Raises:
        InputError: the alignments belong to other pairs, there are too few, or too many.
    """
    links = settings.links_path
    if links is None:
        return _without(bitext)
    if settings.pharaoh is None:
        return _from_directory(bitext, links)
    return _by_line(bitext, settings.pharaoh)


def _without(bitext: Bitext) -> Iterator[LinkedPair | Reject]:
    for row, item in enumerate(bitext):
        yield item if isinstance(item, Reject) else LinkedPair(item, None, row)


def _from_directory(bitext: Bitext, links: Path) -> Iterator[LinkedPair | Reject]:
    alignments = iter_dataset(links)
    for item in bitext:
        if isinstance(item, Reject):
            yield item
            continue
        row = next(alignments, None)
        if row is None or row["pair_id"] != item.id:
            raise _mismatch(links, repr(item.id), _END if row is None else repr(row["pair_id"]))
        alignment = Alignment.from_row(row)
        alignment.check(item.src_text, item.tgt_text)
        yield LinkedPair(item, alignment)
    surplus = None if bitext.spec.limit is not None else next(alignments, None)
    if surplus is not None:
        raise _mismatch(links, _END, repr(surplus["pair_id"]))


def _by_line(bitext: Bitext, path: Path) -> Iterator[LinkedPair | Reject]:
    lines = read_lines(path)
    items = enumerate(bitext)
    n_rows = 0
    for row, item in items:
        line = next(lines, None)
        if line is None:
            raise _uneven(path, row, row + 1 + sum(1 for _ in items))
        n_rows = row + 1
        yield item if isinstance(item, Reject) else LinkedPair(item, None, row, line)
    more = 0 if bitext.spec.limit is not None else sum(1 for _ in lines)
    if more:
        raise _uneven(path, n_rows + more, n_rows)


def _uneven(path: Path, n_lines: int, n_rows: int) -> InputError:
    return InputError(
        f"{path}: {n_lines} lines for {n_rows} rows of input",
        hint="line n belongs to row n; a pair without links has an empty line",
    )


def _mismatch(links: Path, expected: str, found: str) -> InputError:
    whose = expected if expected == _END else f"the alignment of {expected}"
    return InputError(
        f"{links}: expected {whose}, found {found}",
        hint="align the same input, with the same --limit, and give its --out here",
    )
