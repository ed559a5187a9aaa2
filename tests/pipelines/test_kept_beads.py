"""Beads are found once for a shard, however many jobs ask for them."""

from __future__ import annotations

from pathlib import Path

from cscl_data.aligners.beads.model import Aligned
from cscl_data.aligners.beads.path import BeadSpan
from cscl_data.io.documents import DocumentPair
from cscl_data.pipelines.kept_beads import Found, align_once
from cscl_data.records import Reject

FOUND = {
    "one": Aligned([BeadSpan(0, 1, 0, 2), BeadSpan(1, 2, 2, 2)], 1 / 3),
    "두": Aligned([BeadSpan(0, 1, 0, 1)], None),
}
CHUNK = [
    DocumentPair("one", "A. B.", "가. 나.", "text"),
    Reject(id="three", stage="read", reason="no_document"),
    DocumentPair("두", "C.", "다.", "text"),
]


def test_beads_of_a_shard_are_found_once_and_read_again_exactly(tmp_path: Path) -> None:
    asked: list[str] = []

    def align(pair: DocumentPair) -> Aligned:
        asked.append(pair.doc_id)
        return FOUND[pair.doc_id]

    first = align_once(CHUNK, align, tmp_path)
    again = align_once(CHUNK, align, tmp_path)
    assert first == again == [(CHUNK[0], FOUND["one"]), CHUNK[1], (CHUNK[2], FOUND["두"])]
    assert asked == ["one", "두"]
    assert all(isinstance(bead, BeadSpan) for one in again if isinstance(one, Found) for bead in one.aligned.beads)


def test_other_documents_and_other_jobs_find_their_own(tmp_path: Path) -> None:
    asked: list[str] = []

    def align(pair: DocumentPair) -> Aligned:
        asked.append(pair.doc_id)
        return FOUND[pair.doc_id]

    align_once(CHUNK, align, tmp_path)
    align_once(CHUNK[:1], align, tmp_path)
    align_once(CHUNK[:1], align, None)
    assert asked == ["one", "두", "one", "one"]
    assert len(list((tmp_path / "beads").iterdir())) == 2
