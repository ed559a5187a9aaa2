"""Every form of bitext gives the same pairs; columns are found, named or counted."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.records import Pair, Reject

ROWS = [
    ("Good morning.", "좋은 아침이에요."),
    ("It's 9 o'clock — really?", "9시라고? 정말?"),
    ("", "빈 원문"),
    ("🌱 é", "싹 🌱"),
]


def zstd(content: bytes) -> bytes:
    return pa.compress(content, codec="zstd", asbytes=True)


def read(*paths: Path | str, **options: object) -> list[Pair | Reject]:
    spec = {"src_lang": "en", "tgt_lang": "ko", "paths": tuple(str(path) for path in paths), **options}
    return list(Bitext(BitextSpec(**spec)))


def texts_of(items: Sequence[Pair | Reject]) -> list[tuple[str, str]]:
    assert all(isinstance(item, Pair) for item in items), items
    return [(item.src_text, item.tgt_text) for item in items]


def tsv(rows: Sequence[Sequence[str]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def comma(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def jsonl(rows: Sequence[dict[str, object]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def parquet(rows: Sequence[dict[str, object]]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), buffer, row_group_size=2)
    return buffer.getvalue()


def tmx(rows: Sequence[tuple[str, str]], src: str = "en", tgt: str = "ko") -> bytes:
    escape = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
    units = [
        f'<tu tuid="u{i}"><tuv xml:lang="{src}"><seg>{a.translate(escape)}</seg></tuv>'
        f'<tuv xml:lang="{tgt}"><seg>{b.translate(escape)}</seg></tuv></tu>'
        for i, (a, b) in enumerate(rows)
    ]
    return f'<?xml version="1.0"?><tmx version="1.4"><header/><body>{"".join(units)}</body></tmx>'.encode()


def named(rows: Sequence[tuple[str, str]], src: str = "en", tgt: str = "ko") -> list[dict[str, object]]:
    return [{src: a, tgt: b} for a, b in rows]


FORMS = {
    "two-columns.tsv": tsv(ROWS),
    "header.tsv": tsv([("en", "ko"), *ROWS]),
    "generic-header.tsv": tsv([("source", "target"), *ROWS]),
    "swapped-header.tsv": tsv([("ko", "en"), *((b, a) for a, b in ROWS)]),
    "more-columns.tsv": tsv([("licence", "ko", "en"), *(("cc0", b, a) for a, b in ROWS)]),
    "two-columns.csv": comma(ROWS),
    "header.csv": comma([("src_text", "tgt_text"), *ROWS]),
    "by-language.jsonl": jsonl(named(ROWS)),
    "by-source.ndjson": jsonl(named(ROWS, "source", "target")),
    "nested.jsonl": jsonl([{"translation": {"en": a, "ko": b}} for a, b in ROWS]),
    "by-language.parquet": parquet(named(ROWS)),
    "nested.parquet": parquet([{"translation": {"en": a, "ko": b}} for a, b in ROWS]),
    "pair.parquet": parquet(named(ROWS, "src_text", "tgt_text")),
    "memory.tmx": tmx(ROWS),
    "regions.tmx": tmx(ROWS, "EN-US", "ko-KR"),
}
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstd,
}


@pytest.mark.parametrize("ending", PACKERS)
@pytest.mark.parametrize("name", FORMS)
def test_bitext_reads_every_form(tmp_path: Path, name: str, ending: str) -> None:
    path = tmp_path / (name + ending)
    path.write_bytes(PACKERS[ending](FORMS[name]))
    assert texts_of(read(path)) == ROWS


@pytest.mark.parametrize(
    "pack",
    [
        lambda content: gzip.compress(content[:20]) + gzip.compress(content[20:]),
        lambda content: zstd(content[:20]) + zstd(content[20:]),
    ],
    ids=["gz", "zst"],
)
def test_bitext_reads_compressed_files_of_several_members(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(tsv(ROWS))
    path = tmp_path / ("x.tsv.gz" if packed.startswith(b"\x1f\x8b") else "x.tsv.zst")
    path.write_bytes(packed)
    assert texts_of(read(path)) == ROWS


def test_bitext_reads_moses_pairs_of_any_ending(tmp_path: Path) -> None:
    (tmp_path / "corpus.en").write_text("".join(f"{a}\n" for a, _ in ROWS), encoding="utf-8")
    (tmp_path / "corpus.ko.gz").write_bytes(gzip.compress("".join(f"{b}\n" for _, b in ROWS).encode()))
    bitext = Bitext(
        BitextSpec(
            src_lang="en", tgt_lang="ko", src_file=str(tmp_path / "corpus.en"), tgt_file=str(tmp_path / "corpus.ko.gz")
        )
    )
    items = list(bitext)
    assert texts_of(items) == ROWS
    assert items[1].id == f"{tmp_path / 'corpus.en'}:2"
    assert bitext.rows_read == [4, 4]


@pytest.mark.parametrize("ends", ["\n", ""])
def test_bitext_moses_last_line_may_lack_its_end(tmp_path: Path, ends: str) -> None:
    (tmp_path / "a").write_text("one\ntwo\n", encoding="utf-8")
    (tmp_path / "b").write_text("하나\n둘" + ends, encoding="utf-8")
    spec = BitextSpec(src_lang="en", tgt_lang="ko", src_file=str(tmp_path / "a"), tgt_file=str(tmp_path / "b"))
    assert texts_of(list(Bitext(spec))) == [("one", "하나"), ("two", "둘")]


def test_bitext_reads_several_files_globs_and_directories_in_order(tmp_path: Path) -> None:
    for name in ("b.tsv", "a.tsv", "c.tsv"):
        (tmp_path / name).write_bytes(tsv([(name, name)]))
    (tmp_path / "out" / "data").mkdir(parents=True)
    for number in (1, 0):
        content = parquet(named([(f"shard {number}", "x")]))
        (tmp_path / "out" / "data" / f"train-{number:05d}.parquet").write_bytes(content)
    items = read(tmp_path / "c.tsv", tmp_path / "[ab].tsv", tmp_path / "out")
    assert [item.src_text for item in items] == ["c.tsv", "a.tsv", "b.tsv", "shard 0", "shard 1"]
    assert [item.id for item in items][1:4:2] == [f"{tmp_path}/a.tsv:1", f"{tmp_path}/out/data/train-00000.parquet:1"]


def test_bitext_columns_by_number_name_and_dotted_path(tmp_path: Path) -> None:
    pool = tmp_path / "pool.tsv"
    pool.write_bytes(tsv([("tatoeba", "cc-by", "d1", "Hi.", "안녕."), ("tatoeba", "cc-by", "d1", "Bye.", "잘 가.")]))
    items = read(pool, doc_column="3", src_column="4", tgt_column="5")
    assert [(x.doc_id, x.src_text, x.tgt_text) for x in items] == [("d1", "Hi.", "안녕."), ("d1", "Bye.", "잘 가.")]
    deep = tmp_path / "deep.jsonl"
    deep.write_bytes(jsonl([{"t": {"x": "Hi.", "y": "안녕."}, "meta": {"doc": 7}}]))
    assert read(deep, src_column="t.x", tgt_column="t.y", doc_column="meta.doc") == [
        Pair(id=f"{deep}:1", src_lang="en", tgt_lang="ko", src_text="Hi.", tgt_text="안녕.", doc_id="7")
    ]
    named_header = tmp_path / "header.tsv"
    named_header.write_bytes(tsv([("note", "english", "korean"), ("n", "Hi.", "안녕.")]))
    assert texts_of(read(named_header, src_column="english", tgt_column="korean")) == [("Hi.", "안녕.")]


def test_bitext_number_that_is_a_header_name_is_the_name(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(jsonl([{"2": "two", "1": "one"}]))
    assert texts_of(read(path, src_column="1", tgt_column="2")) == [("one", "two")]


@pytest.mark.parametrize(
    ("name", "content", "options", "ids"),
    [
        ("x.tsv", tsv([("id", "en", "ko"), ("k1", "a", "b"), ("", "c", "d")]), {}, ["k1", "{path}:2"]),
        ("x.tsv", tsv([("a", "b"), ("c", "d")]), {}, ["{path}:1", "{path}:2"]),
        ("x.tsv", tsv([("key", "en", "ko"), ("k1", "a", "b")]), {"id_column": "key"}, ["k1"]),
        ("x.jsonl", jsonl([{"id": 5, "en": "a", "ko": "b"}, {"en": "c", "ko": "d"}]), {}, ["5", "{path}:2"]),
        ("x.jsonl", b"\n" + jsonl([{"en": "a", "ko": "b"}]), {}, ["{path}:2"]),
        ("x.tmx", tmx(ROWS[:2]), {}, ["u0", "u1"]),
    ],
)
def test_bitext_ids(tmp_path: Path, name: str, content: bytes, options: dict[str, str], ids: list[str]) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert [item.id for item in read(path, **options)] == [expected.format(path=path) for expected in ids]


@pytest.mark.parametrize(
    ("row", "own_id"),
    [
        ({"en": "I eat.", "id": "Saya makan."}, "Saya makan."),
        ({"id": "k1", "translation": {"en": "I eat.", "id": "Saya makan."}}, "k1"),
        ({"id": "k1", "source": "I eat.", "target": "Saya makan."}, "k1"),
        ({"id": "k1", "src_text": "I eat.", "tgt_text": "Saya makan."}, "k1"),
        ({"tuid": "k1", "en": "I eat.", "id": "Saya makan."}, "k1"),
    ],
)
def test_bitext_column_id_holds_indonesian_or_the_row_id(
    tmp_path: Path, row: dict[str, object], own_id: str | None
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(jsonl([row]))
    expected = Pair(id=own_id or f"{path}:1", src_lang="en", tgt_lang="id", src_text="I eat.", tgt_text="Saya makan.")
    assert read(path, tgt_lang="id") == [expected]


def test_bitext_header_with_id_twice_asks_for_a_number(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes(tsv([("id", "en", "id"), ("k1", "I eat.", "Saya makan.")]))
    with pytest.raises(InputError, match="more than one column 'id'"):
        read(path, tgt_lang="id")


def test_bitext_languages_with_a_script_are_found_by_either_name(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(jsonl([{"en": "Hi.", "zh": "你好。"}]))
    assert texts_of(read(path, tgt_lang="zh-Hans")) == [("Hi.", "你好。")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.jsonl", jsonl([{"en": "only"}, {"en": "a", "ko": "b"}])),
        ("x.tmx", tmx([("a", "b")]).replace(b"<body>", b"<body><tu><tuv xml:lang='en'><seg>only</seg></tuv></tu>")),
    ],
)
def test_bitext_first_unit_may_lack_a_language(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    first, second = read(path)
    assert isinstance(first, Reject)
    assert first.reason == "missing_field"
    assert (second.src_text, second.tgt_text) == ("a", "b")


def test_bitext_limit_takes_the_first_rows_over_all_files(tmp_path: Path) -> None:
    for name in ("a.tsv", "b.tsv"):
        (tmp_path / name).write_bytes(tsv(ROWS))
    bitext = Bitext(
        BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(tmp_path / "a.tsv"), str(tmp_path / "b.tsv")), limit=5)
    )
    assert texts_of(list(bitext)) == [*ROWS, ROWS[0]]
    assert bitext.rows_read == [4, 1]
    assert len(list(bitext)) == 5, "a second pass reads from the beginning"


def test_bitext_facts_name_files_as_given_with_the_hash_of_what_lies_on_disk(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.tsv").write_bytes(b"a\tb\n")
    [facts] = Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=("x.tsv",))).facts()
    # by sha256sum of coreutils
    assert facts[:3] == ("x.tsv", 4, "5dd1197866f479824d9b483e1b7ae9ad3e518f3b4fd447c6b92d127dda6178c5")


@pytest.mark.parametrize(
    "options",
    [{}, {"paths": ("a",), "src_file": "b"}, {"src_file": "a"}, {"tgt_file": "a"}],
)
def test_bitext_spec_wants_paths_or_a_moses_pair(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        BitextSpec(src_lang="en", tgt_lang="ko", **options)


@pytest.mark.parametrize("name", ["empty.tsv", "empty.csv", "empty.jsonl", "empty.tsv.gz", "empty.tsv.zst"])
def test_bitext_empty_file_has_no_rows(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(PACKERS[path.suffix](b"") if path.suffix in PACKERS else b"")
    assert read(path) == []


def test_bitext_header_alone_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes(b"en\tko\n")
    assert read(path) == []
