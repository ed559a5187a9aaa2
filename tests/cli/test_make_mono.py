"""`make-mono` from the command line: equal amounts, whole documents, both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, KOREAN, assert_conserved, bitext_rows, call, hashes, make, manifest, rows

MONO = ("make-mono", KOREAN, KOREAN, *EN_KO, "--doc-column", "doc")


def amounts(out: Path) -> dict[str, int]:
    """Return the bytes of text by language."""
    found = {"en": 0, "ko": 0}
    for row in rows(out):
        found[row["lang"]] += len(row["text"].encode())
    return found


def test_half_the_budget_for_each_language_within_one_percent(tmp_path: Path) -> None:
    make(*MONO, "--budget", "16k", "--out", tmp_path / "m")
    for amount in amounts(tmp_path / "m").values():
        assert abs(amount - 8_000) <= 80


def test_without_a_budget_all_of_the_smaller_text_and_as_much_of_the_other(tmp_path: Path) -> None:
    called = make(*MONO, "--out", tmp_path / "m")
    found = amounts(tmp_path / "m")
    assert abs(found["en"] - found["ko"]) <= 0.01 * found["en"]
    unused = manifest(tmp_path / "m")["report"]["unused"]
    assert unused["en"] == {"rows": 0, "documents": 0, "tokens": 0}
    assert unused["ko"]["documents"] > 0
    assert f"left over: {unused['ko']['documents']:,} documents" in called.stderr
    shown = make("inspect", tmp_path / "m").stdout.partition("Tokens left over in the texts")[2]
    assert f"ko  {unused['ko']['tokens']:,}  100.0 %" in shown


def test_nothing_that_is_read_is_lost(tmp_path: Path) -> None:
    make(
        *MONO, "--budget", "8k", "--dedup", "exact", "--min-chars", 300, "--max-reject-rate", 1, "--out", tmp_path / "m"
    )
    made = manifest(tmp_path / "m")
    unused = sum(amount["rows"] for amount in made["report"]["unused"].values())
    assert made["rows_in"] + unused == sum(entry["rows"] for entry in made["inputs"])
    assert made["rejects"] > 0


def test_documents_are_drawn_by_the_seed_from_all_of_the_text(tmp_path: Path) -> None:
    make(*MONO, "--budget", "8k", "--out", tmp_path / "a")
    make(*MONO, "--budget", "8k", "--seed", 1, "--out", tmp_path / "b")
    first, second = ({row["id"] for row in rows(tmp_path / name)} for name in "ab")
    assert first != second
    documents = list(dict.fromkeys(row["doc"] for row in bitext_rows(KOREAN, 1_000)))
    assert {documents.index(row["doc_id"]) // 10 for row in rows(tmp_path / "a")} == {0, 1, 2}


def test_rows_depend_neither_on_shards_nor_on_workers(tmp_path: Path) -> None:
    options = ("--budget", "8k", "--dedup", "exact", "--min-chars", 300, "--max-reject-rate", 1)
    make(*MONO, *options, "--out", tmp_path / "a")
    make(*MONO, *options, "--shard-rows", 7, "--workers", 2, "--out", tmp_path / "b")
    assert rows(tmp_path / "a") == rows(tmp_path / "b")
    assert rows(tmp_path / "a", "rejects") == rows(tmp_path / "b", "rejects")


def test_filters_reject_with_reasons(tmp_path: Path) -> None:
    english, korean = tmp_path / "en.jsonl", tmp_path / "ko.jsonl"
    texts = ["A cat drinks milk in the kitchen.", "A cat  drinks milk in the kitchen. ", "Oh.", "Long. " * 30]
    texts += ["Die Katze trinkt in der Küche ihre Milch.", "A cat drinks milk in the kitchens."]
    english.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    korean.write_text('{"text": "고양이가 부엌에서 우유를 마십니다."}\n', encoding="utf-8")
    filters = ("--min-chars", 5, "--max-tokens", 100, "--language-id", "--dedup", "near", "--near-threshold", 0.7)
    make("make-mono", english, korean, *EN_KO, *filters, "--max-reject-rate", 1, "--out", tmp_path / "m")
    reasons = [(row["id"].rpartition(":")[2], row["reason"]) for row in rows(tmp_path / "m", "rejects")]
    assert sorted(reasons) == [
        ("2", "duplicate"),
        ("3", "guard_length"),
        ("4", "too_long"),
        ("5", "guard_language"),
        ("6", "duplicate"),
    ]
    assert {row["detail"] for row in rows(tmp_path / "m", "rejects")} >= {
        "180 tokens, more than 100",
        "nearly the same text came before",
    }
    made = assert_conserved(tmp_path / "m", 7)
    assert set(made["versions"]) == {"cscl-data", "datasketch", "py3langid"}
    assert "|filters:chars.5-+tokens.-100+language+near.0.7|" in made["sig"]


def test_columns_of_two_sides_of_one_table(tmp_path: Path) -> None:
    table = tmp_path / "x.tsv"
    table.write_text("a\t\tOne.\t하나.\nb\td\tTwo.\t둘.\nb\td\tThree.\t셋.\n", encoding="utf-8")
    columns = ("--src-column", 3, "--tgt-column", 4, "--doc-column", 2)
    make("make-mono", table, table, *EN_KO, *columns, "--out", tmp_path / "m")
    english = [row["text"] for row in rows(tmp_path / "m") if row["lang"] == "en"]
    assert set(english) <= {"One.", "Two.\nThree."}, "a row without a document's id stays alone"


def test_threshold_without_near_duplicates_is_refused(tmp_path: Path) -> None:
    called = call(*MONO, "--near-threshold", 0.9, "--out", tmp_path / "m")
    assert (called.code, "--near-threshold is for --dedup near" in called.stderr) == (2, True)


def test_languages_take_turns(tmp_path: Path) -> None:
    """The one that has had less comes next, so at no moment does one lead by more than a document."""
    make(*MONO, "--budget", "8k", "--out", tmp_path / "m")
    had = {"en": 0, "ko": 0}
    for row in rows(tmp_path / "m"):
        assert had[row["lang"]] <= min(had.values())
        had[row["lang"]] += len(row["text"].encode())


def test_lines_and_blank_lines_of_a_text_file(tmp_path: Path) -> None:
    english, korean = tmp_path / "en.txt", tmp_path / "ko.txt"
    english.write_bytes(b"One.\nTwo.\n\nThree.\n")
    korean.write_bytes("하나.\n둘.\n\n셋.\n".encode())
    make("make-mono", english, korean, *EN_KO, "--out", tmp_path / "m")
    assert_conserved(tmp_path / "m", 6)
    assert [row["text"] for row in rows(tmp_path / "m") if row["lang"] == "ko"] == ["하나.\n둘.", "셋."]


def test_too_little_text_for_the_budget_says_how_much_there_is(tmp_path: Path) -> None:
    called = call(*MONO, "--budget", "50M", "--out", tmp_path / "m")
    assert called.code == 2
    assert "has only" in called.stderr
    assert "hint: give more text, or --budget" in called.stderr
    called = call(*MONO, "--budget", "50M", "--min-chars", "100000", "--out", tmp_path / "m")
    assert "has only 0 bytes of en that the filters leave" in called.stderr
    assert "hint: give more text, or keep less out" in called.stderr


def test_text_in_one_language_alone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "ko.txt").write_text("\n", encoding="utf-8")
    called = call("make-mono", MONO[1], tmp_path / "ko.txt", *EN_KO, "--out", tmp_path / "m")
    assert called.code == 2
    assert "ko.txt: has only 0 bytes of ko" in called.stderr


def test_column_of_documents_that_is_not_there_is_named(tmp_path: Path) -> None:
    called = call(*MONO[:-1], "part", "--out", tmp_path / "m")
    assert called.code == 3
    assert "no column 'part' (it has: id, doc, topic, translation)\nhint: name it with --doc-column" in called.stderr


@pytest.mark.parametrize("budget", ["0", "-5", "much", "5T"])
def test_budget_that_is_none(tmp_path: Path, budget: str) -> None:
    called = call(*MONO, f"--budget={budget}", "--out", tmp_path / "m")
    assert called.code == 2
    assert f"budget {budget!r}" in called.stderr


def test_same_command_again_and_dry_run(tmp_path: Path) -> None:
    make(*MONO, "--dry-run", "--out", tmp_path / "m")
    assert list(tmp_path.iterdir()) == []
    make(*MONO, "--shard-rows", 20, "--out", tmp_path / "m")
    before = hashes(tmp_path / "m")
    assert "3 of 3 shards were there already" in make(*MONO, "--shard-rows", 20, "--out", tmp_path / "m").stderr
    assert hashes(tmp_path / "m") == before
