"""`make-sentence-cs` from the command line, on documents of the shipped example."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, KOREAN, assert_conserved, bitext_rows, call, hashes, make, rows

N = 40
SENTENCE = ("make-sentence-cs", KOREAN, *EN_KO, "--doc-column", "doc", "--limit", N)


@pytest.mark.parametrize("mode", ["alternate", "random", "block", "markov"])
def test_every_sentence_stands_once_in_one_language(tmp_path: Path, mode: str) -> None:
    called = make(*SENTENCE, "--mode", mode, "--json", "--out", tmp_path / "s")
    made = assert_conserved(tmp_path / "s", N)
    assert {**made, "elapsed_s": 0} == {**json.loads(called.stdout), "elapsed_s": 0}
    source = {row["id"]: row for row in bitext_rows(KOREAN, N)}
    stood: list[str] = []
    for row in rows(tmp_path / "s"):
        for segment in row["segments"]:
            stood.append(segment["pair_id"])
            text = row["text"][segment["start"] : segment["end"]]
            assert text == source[segment["pair_id"]]["translation"][segment["lang"]].strip()
            assert source[segment["pair_id"]]["doc"] == row["doc_id"]
        langs = [segment["lang"] for segment in row["segments"]]
        assert set(langs) == {"en", "ko"}
        if mode == "alternate":
            assert all(left != right for left, right in itertools.pairwise(langs))
    assert stood == list(source)


def test_shards_hold_whole_documents_and_change_no_row(tmp_path: Path) -> None:
    make(*SENTENCE, "--shard-rows", 10, "--out", tmp_path / "small")
    make(*SENTENCE, "--out", tmp_path / "large")
    assert rows(tmp_path / "small") == rows(tmp_path / "large")
    assert len(list((tmp_path / "small" / "data").iterdir())) > 1


def test_sentences_alone_and_sides_without_text_are_rejects(tmp_path: Path) -> None:
    bitext = tmp_path / "b.jsonl"
    lines = [
        {"id": "a1", "doc": "a", "en": "One.", "ko": "하나."},
        {"id": "b1", "doc": "b", "en": "Two.", "ko": "둘."},
        {"id": "b2", "doc": "b", "en": "Three.", "ko": " "},
        {"id": "b3", "doc": "b", "en": "Four.", "ko": "넷."},
        {"id": "c1", "doc": None, "en": "Five.", "ko": "다섯."},
    ]
    bitext.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    make("make-sentence-cs", bitext, *EN_KO, "--doc-column", "doc", "--max-reject-rate", 1, "--out", tmp_path / "s")
    assert_conserved(tmp_path / "s", len(lines))
    assert {row["id"]: row["reason"] for row in rows(tmp_path / "s", "rejects")} == {
        "a/0": "single_sentence",
        "b2": "empty_side",
        "c1": "no_document",
    }
    assert [segment["pair_id"] for row in rows(tmp_path / "s") for segment in row["segments"]] == ["b1", "b3"]


def test_documents_are_needed(tmp_path: Path) -> None:
    called = call("make-sentence-cs", KOREAN, *EN_KO, "--doc-column", "chapter", "--out", tmp_path / "s")
    assert called.code == 3
    assert "chapter" in called.stderr
    bitext = tmp_path / "b.tsv"
    bitext.write_text("One.\t하나.\n", encoding="utf-8")
    called = call("make-sentence-cs", bitext, *EN_KO, "--out", tmp_path / "t")
    assert called.code == 2
    assert "no document column" in called.stderr
    assert "name their column with --doc-column; or --window N" in called.stderr


def test_same_command_again_and_another_seed(tmp_path: Path) -> None:
    make(*SENTENCE, "--out", tmp_path / "s")
    before = hashes(tmp_path / "s")
    assert "1 of 1 shards were there already" in make(*SENTENCE, "--out", tmp_path / "s").stderr
    refused = call(*SENTENCE, "--seed", 1, "--out", tmp_path / "s")
    assert (refused.code, "seed (0 -> 1)" in refused.stderr) == (2, True)
    assert hashes(tmp_path / "s") == before
    make(*SENTENCE, "--seed", 1, "--overwrite", "--out", tmp_path / "s")
    assert hashes(tmp_path / "s") != before


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    assert (
        "sig schema:sentence_cs/1|method:sentence.4|pair:en>ko|"
        in make(*SENTENCE, "--dry-run", "--out", tmp_path / "s").stderr
    )
    assert list(tmp_path.iterdir()) == []


def test_json_is_printed_also_where_too_much_was_rejected(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"id": "p0", "doc": "d", "en": "One.", "ko": "하나."}\n', encoding="utf-8")
    called = call("make-sentence-cs", path, *EN_KO, "--doc-column", "doc", "--json", "--out", tmp_path / "out")
    assert called.code == 3
    assert json.loads(called.stdout)["rejects_by_reason"] == {"single_sentence": 1}
    assert "1 of 1 items rejected" in called.stderr


def test_standard_input_is_no_input_inside_the_output_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for again in (False, True):
        called = make(
            *("make-sentence-cs", "-", *EN_KO, "--window", 2, "--max-reject-rate", 1, "--out", "."),
            stdin="A b.\t가 나.\n" * 4,
        )
        assert ("were there already" in called.stderr) == again
