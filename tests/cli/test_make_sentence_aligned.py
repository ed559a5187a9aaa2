"""`make-sentence-cs` of documents whose sentences are not aligned, from the command line."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import EN_KO, EXAMPLE, KOREAN, assert_conserved, bitext_rows, call, hashes, make, manifest, rows

DOCS = EXAMPLE / "docs"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents of the example bitext as files: paragraphs of three sentences; Korean lacks every ninth one."""
    root = tmp_path_factory.mktemp("docs")
    documents: dict[str, list[dict[str, Any]]] = {}
    for row in bitext_rows(KOREAN, 204):
        documents.setdefault(row["doc"], []).append(row["translation"])
    for n, (name, sentences) in enumerate(documents.items()):
        for lang in ("en", "ko"):
            kept = [s[lang] for k, s in enumerate(sentences) if lang == "en" or (k + n) % 9 != 4]
            text = "\n\n".join(" ".join(kept[k : k + 3]) for k in range(0, len(kept), 3))
            path = root / lang / f"{name}.md"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"# {name}\n\n{text}\n", encoding="utf-8")
    (root / "ko" / "lone.md").write_text("# 혼자\n", encoding="utf-8")
    ids = sorted(documents)
    shutil.copy(root / "ko" / f"{ids[0]}.md", root / "ko" / "wrong.md")
    shutil.copy(root / "en" / f"{ids[-1]}.md", root / "en" / "wrong.md")
    return root


@pytest.fixture(scope="module")
def made(folders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made") / "out"
    make("make-sentence-cs", *_docs(folders), "--out", out)
    return out


def _docs(root: Path) -> tuple[object, ...]:
    return ("--src-docs", root / "en", "--tgt-docs", root / "ko", *EN_KO)


def test_every_document_is_a_row_or_a_reject_with_its_place(made, folders):
    found = assert_conserved(made, 32)
    rejects = {reject["id"]: reject for reject in rows(made, "rejects")}
    assert {name: reject["reason"] for name, reject in rejects.items()} == {
        "lone.md": "no_document",
        "wrong.md": "unaligned",
    }
    assert rejects["lone.md"]["detail"] == f"no such file: {folders}/en/lone.md"
    assert "mean score" in rejects["wrong.md"]["detail"]
    assert found["report"]["beads"]["1-1"] > 150
    assert "|beads:gale-church.2|units:1|markup:auto|priors:" in found["sig"]


def test_text_is_that_of_the_documents_and_no_sentence_stands_beside_its_translation(made, folders):
    source = {}
    for row in bitext_rows(KOREAN, 204):
        source[row["translation"]["en"]] = source[row["translation"]["ko"]] = row["id"]
    pairs = wrong = 0
    for row in rows(made):
        stood = [row["text"][s["start"] : s["end"]] for s in row["segments"]]
        for segment, text in zip(row["segments"], stood, strict=True):
            assert text in (folders / segment["lang"] / row["doc_id"]).read_text(encoding="utf-8")
        ids = [{source[t] for t in source if t in text} for text in stood]
        pairs += len(ids)
        wrong += sum(bool(a & b) for a, b in pairwise(ids))
    assert pairs > 180
    assert wrong <= 0.02 * pairs


@pytest.mark.slow
def test_neither_shards_nor_workers_change_a_row(made, folders, tmp_path):
    make("make-sentence-cs", *_docs(folders), "--shard-rows", 20, "--workers", 2, "--out", tmp_path / "o")
    assert len(manifest(tmp_path / "o")["shards"]) > 2
    assert rows(tmp_path / "o") == rows(made)


def test_shards_do_not_change_a_row(made, folders, tmp_path):
    make("make-sentence-cs", *_docs(folders), "--shard-rows", 20, "--out", tmp_path / "o")
    assert len(manifest(tmp_path / "o")["shards"]) > 2
    assert rows(tmp_path / "o") == rows(made)


def test_markdown_keeps_its_structure(tmp_path):
    make("make-sentence-cs", *_docs(DOCS), "--mode", "block", "--out", tmp_path / "o")
    texts = {row["doc_id"]: row["text"] for row in rows(tmp_path / "o")}
    guide = texts["guide/first-run.md"].splitlines()
    assert [line.split(" ")[0] for line in guide if line.startswith("#")] == ["#", "##", "##"]
    assert sum(line.startswith("* ") for line in guide) == 3
    assert guide.count("```") == 2
    assert guide.count("|---|---|") == 1
    assert texts["garden.txt"].count("\n\n") == 3


def test_rows_of_a_table_may_be_whole_documents(folders, tmp_path):
    names = sorted(path.name for path in (folders / "en").glob("*.md"))[:8]
    table = tmp_path / "docs.jsonl"
    lines = [
        {lang: (folders / lang / name).read_text(encoding="utf-8") for lang in ("en", "ko")} | {"id": name}
        for name in names
    ]
    table.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    make("make-sentence-cs", table, *EN_KO, "--align-sentences", "--markup", "markdown", "--out", tmp_path / "o")
    assert_conserved(tmp_path / "o", 8)
    assert [row["doc_id"] for row in rows(tmp_path / "o")] == names
    assert make("inspect", tmp_path / "o", "--verify").code == 0


def test_a_second_start_has_nothing_to_do_and_other_documents_are_refused(folders, tmp_path):
    root = tmp_path / "docs"
    shutil.copytree(DOCS, root)
    make("make-sentence-cs", *_docs(root), "--out", tmp_path / "o")
    before = hashes(tmp_path / "o")
    make("make-sentence-cs", *_docs(root), "--out", tmp_path / "o")
    assert hashes(tmp_path / "o") == before
    (root / "ko" / "garden.txt").write_text("다른 글.", encoding="utf-8")
    called = call("make-sentence-cs", *_docs(root), "--out", tmp_path / "o")
    assert called.code == 2
    assert "input" in called.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--src-docs", DOCS / "en"), "--src-docs and --tgt-docs go together"),
        (("--src-docs", DOCS / "en", "--tgt-docs", DOCS / "ko", KOREAN), "INPUT would do nothing"),
        (("--src-docs", DOCS / "en", "--tgt-docs", DOCS / "ko", "--doc-column", "d"), "--doc-column would do nothing"),
        (("--align-sentences",), "no INPUT whose rows are documents"),
        ((KOREAN, "--align-sentences", "--src-docs", "a", "--tgt-docs", "b"), "--align-sentences is for documents"),
        ((KOREAN, "--markup", "markdown", "--doc-column", "doc"), "--markup is for documents"),
        ((KOREAN, "--align-sentences", "--markup", "html"), "unknown value of --markup"),
        ((KOREAN, "--align-sentences", "--tgt-lang", "ja"), "between two languages"),
        (("--src-docs", DOCS / "en", "--tgt-docs", DOCS / "missing"), "no such directory"),
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path, arguments, message):
    called = call("make-sentence-cs", *arguments, *EN_KO, "--out", tmp_path / "o")
    assert called.code in (2, 3)
    assert message in called.stderr


def test_dry_run_writes_nothing(tmp_path):
    called = make("make-sentence-cs", *_docs(DOCS), "--dry-run", "--out", tmp_path / "o")
    assert "2 rows" in called.stderr
    assert not (tmp_path / "o").exists()
