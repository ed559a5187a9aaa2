"""Predicted links read and matched with the pairs of a gold set: a directory of `align`, or a Pharaoh file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cscl_data.aligners.pharaoh import load_pharaoh, never_zero, parse_line
from cscl_data.errors import InputError
from cscl_data.evaluation.alignment import Indices
from cscl_data.io.dataset import dataset_schema, iter_dataset
from cscl_data.pipelines.alignment_evaluation.gold import GoldSet

_SCHEMA = "alignment/1"
_COLUMNS = ("pair_id", "src_tokens", "tgt_tokens", "links", "skipped")
_HINT = "align the gold's own words: --pretokenized, with the words joined by single spaces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """Links for every pair of a gold set.

    Attributes:
        links: (source, target) word indices of each pair, 0-based.
        matched: how they were matched: `id` or `order`.
        skipped: pairs that the aligner could not align; they have no links.
        others: pairs of the directory that are not in the gold.
        no_zero: whether a Pharaoh file, read as counting from 0, has no 0.
    """

    links: tuple[frozenset[Indices], ...]
    matched: str
    skipped: int = 0
    others: int = 0
    no_zero: bool = False


def read_predicted(path: Path, gold: GoldSet, *, index: int = 0) -> Predicted:
    """Read links for the pairs of a gold set.

    Rows of a directory are matched by pair id where the gold has ids and at least one is found; every id must then be
    there, and rows of other pairs are left aside. Otherwise, and for a Pharaoh file, row n belongs to pair n.

    Args:
        path: an output directory of `align`, or a Pharaoh file: `0-0 1-2:0.9`, an empty line for no link.
        gold: what they are scored against.
        index: what a Pharaoh file counts words from, 0 or 1.

    Raises:
        InputError: it cannot be read, has links for more, fewer or other pairs than the gold, is over other words, or
            counts from another base.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file or directory")
    return _from_directory(path, gold) if path.is_dir() else _from_file(path, gold, index)


def _from_file(path: Path, gold: GoldSet, index: int) -> Predicted:
    lines = load_pharaoh(path).lines
    if len(lines) != len(gold.pairs):
        raise _count_error(path, f"{len(lines)} lines", gold)
    found = []
    for number, (line, pair) in enumerate(zip(lines, gold.pairs, strict=True), start=1):
        try:
            links = frozenset((link.src, link.tgt) for link in parse_line(line, one_indexed=bool(index)))
        except ValueError as error:
            hint = "give --links-index 0" if "counts from 0" in str(error) else None
            raise InputError(f"{path}:{number}: {error}", hint=hint) from error
        _check_inside(links, pair.sizes, f"{path}:{number}")
        found.append(links)
    return Predicted(links=tuple(found), matched="order", no_zero=index == 0 and never_zero(lines))


def _from_directory(path: Path, gold: GoldSet) -> Predicted:
    schema = dataset_schema(path)
    if schema != _SCHEMA:
        raise InputError(f"{path}: holds {schema or 'shards without a schema'}, not {_SCHEMA}", hint="cscl-data align")
    places = {pair.id: number for number, pair in enumerate(gold.pairs) if pair.id is not None}
    by_id: dict[int, dict[str, Any]] = {}
    in_order: list[dict[str, Any]] = []
    rows = 0
    for row in iter_dataset(path, _COLUMNS):
        rows += 1
        number = places.get(row["pair_id"])
        if number is not None and by_id.setdefault(number, row) is not row:
            raise InputError(f"{path}: the pair {row['pair_id']!r} comes twice")
        if rows <= len(gold.pairs):
            in_order.append(row)
    if by_id:
        missing = next((pair.id for number, pair in enumerate(gold.pairs) if number not in by_id), None)
        if len(by_id) < len(gold.pairs):
            raise InputError(f"{path}: no alignment of the pair {missing!r}, which is in {gold.path}")
        in_order = [by_id[number] for number in range(len(gold.pairs))]
    elif rows != len(gold.pairs):
        raise _count_error(path, f"{rows} pairs", gold)
    links = tuple(_links_of(row, gold, number, path) for number, row in enumerate(in_order))
    return Predicted(
        links=links,
        matched="id" if by_id else "order",
        skipped=sum(row["skipped"] is not None for row in in_order),
        others=rows - len(in_order),
    )


def _links_of(row: dict[str, Any], gold: GoldSet, number: int, path: Path) -> frozenset[Indices]:
    where = f"{path}: pair {row['pair_id']!r}"
    known, found = gold.pairs[number].sizes, (len(row["src_tokens"]), len(row["tgt_tokens"]))
    if known is not None and known != found:
        raise InputError(
            f"{where}: aligned over {found[0]} and {found[1]} words, but the gold has {known[0]} and {known[1]}",
            hint=_HINT,
        )
    return frozenset((link["src"], link["tgt"]) for link in row["links"])


def _check_inside(links: frozenset[Indices], sizes: tuple[int, int] | None, where: str) -> None:
    if sizes is None:
        return
    for src, tgt in sorted(links):
        if src >= sizes[0] or tgt >= sizes[1]:
            raise InputError(
                f"{where}: link {src}-{tgt} (counted from 0) points outside a pair of {sizes[0]} and {sizes[1]} words",
                hint="does the file count from 1? then give --links-index 1",
            )


def _count_error(path: Path, found: str, gold: GoldSet) -> InputError:
    return InputError(
        f"{path}: {found}, but {gold.path} has {len(gold.pairs)}",
        hint="links and gold must be of the same pairs in the same order; a pair without links has an empty line",
    )
