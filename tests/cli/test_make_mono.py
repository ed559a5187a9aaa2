"""`make-mono` from the command line: equal amounts, whole documents, both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import EN_KO, KOREAN, assert_conserved, call, hashes, make, rows

MONO = ("make-mono", KOREAN, KOREAN, *EN_KO, "--doc-column", "doc")


def amounts(out: Path) -> dict[str, int]:
    """Return the bytes of text by language."""
    found = {"en": 0, "ko": 0}
    for row in rows(out):
        found[row["lang"]] += len(row["text"].encode())
    return found


def test_half_the_budget_for_each_language(tmp_path: Path) -> None:
    make(*MONO, "--budget", "8k", "--out", tmp_path / "m")
    longest = max(len(row["text"].encode()) for row in rows(tmp_path / "m"))
    for amount in amounts(tmp_path / "m").values():
        assert 4_000 <= amount < 4_000 + longest


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
