"""Where translations stand in a row, and the schema that has room for them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from cscl_data.errors import ConfigError
from cscl_data.pipelines.bundle_output import placed, suffix_of, with_siblings
from cscl_data.text.fields import find

RECORD = {
    "id": 7,
    "question": "Who?",
    "choices": ["red", "", "blue"],
    "turns": [{"role": "user", "content": "Hi"}, {"role": "bot", "content": None}],
    "meta": {"title": "A", "lang": "en"},
}
FIELDS = ("question", "choices.*", "turns.*.content", "meta.title")


def changed_of(record: dict) -> dict:
    places = [place for path in FIELDS for place in find(record, path)]
    return {place: f"<{value}>" for place, value in places if value}


def schema_of(record: dict) -> pa.Schema:
    return pa.schema([(name, pa.array([value]).type) for name, value in record.items()])


def test_replaced_changes_the_places_and_nothing_else() -> None:
    row = placed(RECORD, changed_of(RECORD), suffix_of("replaced", "en", "ko"), mode="replaced")
    assert row == {
        "id": 7,
        "question": "<Who?>",
        "choices": ["<red>", "", "<blue>"],
        "turns": [{"role": "user", "content": "<Hi>"}, {"role": "bot", "content": None}],
        "meta": {"title": "<A>", "lang": "en"},
    }


def test_suffix_keeps_the_source_and_adds_keys() -> None:
    row = placed(RECORD, changed_of(RECORD), suffix_of("suffix", "en", "ko"), mode="suffix")
    assert {key: row[key] for key in ("id", "question", "choices")} == {
        key: RECORD[key] for key in ("id", "question", "choices")
    }
    assert (row["question_ko"], row["choices_ko"]) == ("<Who?>", ["<red>", "", "<blue>"])
    assert row["turns"][0] == {"role": "user", "content": "Hi", "content_ko": "<Hi>"}
    assert row["meta"] == {"title": "A", "lang": "en", "title_ko": "<A>"}


def test_both_has_the_translation_in_place_and_the_source_beside_it() -> None:
    row = placed(RECORD, changed_of(RECORD), suffix_of("both", "en", "ko"), mode="both")
    assert (row["question"], row["question_en"]) == ("<Who?>", "Who?")
    assert row["turns"][0] == {"role": "user", "content": "<Hi>", "content_en": "Hi"}


@pytest.mark.parametrize("mode", ["replaced", "both", "suffix"])
def test_row_fits_the_schema(mode: str) -> None:
    suffix = suffix_of(mode, "en", "ko")
    schema = with_siblings(schema_of(RECORD), FIELDS, suffix)
    row = placed(RECORD, changed_of(RECORD), suffix, mode=mode)
    back = pa.Table.from_pylist([row], schema=schema).to_pylist()[0]
    assert set(back) == set(row)
    assert back["choices"] == row["choices"]
    assert {key: value for key, value in back["turns"][0].items() if value is not None} == row["turns"][0]
    assert back["meta"] == row["meta"]


def test_key_that_is_there_already_is_refused() -> None:
    with pytest.raises(ConfigError, match="question_ko"):
        with_siblings(schema_of({**RECORD, "question_ko": "?"}), FIELDS, "_ko")


@pytest.mark.parametrize("path", ["meta.title", "meta.*", "turns.*.content"])
def test_key_that_is_there_already_is_refused_inside_objects_too(path: str) -> None:
    record = {**RECORD, "meta": {"title": "A", "title_ko": "에이"}, "turns": [{"content": "Hi", "content_ko": "안녕"}]}
    with pytest.raises(ConfigError, match="_ko"):
        with_siblings(schema_of(record), [path], "_ko")


def test_two_paths_into_one_list_share_its_sibling() -> None:
    schema = with_siblings(schema_of(RECORD), ("choices.0", "choices.2"), "_ko")
    assert schema.names[-1] == "choices_ko"
    row = placed(RECORD, {("choices", 0): "빨강", ("choices", 2): "파랑"}, "_ko", mode="suffix")
    assert row["choices_ko"] == ["빨강", "", "파랑"]
