"""Readers get bytes that nobody meant for them: every row comes back once, or as a reject, or the file is named.

`make fuzz` runs the same with many more examples (FUZZ_EXAMPLES).
"""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cscl_data.errors import CsclError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.documents import FolderPairs, FolderSpec
from cscl_data.io.lexicon import read_lexicon
from cscl_data.io.mono import MonoSpec, MonoText
from cscl_data.io.optionfile import option_defaults
from cscl_data.io.recordfile import Records, RecordSpec

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
fuzzed = settings(max_examples=EXAMPLES, deadline=None)

HORRORS = [
    *(
        "a\u2028b",
        "\u202eright\u202c",
        "\x00",
        "\ufeff",
        "e\u0301" * 20,
        "👨‍👩‍👧",
        "\x85",
        "\x0b",
        "�",
        "'\"",
        "\\ud800",
    ),
    *("x" * 5_000, "{" * 400, "[" * 20_000, '{"a":' * 5_000, "\t" * 50, "<!DOCTYPE x>", "NaN", "1e999"),
]
TEXT = st.one_of(st.text(st.characters(exclude_categories=("Cs",)), max_size=20), st.sampled_from(HORRORS))


def _parquet(rows: list[tuple[str, str]]) -> bytes:
    held = io.BytesIO()
    pq.write_table(pa.table({"en": [a for a, _ in rows], "ko": [b for _, b in rows]}), held)
    return held.getvalue()


def _tmx(rows: list[tuple[str, str]]) -> bytes:
    units = "".join(
        f'<tu><tuv xml:lang="en"><seg>{a}</seg></tuv><tuv xml:lang="ko"><seg>{b}</seg></tuv></tu>' for a, b in rows
    )
    return f'<?xml version="1.0"?><tmx version="1.4"><header/><body>{units}</body></tmx>'.encode()


VALID: dict[str, Callable[[list[tuple[str, str]]], bytes]] = {
    "tsv": lambda rows: "".join(f"{a}\t{b}\n" for a, b in [("en", "ko"), *rows]).encode(),
    "csv": lambda rows: "".join(f'"{a}","{b}"\r\n' for a, b in [("en", "ko"), *rows]).encode(),
    "jsonl": lambda rows: "".join(json.dumps({"en": a, "ko": b}) + "\n" for a, b in rows).encode(),
    "tmx": _tmx,
    "parquet": _parquet,
}

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda content: gzip.compress(content, mtime=0),
    "zst": lambda content: pa.compress(content, codec="zstd", asbytes=True),
}


@st.composite
def damaged(draw: st.DrawFn, form: str, packing: str | None = None) -> bytes:
    """Draw a file of a form whose cells are hostile, packed or not, then bytes of it flipped, cut out, or put in."""
    whole = VALID[form](draw(st.lists(st.tuples(TEXT, TEXT), max_size=4)))
    content = bytearray(PACKED[packing](whole) if packing else whole)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(content)))
        kind = draw(st.sampled_from(["flip", "cut", "insert"]))
        if kind == "flip" and at < len(content):
            content[at] ^= draw(st.integers(1, 255))
        elif kind == "cut":
            del content[at : at + draw(st.integers(1, 40))]
        else:
            content[at:at] = draw(st.binary(max_size=8))
    return bytes(content)


def read_or_refused(read: Callable[[], Iterable[Any]]) -> list[Any] | None:
    """Read to the end; a file that is refused gives None. Any other exception is a bug."""
    try:
        return list(read())
    except CsclError:
        return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the files."""
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("form", VALID)
@fuzzed
@given(data=st.data())
def test_bitext_of_any_form_loses_no_row(folder: Path, form: str, data: st.DataObject) -> None:
    path = folder / f"x.{form}"
    path.write_bytes(data.draw(damaged(form)))
    bitext = Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),)))
    found = read_or_refused(lambda: bitext)
    if found is not None:
        assert len(found) == sum(bitext.rows_read)
        assert len({item.id for item in found}) == len(found) or form != "tsv"


@pytest.mark.parametrize("form", [*VALID, "txt"])
@fuzzed
@given(data=st.data())
def test_text_in_one_language_loses_no_row(folder: Path, form: str, data: st.DataObject) -> None:
    path = folder / f"m.{form}"
    path.write_bytes(data.draw(st.binary(max_size=60) if form == "txt" else damaged(form)))
    text = MonoText(MonoSpec(path=str(path), lang="ko", text_column=None if form == "txt" else "ko"))
    found = read_or_refused(lambda: text)
    if found is not None:
        assert sum(getattr(item, "n_rows", 1) for item in found) == sum(text.rows_read)


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "tsv", "parquet"])
@fuzzed
@given(data=st.data())
def test_records_of_any_form_lose_no_row(folder: Path, form: str, data: st.DataObject) -> None:
    path = folder / f"r.{form}"
    path.write_bytes(data.draw(st.one_of(st.binary(max_size=40), damaged("jsonl" if form == "json" else form))))
    records = Records(RecordSpec(paths=(str(path),)))
    found = read_or_refused(lambda: records)
    if found is not None:
        assert len(found) == sum(records.rows_read)
        read_or_refused(lambda: [records.schema()])


@pytest.mark.parametrize("ending", ["tsv.gz", "jsonl.gz", "tsv.zst", "jsonl.zst"])
@fuzzed
@given(data=st.data())
def test_packed_files_that_are_broken_are_named(folder: Path, ending: str, data: st.DataObject) -> None:
    form, packing = ending.split(".")
    path = folder / f"x.{ending}"
    path.write_bytes(data.draw(damaged(form, packing)))
    bitext = Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),)))
    found = read_or_refused(lambda: bitext)
    assert found is None or len(found) == sum(bitext.rows_read)


@fuzzed
@given(content=st.one_of(st.binary(max_size=80), TEXT.map(str.encode)))
@example(content=b"a: &a [*a, *a]\n")
@example(content=b"!!python/object/apply:os.system ['true']\n")
@example(content=b"[" * 400)
def test_lexicons_option_files_and_documents_are_read_or_refused(folder: Path, content: bytes) -> None:
    path = folder / "any.yaml"
    path.write_bytes(content)
    read_or_refused(lambda: read_lexicon(path).pairs)
    read_or_refused(lambda: option_defaults(path, []))
    for lang in ("en", "ko"):
        (folder / lang).mkdir(exist_ok=True)
        (folder / lang / "a.md").write_bytes(content)
    pairs = FolderPairs(FolderSpec(src_docs=str(folder / "en"), tgt_docs=str(folder / "ko")))
    assert len(read_or_refused(lambda: pairs) or []) == 1


def test_parquet_whose_column_has_no_readable_name_is_refused(folder: Path) -> None:
    content = bytearray(VALID["parquet"]([("a", "b")]))
    while (at := content.find(b"\x02en")) >= 0:
        content[at + 1] = 0xE5
    (folder / "name.parquet").write_bytes(bytes(content))
    assert read_or_refused(lambda: Records(RecordSpec(paths=(str(folder / "name.parquet"),)))) is None


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_that_is_nested_without_end_is_refused(folder: Path, form: str) -> None:
    path = folder / f"deep.{form}"
    path.write_bytes(b"[" * 100_000)
    assert read_or_refused(lambda: Records(RecordSpec(paths=(str(path),)))) is None


def test_entities_that_grow_without_end_are_refused(folder: Path) -> None:
    path = folder / "laughs.tmx"
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY l0 "{"ha" * 50}">{entities}]><tmx><body><tu><tuv xml:lang="en">'
        '<seg>&l9;</seg></tuv><tuv xml:lang="ko"><seg>b</seg></tuv></tu></body></tmx>',
        encoding="utf-8",
    )
    assert read_or_refused(lambda: Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),)))) is None


def test_a_file_that_xml_names_is_not_read(folder: Path) -> None:
    (folder / "secret.txt").write_text("a secret", encoding="utf-8")
    path = folder / "outside.tmx"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY s SYSTEM "file://{folder}/secret.txt">]><tmx><body><tu>'
        '<tuv xml:lang="en"><seg>&s;</seg></tuv><tuv xml:lang="ko"><seg>b</seg></tuv></tu></body></tmx>',
        encoding="utf-8",
    )
    found = read_or_refused(lambda: Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),))))
    assert "a secret" not in repr(found)
