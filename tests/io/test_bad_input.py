"""An input that is not what it claims to be: one line with the place and the cause, exit code 3."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cscl_data.errors import InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.sources import count_lines, find_sources, input_facts, text_source


def parquet_bytes() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"en": ["a"] * 5000, "ko": [str(i) for i in range(5000)]}), buffer, row_group_size=1000)
    return buffer.getvalue()


ROWS = "".join(f"a sentence with the number {i}\t문장 {i * i}\n" for i in range(3000)).encode()
GZIP, ZSTD, PARQUET = gzip.compress(ROWS), pa.compress(ROWS, codec="zstd", asbytes=True), parquet_bytes()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
TMX = b'<tmx><body><tu><tuv xml:lang="en"><seg>a</seg></tuv><tuv xml:lang="ko"><seg>b</seg></tuv></tu></body></tmx>'

BAD_FILES = {
    "truncated.tsv.gz": (GZIP[: len(GZIP) // 2], "damaged or truncated gzip"),
    "no-checksum.tsv.gz": (GZIP[:-8], "damaged or truncated gzip"),
    "plain.tsv.gz": (ROWS, "damaged or truncated gzip"),
    "flipped.tsv.gz": (GZIP[:2000] + bytes([GZIP[2000] ^ 255]) + GZIP[2001:], "damaged or truncated gzip"),
    "truncated.tsv.zst": (ZSTD[: len(ZSTD) // 2], "damaged or truncated zstd"),
    "one-byte-less.tsv.zst": (ZSTD[:-1], "damaged or truncated zstd"),
    "plain.tsv.zst": (ROWS, "damaged or truncated zstd"),
    "second-frame-cut.tsv.zst": (ZSTD + ZSTD[:500], "damaged or truncated zstd"),
    "parquet.tsv": (PARQUET, "binary data, not .tsv"),
    "gzip.tsv": (GZIP, "binary data, not .tsv"),
    "zstd.csv": (ZSTD, "binary data, not .csv"),
    "image.tsv": (PNG, "binary data, not .tsv"),
    "image.csv": (PNG, "binary data, not .csv"),
    "image.jsonl": (PNG, "binary data, not .jsonl"),
    "zeros.tsv": (bytes(10_000), "binary data, not .tsv"),
    "gzip-twice.tsv.gz": (gzip.compress(GZIP), "binary data, not .tsv"),
    "utf-16.tsv": ("en\tko\na\tb\n".encode("utf-16"), "is UTF-16, expected UTF-8"),
    "text.parquet": (ROWS, "not a whole Parquet file"),
    "empty.parquet": (b"", "not a whole Parquet file"),
    "truncated.parquet": (PARQUET[:-100], "not a whole Parquet file"),
    "truncated.parquet.gz": (gzip.compress(PARQUET)[:-100], "damaged or truncated gzip"),
    "text.parquet.gz": (gzip.compress(ROWS), "not a whole Parquet file"),
    "text.jsonl": (ROWS, ":1: not JSON"),
    "list.jsonl": (b"[\n{}]\n", ":1: not JSON"),
    "truncated.tmx": (TMX[:-20], "not whole TMX"),
    "text.tmx": (ROWS, "not whole TMX"),
    "empty.tmx": (b"", "not whole TMX"),
    "one-column.tsv": (b"alone\n", r"no column for 'en' \(it has: 1 columns, no header\)"),
    "three-columns.tsv": (b"a\tb\tc\n", r"no column for 'en' \(it has: 3 columns, no header\)"),
    "other-names.jsonl": (b'{"en": "a", "de": "b"}\n', r"no column for 'ko' \(it has: en, de\)"),
    "other-languages.tmx": (TMX.replace(b"ko", b"de"), r"no column for 'ko' \(it has: en, de\)"),
    "text.txt": (ROWS, "unknown kind of file"),
    "no-ending": (ROWS, "unknown kind of file"),
    "table.xlsx": (b"PK\x03\x04", "unknown kind of file"),
}


def read(path: Path, **options: str) -> list[object]:
    return list(Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),), **options)))


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_is_an_input_error_with_its_place(tmp_path: Path, name: str) -> None:
    content, cause = BAD_FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=cause) as caught:
        read(path)
    assert str(caught.value).startswith(str(path)), "the place comes first, as the user gave it"
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_rows_before_the_cut_are_given_before_the_error(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv.gz"
    path.write_bytes(GZIP[: len(GZIP) // 2])
    items = iter(Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),))))
    assert next(items).tgt_text == "문장 0"
    with pytest.raises(InputError):
        list(items)


def test_parquet_with_a_damaged_page_says_after_which_row(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    content = bytearray(PARQUET)
    with pq.ParquetFile(io.BytesIO(PARQUET)) as file:
        column = file.metadata.row_group(3).column(1)
        start = column.dictionary_page_offset or column.data_page_offset
    content[start : start + column.total_compressed_size] = bytes(column.total_compressed_size)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"damaged after row [23]"):
        read(path)


def test_parquet_with_text_that_is_not_utf_8_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"caf\xe9"]).buffers())
    pq.write_table(pa.table({"en": broken, "ko": ["b"]}), path)
    with pytest.raises(InputError, match="damaged after row 0"):
        read(path)


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("x.tsv", b"en\tko\na\tb\n", {"src_column": "english"}, "no column 'english'"),
        ("x.tsv", b"en\tko\na\tb\n", {"doc_column": "doc"}, "no column 'doc'"),
        ("x.tsv", b"a\tb\n", {"src_column": "3", "tgt_column": "1"}, "no column '3'"),
        ("x.tsv", b"a\tb\n", {"src_column": "0", "tgt_column": "1"}, "no column '0'"),
        ("x.jsonl", b'{"en": "a", "ko": "b"}\n', {"id_column": "key"}, "no column 'key'"),
        ("x.jsonl", b'{"en": "a", "ko": "b"}\n', {"doc_column": "meta.doc"}, "no column 'meta.doc'"),
    ],
)
def test_missing_column_is_named_with_its_option(
    tmp_path: Path, name: str, content: bytes, options: dict[str, str], message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read(path, **options)
    option = "--" + next(iter(options)).replace("_", "-")
    assert option in str(caught.value.hint)


def test_moses_sides_of_different_length_name_both_counts(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\ntwo\n", encoding="utf-8")
    (tmp_path / "b").write_text("하나\n", encoding="utf-8")
    spec = BitextSpec(src_lang="en", tgt_lang="ko", src_file=str(tmp_path / "a"), tgt_file=str(tmp_path / "b"))
    with pytest.raises(InputError, match=r"a has 2 lines, .*b has 1"):
        Bitext(spec)


@pytest.mark.parametrize("given", ["absent.tsv", "absent-*.tsv", "empty-directory"])
def test_missing_input_is_named(tmp_path: Path, given: str) -> None:
    (tmp_path / "empty-directory").mkdir()
    with pytest.raises(InputError, match=given.replace("*", r"\*")) as caught:
        find_sources([str(tmp_path / given)], ("tsv",))
    assert caught.value.exit_code == 3


def test_file_that_goes_away_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes(b"a\tb\n")
    [source] = find_sources([str(path)], ("tsv",))
    path.unlink()
    for look in (input_facts, count_lines):
        with pytest.raises(InputError, match=r"x\.tsv: [Nn]o such file"):
            look(source)
    with pytest.raises(InputError, match="no such file"):
        text_source(str(path))


def test_file_whose_name_looks_like_a_glob_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a[1].tsv"
    path.write_bytes(b"a\tb\n")
    assert [source.given for source in find_sources([str(path)], ("tsv",))] == [str(path)]
