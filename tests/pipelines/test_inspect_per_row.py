import csv
import json

import pyarrow.parquet as pq
import pytest

from cscl_data.errors import ConfigError
from cscl_data.pipelines.inspection.per_row import SCHEMA, measured_row, write_per_row
from tests.evaluation.test_switching import SAMPLE
from tests.pipelines.directories import sentence_row, token_row, write_directory, write_run


def test_worked_example():
    row = measured_row("a", SAMPLE)
    assert list(row) == SCHEMA.names
    assert (row["tokens"], row["tokens_with_language"], row["languages"], row["switches"]) == (13, 11, 2, 3)
    assert row["runs"] == [2, 4, 3, 2]
    rounded = {name: round(row[name], 5) for name in ("cmi", "m_index", "spf", "burstiness", "memory", "span_entropy")}
    assert rounded == {
        "cmi": 45.45455,
        "m_index": 0.98361,
        "spf": 0.3,
        "burstiness": -0.53668,
        "memory": -0.5,
        "span_entropy": 1.5,
    }


def directory(tmp_path, n=3):
    rows = [[token_row(f"p{i}\t/en/0") for i in range(n)], [token_row("last/en/0")]]
    return write_directory(tmp_path / "out", "token_cs/1", rows)


def measure(tmp_path, name, **choices):
    path = tmp_path / name
    out = directory(tmp_path, n=2000)
    settings = {"by_word": False, "counted": ()} | choices
    assert write_per_row(path, out, "token_cs/1", **settings) == 2001
    return path


def test_parquet_holds_every_row_in_order(tmp_path):
    path = measure(tmp_path, "rows.parquet")
    with pq.ParquetFile(path) as file:
        assert file.metadata.num_row_groups == 2
    table = pq.read_table(path)
    assert table.schema == SCHEMA
    assert table["id"].to_pylist()[::2000] == ["p0\t/en/0", "last/en/0"]
    assert set(table["runs"].to_pylist()[0]) == {1, 2}
    assert table["memory"].null_count == 2001


def test_tsv_and_jsonl_hold_the_same(tmp_path):
    with measure(tmp_path, "rows.tsv").open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    objects = [json.loads(line) for line in measure(tmp_path, "rows.jsonl").read_text().splitlines()]
    assert len(lines) == len(objects) == 2001
    assert (lines[0]["id"], objects[0]["id"]) == ("p0\\t/en/0", "p0\t/en/0")
    assert (lines[0]["runs"], objects[0]["runs"]) == ("2 1", [2, 1])
    assert (lines[0]["memory"], objects[0]["memory"]) == ("", None)
    assert float(lines[0]["cmi"]) == objects[0]["cmi"] == pytest.approx(100 / 3)


def test_sentences_and_tagged_text(tmp_path):
    out = write_directory(tmp_path / "s", "sentence_cs/1", [[sentence_row()]])
    write_per_row(tmp_path / "s.jsonl", out, "sentence_cs/1", by_word=False, counted=())
    assert json.loads((tmp_path / "s.jsonl").read_text())["switches"] == 2
    talk = tmp_path / "talk.jsonl"
    talk.write_text('{"id": "t", "tags": "A B"}\n{"id": "u", "tags": "A C"}\n')
    write_per_row(tmp_path / "t.jsonl", talk, "tagged", by_word=False, counted=("A", "B"))
    found = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    assert [(row["id"], row["switches"]) for row in found] == [("t", 1), ("u", 0)]


def test_kind_without_languages_is_refused_and_leaves_no_file(tmp_path):
    with pytest.raises(ConfigError, match="has no switching measures"):
        write_per_row(tmp_path / "x.tsv", write_run(tmp_path / "run"), "train", by_word=False, counted=())
    assert not [path for path in tmp_path.iterdir() if path.is_file()]
