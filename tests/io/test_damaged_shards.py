"""A shard that was cut, or in which a bit has flipped, is named by whoever reads it: never other rows, never a bug."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cscl_data.errors import InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.dataset import check_recorded
from cscl_data.io.fingerprints import file_input
from cscl_data.io.shards import file_facts, iter_shard, table_from_rows, write_shard
from cscl_data.io.sources import find_sources, input_facts
from cscl_data.records import schema_for
from tests.cli.calling import EN_KO, KOREAN, call, make

ROWS = [
    {"id": f"d{n}", "doc_id": None, "text": f"물 한 잔 {n}, a cup of tea", "lang": "ko", "sig": "s"} for n in range(40)
]


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """What a job has left: one shard and its manifest."""
    path = tmp_path / "out" / "data" / "train-00000.parquet"
    facts = write_shard(path, table_from_rows(ROWS, schema_for("mono/1")))
    entry = {"path": "data/train-00000.parquet", **facts._asdict()}
    (tmp_path / "out" / "manifest.json").write_text(json.dumps({"shards": [entry]}), encoding="utf-8")
    return path


def in_training(path: Path) -> list[dict[str, Any]]:
    from cscl_data.train.forms import FORMS
    from cscl_data.train.order import list_row_groups, read_rows

    form = FORMS["causal-lm"]
    groups = list_row_groups(path.parent.parent, form)
    return [{"id": row.id, "text": row.values[0]} for group in groups for row in read_rows(group, form)]


@pytest.mark.parametrize("read", [lambda path: list(iter_shard(path)), in_training], ids=["shard", "training"])
def test_no_flipped_bit_and_no_cut_gives_other_rows(output: Path, read: Callable[[Path], list[dict[str, Any]]]) -> None:
    whole, expected = output.read_bytes(), [(row["id"], row["text"]) for row in ROWS]
    pages = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")  # behind them the footer, which sha256 alone guards
    damaged = [
        *(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :] for at in range(0, pages, 23)),
        *(whole[:at] for at in range(0, len(whole), 97)),
    ]
    named: list[str] = []
    for content in damaged:
        output.write_bytes(content)
        try:
            assert [(row["id"], row["text"]) for row in read(output)] == expected
        except InputError as error:
            named.append(error.message)
    assert len(named) > len(damaged) // 2
    assert all(str(output) in message for message in named)


def test_shard_that_is_not_the_one_of_its_manifest_is_named_before_it_is_read(output: Path) -> None:
    whole = output.read_bytes()
    other = bytearray(whole)
    other[-20] ^= 1
    [source] = find_sources([str(output.parent.parent)], forms=("parquet",))
    assert input_facts(source).sha256 == file_facts(output).sha256
    for content in (bytes(other), whole[:-1], whole + b"\0"):
        output.write_bytes(content)
        for look in (lambda: input_facts(source), lambda: file_input(output, "links")):
            with pytest.raises(InputError, match="its sha256 is not that of") as caught:
                look()
            assert str(output) in caught.value.message
            assert "--verify" in str(caught.value.hint)


def test_shard_is_compared_wherever_it_is_named_from(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(output.parent)
    check_recorded(Path(output.name), file_facts(output).sha256)
    with pytest.raises(InputError, match="its sha256 is not that of"):
        check_recorded(Path(output.name), "0" * 64)


def test_training_refuses_a_shard_of_another_size(output: Path) -> None:
    from cscl_data.train.plan import shard_facts

    [facts] = shard_facts(output.parent.parent)
    assert facts["sha256"] == file_facts(output).sha256
    write_shard(output, table_from_rows(ROWS[:9], schema_for("mono/1")))
    with pytest.raises(InputError, match="its sha256 is not that of"):
        shard_facts(output.parent.parent)


@pytest.mark.parametrize("text", [None, "[]", "{", '{"shards": 1}', '{"shards": [{"path": 1}]}', '{"shards": null}'])
def test_files_beside_no_manifest_of_ours_are_taken_as_they_are(output: Path, text: str | None) -> None:
    manifest = output.parent.parent / "manifest.json"
    manifest.unlink() if text is None else manifest.write_text(text, encoding="utf-8")
    check_recorded(output, "0" * 64)
    check_recorded(output.with_suffix(".tsv"), "0" * 64)


@pytest.mark.slow
def test_links_made_before_are_named_where_they_were_damaged(tmp_path: Path) -> None:
    lexicon = tmp_path / "lexicon.tsv"
    lexicon.write_text("water\t물\n", encoding="utf-8")
    made = tmp_path / "links"
    make("align", KOREAN, *EN_KO, "--aligner", "lexicon", "--lexicon", lexicon, "--limit", 20, "--out", made)
    shard = made / "data" / "train-00000.parquet"
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 4
    shard.write_bytes(content)
    called = call("make-token-cs", KOREAN, *EN_KO, "--limit", 20, "--alignments", made, "--out", tmp_path / "out")
    assert (called.code, f"{shard}: not the file that was written" in called.stderr) == (3, True), called.stderr


CELLS = {
    "null": pa.nulls(3),
    "numbers": pa.array([1, None, 3]),
    "lists": pa.array([["a"], None, []]),
    "structs": pa.array([{"x": [1, None]}, None, {"x": None}]),
    "bytes": pa.array([b"\xff", None, b""]),
    "dates": pa.array([0, None, 1], pa.timestamp("us")),
    "maps": pa.array([[("a", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    "words": pa.array(["물", None, ""]),
    "codes": pa.array(["물", None, "물"]).dictionary_encode(),
}


@pytest.mark.parametrize("src", CELLS)
@pytest.mark.parametrize("tgt", ["null", "structs", "words"])
def test_columns_of_any_type_with_nulls_lose_no_row(tmp_path: Path, src: str, tgt: str) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"en": CELLS[src], "ko": CELLS[tgt], "id": CELLS[src], "more": CELLS[tgt]}), path)
    bitext = Bitext(BitextSpec(src_lang="en", tgt_lang="ko", paths=(str(path),)))
    assert len(list(bitext)) == 3
    assert bitext.rows_read == [3]
