"""Pairs of documents from two directories, and from rows: what has no partner is told with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.bitext import BitextSpec
from cscl_data.io.documents import DocumentPair, FolderPairs, FolderSpec, RowPairs
from cscl_data.records import Reject


@pytest.fixture
def folders(tmp_path: Path) -> FolderSpec:
    files = {
        "en/a.md": b"# A\r\n",
        "ko/a.md": "\ufeff# 가\n".encode(),
        "en/deep/b.txt": b"B",
        "ko/deep/b.txt": "나".encode("euc-kr"),
        "en/only.md": b"x",
        "ko/other.md": b"y",
        "en/empty.md": b"text",
        "ko/empty.md": b" \n",
        "en/picture.png": b"\x89",
        "en/.hidden/c.md": b"x",
        "ko/.hidden/c.md": b"x",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return FolderSpec(src_docs=str(tmp_path / "en"), tgt_docs=str(tmp_path / "ko"))


def test_files_are_matched_by_path_and_kept_as_they_are(folders):
    pairs = FolderPairs(folders)
    found = {item.doc_id: item for item in pairs if isinstance(item, DocumentPair)}
    assert found == {"a.md": DocumentPair("a.md", "# A\r\n", "# 가\n", "markdown")}
    assert pairs.rows_read == [4, 4]


def test_what_has_no_partner_or_cannot_be_read_is_rejected_with_its_place(folders):
    rejects = {item.id: item for item in FolderPairs(folders) if isinstance(item, Reject)}
    assert {name: reject.reason for name, reject in rejects.items()} == {
        "deep/b.txt": "undecodable",
        "empty.md": "empty_side",
        "only.md": "no_document",
        "other.md": "no_document",
    }
    assert rejects["only.md"].detail == f"no such file: {folders.tgt_docs}/only.md"
    assert rejects["other.md"].detail == f"no such file: {folders.src_docs}/other.md"
    assert "at byte 0" in rejects["deep/b.txt"].detail


def test_a_limit_counts_paths_and_facts_change_with_any_file(folders):
    limited = FolderSpec(src_docs=folders.src_docs, tgt_docs=folders.tgt_docs, limit=2)
    assert len(list(FolderPairs(limited))) == 2
    before = FolderPairs(folders).facts()
    Path(folders.src_docs, "a.md").write_bytes(b"# B\r\n")
    after = FolderPairs(folders).facts()
    assert before[0].sha256 != after[0].sha256
    assert before[1] == after[1]


def test_directories_that_share_nothing_are_refused(folders, tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="no file"):
        FolderPairs(FolderSpec(src_docs=folders.src_docs, tgt_docs=str(tmp_path / "none")))
    with pytest.raises(InputError, match="no such directory"):
        FolderPairs(FolderSpec(src_docs=folders.src_docs, tgt_docs=str(tmp_path / "missing")))
    with pytest.raises(ConfigError, match="the same directory"):
        FolderPairs(FolderSpec(src_docs=folders.src_docs, tgt_docs=folders.src_docs))


def test_rows_are_documents_named_by_their_column(tmp_path):
    path = tmp_path / "docs.jsonl"
    rows = [{"id": "1", "doc": "x", "en": "A. B.", "ko": "가."}, {"id": "2", "en": "A", "ko": " "}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    first, second = RowPairs(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),)))
    assert first == DocumentPair("x", "A. B.", "가.", "text")
    assert isinstance(second, Reject)
    assert second.reason == "empty_side"
