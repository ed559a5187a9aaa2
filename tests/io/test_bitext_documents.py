"""Documents of a bitext without a document column: what stands between blank rows, or every so many rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cscl_data.errors import ConfigError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.records import Pair


def read(**options: Any) -> Bitext:
    return Bitext(BitextSpec(src_lang="en", tgt_lang="ko", **{"blank_ends_document": True, **options}))


def doc_ids(bitext: Bitext) -> list[str | None]:
    """The number of each row's document, with its place in the file."""
    return [
        f"{item.id.rsplit(':')[-1]}#{(item.doc_id or '').rsplit('#')[-1]}" for item in bitext if isinstance(item, Pair)
    ]


@pytest.fixture
def moses(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "a.en").write_text("\nOne.\nTwo.\n\n \nThree.\n\nFour.\n", encoding="utf-8")
    (tmp_path / "a.ko").write_text("\n하나.\n둘.\n\n\t\n셋.\n넷.\n\n", encoding="utf-8")
    return {"src_file": str(tmp_path / "a.en"), "tgt_file": str(tmp_path / "a.ko")}


def test_blank_lines_on_both_sides_end_a_document(moses: dict[str, str]) -> None:
    bitext = read(**moses)
    items = list(bitext)
    assert [item.id.rsplit(":")[-1] for item in items] == ["2", "3", "6", "7", "8"], "a blank line is no row"
    name = moses["src_file"]
    assert [item.doc_id for item in items] == [f"{name}#1"] * 2 + [f"{name}#2"] * 3, "one blank side ends nothing"
    assert bitext.rows_read == [5, 5]
    assert bitext.has_documents


def test_blank_lines_are_pairs_where_documents_are_not_asked_for(moses: dict[str, str]) -> None:
    bitext = read(**moses, blank_ends_document=False)
    assert [item.doc_id for item in bitext] == [None] * 8
    assert not bitext.has_documents


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "One.\t하나.\nTwo.\t둘.\n\nThree.\t셋.\n\t\n \n"),
        ("b.tsv", "en\tko\nOne.\t하나.\nTwo.\t둘.\n\nThree.\t셋.\n"),
        ("c.tsv", "\n\nOne.\t하나.\nTwo.\t둘.\n\t\nThree.\t셋.\n"),
        ("d.csv", 'en,ko\nOne.,하나.\nTwo.,둘.\n" ",\nThree.,셋.\n'),
    ],
)
def test_empty_rows_of_a_table_end_a_document(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    bitext = read(paths=(str(tmp_path / name),))
    items = [item for item in bitext if isinstance(item, Pair)]
    assert [item.src_text for item in items] == ["One.", "Two.", "Three."]
    assert [item.doc_id for item in items] == [f"{tmp_path / name}#{n}" for n in (1, 1, 2)]
    assert bitext.has_documents


def test_a_document_column_beats_empty_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("en\tko\tdoc\nOne.\t하나.\tx\n\nTwo.\t둘.\tx\n", encoding="utf-8")
    bitext = read(paths=(str(path),))
    assert [getattr(item, "doc_id", item.id[-2:]) for item in bitext] == ["x", ":2", "x"], "the empty row is a reject"


def test_files_begin_documents_of_their_own(tmp_path: Path) -> None:
    for name in ("a.tsv", "b.tsv"):
        (tmp_path / name).write_text("One.\t하나.\nTwo.\t둘.\n", encoding="utf-8")
    bitext = read(paths=(str(tmp_path / "*.tsv"),))
    assert len({item.doc_id for item in bitext if isinstance(item, Pair)}) == 2
    assert not bitext.has_documents, "no blank row says that these files are documents"


@pytest.mark.parametrize("column", [None, "doc"])
def test_a_window_is_a_document_whatever_the_columns_say(tmp_path: Path, column: str | None) -> None:
    path = tmp_path / "a.tsv"
    rows = "".join(f"E{i}.\tK{i}.\t{'xy'[i // 4]}\n" for i in range(7))
    path.write_text(f"en\tko\tdoc\n{rows}", encoding="utf-8")
    bitext = read(paths=(str(path),), doc_column=column, window=3)
    assert doc_ids(bitext) == ["1#1", "2#1", "3#1", "4#2", "5#2", "6#2", "7#3"]
    assert bitext.has_documents


def test_a_window_does_not_reach_over_a_blank_line_or_a_file(moses: dict[str, str]) -> None:
    assert doc_ids(read(**moses, window=2)) == ["2#1", "3#1", "6#2", "7#2", "8#3"]


def test_limit_counts_rows_and_no_blank_lines(moses: dict[str, str]) -> None:
    bitext = read(**moses, limit=3)
    assert doc_ids(bitext) == ["2#1", "3#1", "6#2"]
    assert bitext.rows_read == [3, 3]


def test_a_window_of_one_is_refused() -> None:
    with pytest.raises(ConfigError, match="--window must be 2 or more, not 1"):
        read(paths=("x.tsv",), window=1)
