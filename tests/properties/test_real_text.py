"""The promises that hold for every text, on the real texts: what is read is what lies in the file."""

from __future__ import annotations

import gzip
from itertools import islice
from pathlib import Path

import pytest

from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.chunks import Document, documents
from cscl_data.records import Pair


@pytest.mark.parametrize("lang", ["ko", "ja", "id"])
def test_pool_is_read_whole_and_verbatim(shared_data: Path, lang: str) -> None:
    path = shared_data / "pool" / f"en-{lang}.dev.tsv.gz"
    bitext = Bitext(
        BitextSpec(src_lang="en", tgt_lang=lang, paths=(str(path),), doc_column="3", src_column="4", tgt_column="5")
    )
    with gzip.open(path) as handle:
        lines = [line.removesuffix(b"\n").split(b"\t") for line in handle]
    items = list(bitext)
    assert len(items) == len(lines) == bitext.rows_read[0] > 0
    for item, line in zip(items, lines, strict=True):
        assert isinstance(item, Pair)
        assert [item.src_text.encode(), item.tgt_text.encode()] == line[3:5]
        assert (item.doc_id or "").encode() == line[2]


def test_pool_documents_stand_together(shared_data: Path) -> None:
    path = shared_data / "pool" / "en-ko.train.tsv.gz"
    spec = BitextSpec(
        src_lang="en", tgt_lang="ko", paths=(str(path),), doc_column="3", src_column="4", tgt_column="5", limit=20_000
    )
    found = list(documents(islice(Bitext(spec), 20_000)))
    assert sum(len(item.pairs) if isinstance(item, Document) else 1 for item in found) == 20_000
