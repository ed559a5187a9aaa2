"""A shard holds exactly the rows it was given, and refuses those that do not fit its schema."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import InputError, SchemaError
from cscl_data.io.dataset import dataset_schema, iter_dataset, read_manifest, shard_paths
from cscl_data.io.shards import file_facts, iter_shard, schema_name, table_from_rows, write_shard
from cscl_data.records import schema_for
from tests.factories import make_alignment, make_pair, make_reject, texts

TOKEN_ROW: dict[str, Any] = {
    "id": "p0/en/0",
    "pair_id": "p0",
    "doc_id": None,
    "text": "one 둘",
    "matrix_lang": "en",
    "embedded_lang": "ko",
    "tokens": [{"start": 0, "end": 3, "lang": "en", "switched": False}],
    "edits": [],
    "switch_ratio": 0.5,
    "cmi": 50.0,
    "src_text": "one two",
    "tgt_text": "하나 둘",
    "sig": "schema:token_cs/1",
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": 1}, "extra"),
        ({"text": None}, "column text: 1 null"),
        ({"text": 5}, "do not fit"),
        ({"text": "\ud83d"}, "do not fit"),
        ({"switch_ratio": "half"}, "do not fit"),
        ({"tokens": None}, "column tokens: 1 null"),
        ({"tokens": [None]}, r"column tokens\[\]: 1 null"),
        ({"tokens": [{"start": 0, "end": 3, "lang": None, "switched": False}]}, r"tokens\[\]\.lang: 1 null"),
        ({"tokens": [{"start": 0, "end": 3, "switched": False}]}, r"tokens\[\]\.lang: 1 null"),
        ({"tokens": [{"start": 2**31, "end": 3, "lang": "en", "switched": False}]}, "do not fit"),
        ({"tokens": [{"start": "0", "end": 3, "lang": "en", "switched": False}]}, "do not fit"),
        ({"tokens": {"start": 0}}, "do not fit"),
    ],
)
def test_table_from_rows_refuses_what_does_not_fit(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SchemaError, match=message) as caught:
        table_from_rows([TOKEN_ROW, {**TOKEN_ROW, **change}], schema_for("token_cs/1"))
    assert caught.value.exit_code == 3


def test_table_from_rows_refuses_a_missing_column() -> None:
    row = {key: value for key, value in TOKEN_ROW.items() if key != "sig"}
    with pytest.raises(SchemaError, match="p0/en/0: columns differ from the schema: sig"):
        table_from_rows([row], schema_for("token_cs/1"))


def test_table_from_rows_allows_null_where_the_schema_does() -> None:
    table = table_from_rows([TOKEN_ROW], schema_for("token_cs/1"))
    assert table["doc_id"].to_pylist() == [None]
    scored = make_alignment().row("s")
    assert table_from_rows([scored], schema_for("alignment/1")).to_pylist() == [scored]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("token_cs/1", TOKEN_ROW),
        ("pair/1", make_pair().row()),
        ("alignment/1", make_alignment().row("sig")),
        ("reject/1", make_reject().row()),
    ],
)
def test_shard_round_trip_with_schema_name(tmp_path: Path, name: str, row: dict[str, Any]) -> None:
    path = tmp_path / "x.parquet"
    facts = write_shard(path, table_from_rows([row], schema_for(name)))
    assert list(iter_shard(path)) == [row]
    assert schema_name(path) == name
    assert pq.read_schema(path).remove_metadata() == schema_for(name).remove_metadata()
    assert facts == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


def test_shard_groups_of_1024_rows_zstd(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    rows = [make_pair(id=str(i)).row() for i in range(2500)]
    write_shard(path, table_from_rows(rows, schema_for("pair/1")))
    metadata = pq.read_metadata(path)
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [1024, 1024, 452]
    assert metadata.row_group(0).column(0).compression == "ZSTD"
    assert [row["id"] for row in iter_shard(path, ["id"])] == [row["id"] for row in rows]


def test_empty_shard_keeps_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_shard(path, table_from_rows([], schema_for("mono/1")))
    assert list(iter_shard(path)) == []
    assert schema_name(path) == "mono/1"


def test_equal_rows_give_equal_bytes(tmp_path: Path) -> None:
    rows = [make_pair(id=str(i)).row() for i in range(10)]
    facts = {
        write_shard(tmp_path / name, table_from_rows(rows, schema_for("pair/1"))).sha256 for name in ("a", "b.parquet")
    }
    assert len(facts) == 1


def test_iter_shard_names_a_missing_column_and_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_shard(path, table_from_rows([make_pair().row()], schema_for("pair/1")))
    with pytest.raises(InputError, match="no column 'text'") as caught:
        list(iter_shard(path, ["id", "text"]))
    assert "src_text" in str(caught.value.hint)


def test_file_facts_of_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        file_facts(tmp_path / "absent")


@given(rows=st.lists(st.tuples(texts(), texts(), st.none() | texts()), max_size=4))
def test_shard_text_is_verbatim(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "verbatim.parquet"
    given_rows = [make_pair(a, b, id=str(i), doc_id=c).row() for i, (a, b, c) in enumerate(rows)]
    write_shard(path, table_from_rows(given_rows, schema_for("pair/1")))
    assert list(iter_shard(path)) == given_rows


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A directory of two shards, made out of order."""
    for number in (1, 0):
        rows = [make_pair(id=f"{number}-{i}").row() for i in range(3)]
        write_shard(tmp_path / "data" / f"train-{number:05d}.parquet", table_from_rows(rows, schema_for("pair/1")))
    return tmp_path


def test_dataset_reads_shards_in_order(dataset: Path) -> None:
    assert [path.name for path in shard_paths(dataset)] == ["train-00000.parquet", "train-00001.parquet"]
    assert [row["id"] for row in iter_dataset(dataset, ["id"])] == ["0-0", "0-1", "0-2", "1-0", "1-1", "1-2"]
    assert dataset_schema(dataset) == "pair/1"


def test_dataset_of_two_schemas_is_refused(dataset: Path) -> None:
    write_shard(dataset / "data" / "train-00002.parquet", table_from_rows([], schema_for("mono/1")))
    with pytest.raises(SchemaError, match=r"mono/1, pair/1"):
        dataset_schema(dataset)


def test_dataset_that_is_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such directory"):
        shard_paths(tmp_path / "absent")
    with pytest.raises(InputError, match="not a shard directory"):
        shard_paths(tmp_path)


@pytest.mark.parametrize("content", [None, b"{", b"\xff"])
def test_manifest_that_cannot_be_read_is_an_input_error(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(InputError, match=r"manifest\.json"):
        read_manifest(tmp_path)


def test_shard_without_our_metadata_has_no_schema_name(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "x.parquet")
    assert schema_name(tmp_path / "x.parquet") is None
