"""The synthetic documents that memory is measured on are what the commands read."""

from __future__ import annotations

from benchmarks.streaming import SENTENCES, write_pairs
from tests.cli.calling import make


def test_documents_and_links_are_taken_as_they_stand(tmp_path):
    table, links = write_pairs(tmp_path, 2 * SENTENCES)
    pair = ("--src-lang", "en", "--tgt-lang", "de")
    called = make("make-sentence-cs", table, *pair, "--doc-column", "doc", "--any-order", "--out", tmp_path / "s")
    assert "2 documents: 20.0 sentences" in called.stderr
    called = make("make-token-cs", table, *pair, "--alignments", links, "--pretokenized", "--out", tmp_path / "t")
    assert f"{2 * SENTENCES} input rows, {2 * SENTENCES} items -> {2 * SENTENCES} rows, 0 rejects" in called.stderr
