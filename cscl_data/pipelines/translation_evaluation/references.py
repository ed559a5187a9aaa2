"""References: the texts of records that people translated, by id and in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cscl_data.errors import InputError
from cscl_data.io.recordfile import Record, Records, RecordSpec
from cscl_data.pipelines.translation_evaluation.fields import FieldPair, Place, reference_texts, source_texts
from cscl_data.text.fields import find
from cscl_data.translators import source_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What translations are scored against.

    Attributes:
        path: the file as given.
        texts: of each record, in order, by place.
        ids: the record's id, in the same order; a path and a number where it has none.
        sources: the hash of each record's source fields where the file has them too, else empty.
    """

    path: str
    texts: tuple[dict[Place, str], ...]
    ids: tuple[str, ...]
    sources: tuple[str, ...]

    def number_of(self) -> dict[str, int]:
        """Return the place of each id, from 0."""
        return {given: number for number, given in enumerate(self.ids)}


def read_references(
    spec: RecordSpec, pairs: tuple[FieldPair, ...], *, records: str | None, source_fields: Sequence[str]
) -> References:
    """Read the reference texts of every record of a file or directory; they are held in memory.

    Args:
        spec: records in any form that `translate-bundle` reads, and the column of their ids.
        pairs: which fields.
        records: the path of the record list in a `.json` tree.
        source_fields: the fields that were translated, to tell whether they are the same records; [] where the file
            holds translations in those fields.

    Raises:
        InputError: the file cannot be read, no record has a reference, or an id comes twice.
    """
    pick = None if records is None else (lambda tree: [value for _, value in find(tree, records)])
    texts, ids, sources = [], [], []
    found = Records(spec, pick)
    path = found.sources[0].given
    for item in found:
        if not isinstance(item, Record):
            raise InputError(f"{item.id}: {item.detail}", hint="every record of --ref must be one that can be read")
        texts.append(reference_texts(item.values, pairs, item.id))
        ids.append(item.id)
        own = source_texts(item.values, source_fields)
        sources.append(source_sha256(own) if own else "")
    if not any(texts):
        columns = ", ".join(dict.fromkeys(name for item in found if isinstance(item, Record) for name in item.values))
        names = ", ".join(".".join(part.key for part in pair.reference) for pair in pairs)
        raise InputError(f"{path}: no text in the fields {names}", hint=f"--ref-fields; the columns are: {columns}")
    seen: set[str] = set()
    for given in ids:
        if given in seen:
            raise InputError(f"{path}: the record {given!r} comes twice", hint="--ref-id-column names another column")
        seen.add(given)
    return References(path=path, texts=tuple(texts), ids=tuple(ids), sources=tuple(sources))
