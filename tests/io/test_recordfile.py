import json

import pytest

from cscl_data.errors import InputError
from cscl_data.io.recordfile import Record, Records, RecordSpec
from cscl_data.records import Reject


def opened(path, rows, **spec):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return Records(RecordSpec(paths=(str(path),), **spec))


def test_records_keep_their_values_and_take_their_ids_from_id_or_place(tmp_path):
    rows = [{"id": "a", "n": 1, "list": [{"t": "x"}, {"t": None}]}, {"n": 2, "list": []}]
    records = opened(tmp_path / "r.jsonl", rows)
    assert list(records) == [Record("a", rows[0]), Record(f"{tmp_path / 'r.jsonl'}:2", rows[1])]
    assert records.rows_read == [2]


def test_schema_holds_all_records(tmp_path):
    schema = opened(tmp_path / "r.jsonl", [{"a": "x"}, {"b": [{"c": 1}]}, {"a": None}]).schema()
    assert schema.names == ["a", "b"]
    assert str(schema.field("b").type).startswith("list")


def test_column_of_text_and_numbers_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="different types"):
        opened(tmp_path / "r.jsonl", [{"a": "x"}, {"a": 1}]).schema()


def test_column_of_empty_objects_is_named_before_anything_is_made(tmp_path):
    with pytest.raises(InputError, match="column 'meta'"):
        opened(tmp_path / "r.jsonl", [{"a": "x", "meta": {}}, {"a": "y", "meta": {}}]).schema()
    opened(tmp_path / "s.jsonl", [{"meta": {}}, {"meta": {"k": "v"}}]).schema()


def test_bad_lines_are_rejects_and_a_csv_row_of_odd_length_too(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("id,q\na,What?\nb,Who?,stray\n", encoding="utf-8")
    first, second = Records(RecordSpec(paths=(str(path),)))
    assert first == Record("a", {"id": "a", "q": "What?"})
    assert isinstance(second, Reject)
    assert (second.reason, second.detail) == ("missing_field", "3 cells under 2 headers")
