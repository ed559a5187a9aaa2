"""Text comes through as it stands, and a row that cannot is a reject with its place: nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.records import Pair, Reject
from tests.factories import texts


def read(path: Path, **options: object) -> list[Pair | Reject]:
    return list(Bitext(BitextSpec(**{"src_lang": "en", "tgt_lang": "ko", "paths": (str(path),), **options})))


def read_bytes(path: Path, content: bytes, **options: object) -> list[Pair | Reject]:
    path.write_bytes(content)
    return read(path, **options)


PADDING = "p" * 4096
"""A first line this long keeps control characters out of what tells binary files from text."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("folder")


def test_tsv_byte_order_mark_is_not_text(tmp_path: Path) -> None:
    assert read_bytes(tmp_path / "x.tsv", b"\xef\xbb\xbfen\tko\na\tb\n")[0].src_text == "a"
    assert read_bytes(tmp_path / "x.csv", b"\xef\xbb\xbfen,ko\r\na,b\r\n")[0].src_text == "a"
    assert read_bytes(tmp_path / "x.jsonl", b'\xef\xbb\xbf{"en": "a", "ko": "b"}\n')[0].src_text == "a"


def test_tsv_with_crlf_ends_lines_with_it_and_keeps_lone_carriage_returns(tmp_path: Path) -> None:
    items = read_bytes(tmp_path / "x.tsv", b"a\rb\tc\r\nd\te\r\n")
    assert [(x.src_text, x.tgt_text) for x in items] == [("a\rb", "c"), ("d", "e")]


def test_tsv_without_crlf_keeps_every_carriage_return(tmp_path: Path) -> None:
    items = read_bytes(tmp_path / "x.tsv", b"a\tb\nc\td\r\n")
    assert [(x.src_text, x.tgt_text) for x in items] == [("a", "b"), ("c", "d\r")]


def test_tsv_quotes_are_text(tmp_path: Path) -> None:
    [item] = read_bytes(tmp_path / "x.tsv", b'"a\t"b""\n')
    assert (item.src_text, item.tgt_text) == ('"a', '"b""')


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e", "\x00", "\ufeff", "\xa0"])
@pytest.mark.parametrize("name", ["x.tsv", "x.csv", "x.jsonl"])
def test_characters_that_some_tools_break_lines_at_are_text(tmp_path: Path, name: str, odd: str) -> None:
    src_text, tgt_text = f"a{odd}b", f"가{odd}"
    line = {
        "x.tsv": f"{src_text}\t{tgt_text}\n",
        "x.csv": f"{src_text},{tgt_text}\r\n",
        "x.jsonl": json.dumps({"en": src_text, "ko": tgt_text}, ensure_ascii=odd == "\x00") + "\n",
    }[name]
    items = read_bytes(tmp_path / name, 2 * line.encode())
    assert [(x.src_text, x.tgt_text) for x in items] == 2 * [(src_text, tgt_text)]


def test_csv_cells_hold_line_breaks_quotes_and_commas(tmp_path: Path) -> None:
    items = read_bytes(tmp_path / "x.csv", 'en,ko\r\n"a\r\nb\nc","""가"", 나"\r\nd,다'.encode())
    assert [(x.src_text, x.tgt_text) for x in items] == [("a\r\nb\nc", '"가", 나'), ("d", "다")]
    assert [x.id for x in items] == [f"{tmp_path}/x.csv:1", f"{tmp_path}/x.csv:2"]


@pytest.mark.parametrize("content", [b'a,"b\r\n', b'a,"b"c\r\n', b"a\rb,c\r\n", b"a,b\rc,d\r"])
def test_csv_that_is_not_rfc_4180_is_an_error_with_its_line(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match=r"x\.csv:\d+: not RFC 4180"):
        read_bytes(tmp_path / "x.csv", b"a,b\r\n" + content)


_GOOD = {"x.tsv": b"a\tb\n", "x.csv": b"a,b\r\n", "x.jsonl": b'{"id": "", "en": "a", "ko": "b"}\n'}
_BAD_ANYWHERE = [
    ("x.tsv", b"caf\xe9\tb\n", "undecodable"),
    ("x.tsv", b"a\t\xed\xa0\x80\n", "undecodable"),
    ("x.csv", b"caf\xe9,b\r\n", "undecodable"),
    ("x.jsonl", b'{"en": "caf\xe9", "ko": "b"}\n', "undecodable"),
    ("x.jsonl", b'["a", "b"]\n', "missing_field"),
    ("x.jsonl", b'{"en": "a"}\n', "missing_field"),
    ("x.jsonl", b'{"en": "a", "ko": null}\n', "missing_field"),
    ("x.jsonl", b'{"en": "a", "ko": 7}\n', "missing_field"),
    ("x.jsonl", b'{"en": "a", "ko": "\\ud83d"}\n', "undecodable"),
]
_BAD_LATER = [
    # Here the first row must be good: it tells how many columns there are, or that the file is JSON at all.
    ("x.tsv", b"alone\n", "missing_field"),
    ("x.tsv", b"\n", "missing_field"),
    ("x.csv", b"alone\r\n", "missing_field"),
    ("x.jsonl", b'{"en": "a", \n', "undecodable"),
    ("x.jsonl", b'{"n": 1' + 5000 * b"0" + b"}\n", "undecodable"),
    ("x.jsonl", 100_000 * b"[" + b"\n", "undecodable"),
    ("x.jsonl", b'{"id": "\\ud83d", "en": "a", "ko": "b"}\n', "undecodable"),
]


@pytest.mark.parametrize(
    ("name", "bad", "reason", "at"),
    [*((*case, 0) for case in _BAD_ANYWHERE), *((*case, 1) for case in _BAD_ANYWHERE + _BAD_LATER)],
)
def test_bad_row_is_a_reject_and_costs_no_other_row(
    tmp_path: Path, name: str, bad: bytes, reason: str, at: int
) -> None:
    lines = [_GOOD[name], _GOOD[name]]
    lines.insert(at, bad)
    items = read_bytes(tmp_path / name, b"".join(lines))
    reject = items.pop(at)
    assert isinstance(reject, Reject)
    assert (reject.reason, reject.stage) == (reason, "read")
    assert reject.id == ("\ud83d" if b'"id"' in bad else f"{tmp_path / name}:{at + 1}")
    assert reject.row()["row"].isascii(), "what was read is kept"
    assert [(x.src_text, x.tgt_text) for x in items] == 2 * [("a", "b")]


def test_moses_line_that_cannot_be_decoded_is_a_reject(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one\ncaf\xe9\nthree\n")
    (tmp_path / "b").write_bytes("하나\n둘\n셋\n".encode())
    spec = BitextSpec(src_lang="en", tgt_lang="ko", src_file=str(tmp_path / "a"), tgt_file=str(tmp_path / "b"))
    first, second, third = Bitext(spec)
    assert isinstance(second, Reject)
    assert second.source["src"] == r"b'caf\xe9'"
    assert (first.tgt_text, third.tgt_text) == ("하나", "셋")


def test_parquet_null_and_bytes_are_rejects(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"en": ["a", None, "c"], "ko": ["b", "d", "e"]}), path)
    assert [type(item) for item in read(path)] == [Pair, Reject, Pair]
    pq.write_table(pa.table({"en": [b"a"], "ko": ["b"]}), path)
    [reject] = read(path)
    assert reject.detail == "column en: expected text, found bytes"


def test_file_of_rejects_alone_is_no_error(tmp_path: Path) -> None:
    items = read_bytes(tmp_path / "x.tsv", 3 * "값\t값\n".encode("euc-kr"))
    assert [item.reason for item in items] == 3 * ["undecodable"]


def test_file_in_another_encoding_stops_early(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of the first 1,000 rows"):
        read_bytes(tmp_path / "x.tsv", 2000 * "값\t값\n".encode("euc-kr"))


@given(rows=st.lists(st.tuples(texts(without="\t\n\r"), texts(without="\t\n\r")), min_size=1, max_size=6))
def test_tsv_text_is_verbatim(folder: Path, rows: list[tuple[str, str]]) -> None:
    path = folder / "x.tsv"
    content = f"en\tko\t{PADDING}\n" + "".join(f"{a}\t{b}\n" for a, b in rows)
    items = read_bytes(path, content.encode())
    assert [(x.src_text, x.tgt_text) for x in items] == rows


@given(rows=st.lists(st.tuples(texts(without="\n"), texts(without="\n")), min_size=1, max_size=6))
def test_moses_text_is_verbatim(folder: Path, rows: list[tuple[str, str]]) -> None:
    for name, column in (("a", 0), ("b", 1)):
        (folder / name).write_bytes((PADDING + "\n" + "".join(f"{row[column]}\n" for row in rows)).encode())
    spec = BitextSpec(src_lang="en", tgt_lang="ko", src_file=str(folder / "a"), tgt_file=str(folder / "b"))
    assert [(x.src_text, x.tgt_text) for x in Bitext(spec)][1:] == rows


@given(rows=st.lists(st.tuples(texts(), texts()), min_size=1, max_size=6), ascii_only=st.booleans())
def test_jsonl_and_parquet_text_is_verbatim(folder: Path, rows: list[tuple[str, str]], ascii_only: bool) -> None:
    lines = [json.dumps({"en": a, "ko": b}, ensure_ascii=ascii_only) for a, b in rows]
    items = read_bytes(folder / "x.jsonl", "".join(f"{line}\n" for line in lines).encode())
    assert [(x.src_text, x.tgt_text) for x in items] == rows
    pq.write_table(pa.table({"en": [a for a, _ in rows], "ko": [b for _, b in rows]}), folder / "x.parquet")
    assert [(x.src_text, x.tgt_text) for x in read(folder / "x.parquet")] == rows


_LINES = st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=8)


@given(lines=_LINES)
def test_tsv_of_arbitrary_bytes_loses_no_row(folder: Path, lines: list[bytes]) -> None:
    path = folder / "x.tsv"
    path.write_bytes(b"".join(line + b"\n" for line in [f"en\tko\t{PADDING}".encode(), *lines]))
    items = read(path)
    assert [item.id for item in items] == [f"{path}:{number}" for number in range(1, len(lines) + 1)]


@given(lines=_LINES)
def test_jsonl_of_arbitrary_bytes_loses_no_row(folder: Path, lines: list[bytes]) -> None:
    path = folder / "x.jsonl"
    first = json.dumps({"en": "a", "ko": "b", "padding": PADDING}).encode()
    path.write_bytes(b"".join(line + b"\n" for line in [first, *lines]))
    assert len(read(path)) == 1 + sum(not _is_blank(line) for line in lines)


def _is_blank(line: bytes) -> bool:
    try:
        return not line.decode().strip()
    except UnicodeDecodeError:
        return False
