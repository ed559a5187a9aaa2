"""Beads that one job has found, kept for another job with the same documents, beads and shards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from cscl_data.aligners.beads.model import Aligned
from cscl_data.aligners.beads.path import BeadSpan
from cscl_data.io.atomic import write_text
from cscl_data.io.documents import DocumentPair
from cscl_data.records import Reject

FOLDER = "beads"
"""Name of the directory of kept beads, in a job's `.cscl/`."""

Align = Callable[[DocumentPair], Aligned]
"""Finds the beads of a pair of documents."""
Chunk = Sequence[DocumentPair | Reject]
"""The pairs of documents of one shard, and what is none."""


class Found(NamedTuple):
    """A pair of documents and its beads."""

    pair: DocumentPair
    aligned: Aligned


def align_once(chunk: Chunk, align: Align, kept_in: Path | None) -> list[Found | Reject]:
    """Align the documents of one shard, or read what was found for the same shard before.

    Args:
        chunk: the shard; what is no pair comes back as it is.
        align: finds the beads of a pair.
        kept_in: the `.cscl/` of a job where beads are kept, one file a shard; None keeps none.

    Raises:
        OutputError: the beads cannot be kept.
    """
    path = None if kept_in is None or not chunk else kept_in / FOLDER / f"{_name(chunk)}.json"
    kept = {} if path is None else _read(path)
    found = [item if isinstance(item, Reject) else Found(item, kept.get(item.doc_id) or align(item)) for item in chunk]
    if path is not None and not path.exists():
        plain = {one.pair.doc_id: one.aligned for one in found if isinstance(one, Found)}
        write_text(path, json.dumps(plain, ensure_ascii=False))
    return found


def _name(chunk: Chunk) -> str:
    """Return a name for a shard; ids of documents come once in a job."""
    ids = "\0".join(item.id if isinstance(item, Reject) else item.doc_id for item in chunk)
    return hashlib.sha256(ids.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _read(path: Path) -> dict[str, Aligned]:
    if not path.is_file():
        return {}
    plain = json.loads(path.read_text(encoding="utf-8"))
    return {doc: Aligned([BeadSpan(*span) for span in spans], likeness) for doc, (spans, likeness) in plain.items()}
