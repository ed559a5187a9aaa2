"""Text in one language: documents, their ids, what is no row, what is a reject."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cscl_data.errors import InputError
from cscl_data.io.mono import MonoDocument, MonoSpec, MonoText
from cscl_data.records import Reject


def open_text(path: Path, content: bytes, **options: object) -> MonoText:
    path.write_bytes(content)
    return MonoText(MonoSpec(**{"path": str(path), "lang": "en", **options}))


def test_txt_lines_are_rows_and_blank_lines_end_documents(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    text = open_text(path, "\none\n two \n\n\n\u3000\nthree\n".encode())
    assert list(text) == [
        MonoDocument(f"{path}:2", f"{path}#1", "one\n two ", 2),
        MonoDocument(f"{path}:7", f"{path}#2", "three", 1),
    ]
    assert text.rows_read == [3], "a blank line is no row"


def test_txt_crlf_is_a_line_end(tmp_path: Path) -> None:
    assert [x.text for x in open_text(tmp_path / "x.txt", b"one\r\ntwo\r\n\r\nthree\r\n")] == ["one\ntwo", "three"]


def test_txt_line_that_cannot_be_decoded_is_a_reject(tmp_path: Path) -> None:
    text = open_text(tmp_path / "x.txt", b"caf\xe9\none\n")
    reject, document = text
    assert isinstance(reject, Reject)
    assert (reject.id, reject.reason) == (f"{tmp_path}/x.txt:1", "undecodable")
    assert document.text == "one"
    assert text.rows_read == [2]


def test_tabular_rows_are_documents_unless_a_column_joins_them(tmp_path: Path) -> None:
    content = b'{"text": "a", "d": 1}\n{"text": "b", "d": 1}\n{"text": "c", "d": 2}\n'
    assert [x.text for x in open_text(tmp_path / "x.jsonl", content)] == ["a", "b", "c"]
    joined = list(open_text(tmp_path / "x.jsonl", content, doc_column="d"))
    assert [(x.doc_id, x.text, x.n_rows) for x in joined] == [("1", "a\nb", 2), ("2", "c", 1)]


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("x.tsv", b"text\tn\nHello.\t1\n", {}),
        ("x.tsv", b"1\tHello.\n", {"text_column": "2"}),
        ("x.tsv", b"Hello.\n", {}),
        ("x.csv", b'n,en\r\n1,"Hello."\r\n', {}),
        ("x.jsonl", b'{"body": {"text": "Hello."}}\n', {"text_column": "body.text"}),
        ("x.jsonl", b'{"translation": {"en": "Hello.", "ko": "x"}}\n', {}),
    ],
)
def test_text_column_is_found_or_named(tmp_path: Path, name: str, content: bytes, options: dict[str, str]) -> None:
    assert [x.text for x in open_text(tmp_path / name, content, **options)] == ["Hello."]


def test_indonesian_column_id_is_text(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    assert list(open_text(path, b'{"id": "Halo."}\n', lang="id")) == [MonoDocument(f"{path}:1", None, "Halo.", 1)]
    [document] = open_text(path, b'{"id": "k1", "text": "Halo."}\n', lang="id")
    assert document.text == "Halo."


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "caf\xe9"}\n', "undecodable"),
        (b'["Hello."]\n', "missing_field"),
        (b'{"text": null}\n', "missing_field"),
        (b'{"text": "\\ud83d"}\n', "undecodable"),
        (b'{"text": " \\u00a0 "}\n', "empty_side"),
        (b'{"id": "\\ud83d", "text": "x"}\n', "undecodable"),
    ],
)
@pytest.mark.parametrize("at", [0, 1])
def test_bad_row_is_a_reject_in_its_place(tmp_path: Path, line: bytes, reason: str, at: int) -> None:
    lines = [b'{"id": "", "text": "good"}\n', b'{"id": "", "text": "good"}\n']
    lines.insert(at, line)
    text = open_text(tmp_path / "x.jsonl", b"".join(lines))
    items = list(text)
    reject = items.pop(at)
    assert isinstance(reject, Reject)
    assert reject.reason == reason
    assert [x.text for x in items] == ["good", "good"]
    assert text.rows_read == [3]


def test_limit_counts_rows_not_documents(tmp_path: Path) -> None:
    text = open_text(tmp_path / "x.txt", b"a\nb\n\n\nc\nd\n", limit=3)
    assert [x.text for x in text] == ["a\nb", "c"]
    assert text.rows_read == [3]


def test_missing_column_and_unknown_kind_are_input_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'text'"):
        list(open_text(tmp_path / "x.jsonl", b'{"body": "a"}\n'))
    with pytest.raises(InputError, match="unknown kind of file"):
        open_text(tmp_path / "x.doc", b"a")


def test_shards_of_another_command_are_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for number in range(2):
        pq.write_table(pa.table({"text": [f"row {number}"]}), tmp_path / "data" / f"train-{number:05d}.parquet")
    text = MonoText(MonoSpec(path=str(tmp_path), lang="en"))
    assert [x.text for x in text] == ["row 0", "row 1"]
    assert text.rows_read == [1, 1]


def test_rows_stand_alone_with_the_id_of_their_document(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    text = open_text(path, b"one\ntwo\n\ncaf\xe9\nthree\n")
    found = list(text.rows())
    assert [(item.id, getattr(item, "text", "")) for item in found] == [
        (f"{path}:1", "one"),
        (f"{path}:2", "two"),
        (f"{path}:4", ""),
        (f"{path}:5", "three"),
    ]
    assert [item.doc_id for item in found if isinstance(item, MonoDocument)] == [f"{path}#1", f"{path}#1", f"{path}#2"]
    assert text.rows_read == [4]
