"""Field paths over nested records."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cscl_data.errors import ConfigError, InputError
from cscl_data.text.fields import Part, find, format_path, parse_path, replace

RECORD = {
    "id": 7,
    "question": "Who?",
    "answers": [{"text": "A", "start": 1}, {"text": None, "start": 2}],
    "by": {"en": "x", "ko": "y"},
    "a.b": "dotted",
    "none": None,
    "empty": [],
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("question", [(("question",), "Who?")]),
        ("answers.*.text", [(("answers", 0, "text"), "A"), (("answers", 1, "text"), None)]),
        ("answers.1.start", [(("answers", 1, "start"), 2)]),
        ("by.*", [(("by", "en"), "x"), (("by", "ko"), "y")]),
        ("a\\.b", [(("a.b",), "dotted")]),
        ("none", [(("none",), None)]),
        ("none.*.x", []),
        ("empty.*.x", []),
    ],
)
def test_find(path, expected):
    assert find(RECORD, path) == expected


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("nope", "field nope: not there; the keys are id, question"),
        ("answers.*.nope", "field answers.0.nope: not there"),
        ("answers.2.text", "field answers.2: no such index in a list of 2"),
        ("answers.text", "field answers.text: no such index"),
        ("question.*", r"field question.\*: a string is neither"),
        ("id.x", "field id.x: a number is neither"),
    ],
)
def test_find_names_what_is_not_there(path, named):
    with pytest.raises(InputError, match=named):
        find(RECORD, path)


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a\\"])
def test_parse_path_refuses_malformed(path):
    with pytest.raises(ConfigError, match="field path"):
        parse_path(path)


def test_parse_path_escapes():
    assert parse_path("a\\.b.*.\\*.c\\\\d") == (Part("a.b"), Part("*", True), Part("*"), Part("c\\d"))


def test_replace_copies_only_what_changes():
    before = copy.deepcopy(RECORD)
    new = replace(RECORD, {("answers", 0, "text"): "B", ("by", "ko"): None})
    assert before == RECORD
    assert new["answers"] == [{"text": "B", "start": 1}, {"text": None, "start": 2}]
    assert new["by"] == {"en": "x", "ko": None}
    assert new["answers"][1] is RECORD["answers"][1]
    assert list(new) == list(RECORD)


@pytest.mark.parametrize(
    "path", [("nope",), ("answers", 5), ("answers", 0, "nope"), ("question", "x"), ("answers", "0")]
)
def test_replace_names_what_is_not_there(path):
    with pytest.raises(InputError, match="field "):
        replace(RECORD, {path: "x"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1, max_size=4), JSON, min_size=1, max_size=3))
def test_find_and_replace_are_inverse(record):
    for key in record:
        path = format_path((key,))
        assert find(record, path) == [((key,), record[key])]
        assert replace(record, dict(find(record, path))) == record
        changed = replace(record, {(key,): "new"})
        assert changed[key] == "new"
        assert {k: v for k, v in changed.items() if k != key} == {k: v for k, v in record.items() if k != key}
