"""Lexicon files: every form that is read, what is left out, what is passed over, what is no lexicon."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cscl_data.errors import InputError
from cscl_data.io.lexicon import Entry, LexiconFile, read_lexicon


def read(folder: Path, content: str, **options: int) -> LexiconFile:
    path = folder / "lexicon.tsv"
    path.write_text(content, encoding="utf-8")
    return read_lexicon(path, **options)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("teacher\tn\t선생 (先生)\tperson who teaches\n", Entry("teacher", "선생", "n", "person who teaches")),
        ("Australia\tオーストラリア（also written: 濠太剌利）\n", Entry("Australia", "オーストラリア")),
        ("dog anjing\n", Entry("dog", "anjing")),
        ("blood type\t혈액형\n", None),
        ("gap\t(買う OR 持つ)\n", None),
    ],
)
def test_entries_without_remarks_and_without_longer_ones(tmp_path: Path, line: str, expected: Entry | None) -> None:
    assert read(tmp_path, line).entries == (() if expected is None else (expected,))


def test_entries_of_several_words_if_asked(tmp_path: Path) -> None:
    found = read(tmp_path, "blood type\t혈액형\na b c d\tx\n", max_words=3)
    assert found.pairs == (("blood type", "혈액형"),)


@pytest.mark.parametrize(
    ("cell", "translations"),
    [
        ("menulis, mengarang", ["menulis", "mengarang"]),
        ("쓰다; 적다 (formal, written)", ["쓰다", "적다"]),
        ("書く；記す", ["書く", "記す"]),
        ("1,000", ["1,000"]),
    ],
)
def test_cell_of_several_translations_is_taken_apart(tmp_path: Path, cell: str, translations: list[str]) -> None:
    for line in (f"write\t{cell}\n", f"write\tv\t{cell}\tto put down, on paper\n"):
        assert [entry.translation for entry in read(tmp_path, line).entries] == translations


def test_lines_of_other_forms_are_counted(tmp_path: Path) -> None:
    found = read(tmp_path, "dog anjing\nhot dog roti sosis\nrun\tv\tlari\ncat kucing\none\nhouse rumah\n")
    assert [entry.word for entry in found.entries] == ["dog", "cat", "house"]
    assert found.note() == (
        f"lexicon: 3 entries; 3 lines passed over, the first is {tmp_path / 'lexicon.tsv'}:2, 4 words without a tab"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "an empty lexicon"), ("run\tv\tlari\ndog\tn\tanjing\ncat\tkucing\n", r"2 of 3 lines are no entries")],
)
def test_what_is_no_lexicon_is_an_input_error(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, content)


def test_damaged_gzip_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.tsv.gz"
    path.write_bytes(gzip.compress(b"dog\tanjing\n" * 1000)[:-20])
    with pytest.raises(InputError, match="damaged"):
        read_lexicon(path)
