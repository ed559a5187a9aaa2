"""How much there is to do: about so many rows and bytes of text, from the sizes of files and their first rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.documents import FolderPairs, RowPairs
from cscl_data.io.mono import MonoDocument, MonoText
from cscl_data.io.recordfile import Record, Records
from cscl_data.io.sizes import about
from cscl_data.io.sources import Source
from cscl_data.pipelines.bundle_fields import texts_of
from cscl_data.pipelines.language_check import SAMPLED_ROWS
from cscl_data.records import Pair


class Extent(NamedTuple):
    """About so many input rows, bytes of text in them (UTF-8), and bytes of everything in them."""

    rows: int
    text_bytes: int
    row_bytes: int


def bitext_extent(spec: BitextSpec) -> Extent:
    """Measure a bitext; text is both sides.

    Raises:
        InputError: an input cannot be read.
    """
    bitext = Bitext(spec)
    pairs = [item for item in islice(bitext, SAMPLED_ROWS) if isinstance(item, Pair)]
    sizes = [_bytes(pair.src_text) + _bytes(pair.tgt_text) for pair in pairs]
    sources = bitext.sources if spec.paths else bitext.sources[:1]
    return _extent(sources, spec.limit, sizes, sizes)


def documents_extent(pairs: FolderPairs | RowPairs) -> Extent:
    """Measure pairs of documents; text is both sides.

    Raises:
        InputError: an input cannot be read.
    """
    if isinstance(pairs, RowPairs):
        return bitext_extent(pairs.spec)
    there = len(pairs.paths)
    rows = there if pairs.spec.limit is None else min(there, pairs.spec.limit)
    text_bytes = sum(facts.bytes for facts in pairs.facts()) * rows // max(1, there)
    return Extent(rows, text_bytes, text_bytes)


def mono_extent(text: MonoText) -> Extent:
    """Measure text in one language.

    Raises:
        InputError: an input cannot be read.
    """
    documents = [item for item in islice(text, SAMPLED_ROWS) if isinstance(item, MonoDocument)]
    sizes = [_bytes(item.text) // item.n_rows for item in documents for _ in range(item.n_rows)]
    return _extent(text.sources, text.spec.limit, sizes, sizes)


def records_extent(records: Records, fields: tuple[str, ...]) -> Extent:
    """Measure records; text is that of the fields.

    Raises:
        InputError: an input cannot be read.
    """
    items = [item for item in islice(records, SAMPLED_ROWS) if isinstance(item, Record)]
    found = [texts_of(item, fields) for item in items]
    text = [sum(map(_bytes, texts.values())) if isinstance(texts, dict) else 0 for texts in found]
    return _extent(records.sources, records.spec.limit, text, [_bytes(str(item.values)) for item in items])


def _extent(sources: Sequence[Source], limit: int | None, text: Sequence[int], whole: Sequence[int]) -> Extent:
    sizes = [about(source, SAMPLED_ROWS) for source in sources]
    there = sum(size.rows for size in sizes)
    rows = there if limit is None else min(there, limit)
    growth = sum(size.rows * size.growth for size in sizes) / max(1, there) if rows > SAMPLED_ROWS else 1.0
    per_row = growth / max(1, len(text))
    return Extent(rows, round(rows * sum(text) * per_row), round(rows * sum(whole) * per_row))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
