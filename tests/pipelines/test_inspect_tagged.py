import json

import pytest

from cscl_data.errors import InputError
from cscl_data.pipelines.inspect import inspect_path

LINES = [
    {"tokens": ["Ich", "gehe", "eve", "."], "tags": ["DE", "DE", "TR", "OTHER"]},
    {"tokens": ["Handyı", "aldım"], "tags": ["MIXED", "TR"]},
    {"tokens": ["okay"], "tags": ["LANG3"]},
]


@pytest.fixture
def write(tmp_path):
    def write_lines(lines, name="talk.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        return path

    return write_lines


def test_only_languages_count(write):
    inspection = inspect_path(write(LINES))
    assert (inspection.kind, inspection.is_sound, inspection.counts) == ("tagged", True, {"rows": 3})
    switching = inspection.statistics["switching"]
    assert (switching["texts"], switching["mixed"], switching["switches"]) == (3, 1, 1)
    assert switching["cmi_mixed"]["mean"] == pytest.approx(100 / 3, abs=1e-5)
    assert {tag: entry["count"] for tag, entry in inspection.statistics["tags_not_counted"].items()} == {
        "LANG3": 1,
        "MIXED": 1,
        "OTHER": 1,
    }


def test_languages_can_be_named(write):
    switching = inspect_path(write(LINES), counted=("MIXED", "TR")).statistics["switching"]
    assert (switching["mixed"], switching["switches"]) == (1, 1)


def test_tags_may_be_one_text_and_tokens_may_be_missing(write):
    # The worked example of METHODS: CMI 45.4545.
    inspection = inspect_path(write([{"tags": "EN EN HI HI UNIV UNIV HI HI EN EN EN HI HI"}]))
    assert inspection.statistics["switching"]["cmi"]["mean"] == pytest.approx(45.4545, abs=5e-5)
    assert inspection.rows[0].lines == ()


def test_shown_text_marks_the_other_language(write):
    row = next(row for row in inspect_path(write(LINES)).rows if row.id.endswith(":1"))
    assert "".join(piece.text for piece in row.lines[0].pieces) == "Ich gehe eve ."
    assert [piece.text for piece in row.lines[0].pieces if piece.marked] == ["eve"]


def test_bad_rows_are_named_and_left_out(write):
    inspection = inspect_path(write([*LINES, {"tokens": ["a"], "tags": ["DE", "TR"]}, {"tags": 3}]))
    assert inspection.counts == {"rows": 3}
    assert [problem.what for problem in inspection.problems] == [
        "has 1 tokens and 2 tags",
        "has no list `tags` of texts",
    ]
    assert inspection.problems[0].place.endswith("talk.jsonl:4")


def test_tag_that_never_comes_is_refused_with_those_that_do(write):
    with pytest.raises(InputError, match="no token is tagged ES") as caught:
        inspect_path(write(LINES), counted=("DE", "ES"))
    assert caught.value.hint == "name the languages with --count; its tags are: DE, TR, OTHER, MIXED, LANG3"


def test_file_without_languages_is_refused(write):
    with pytest.raises(InputError, match="no token is tagged with a language"):
        inspect_path(write(LINES[2:]))


def test_file_of_something_else_is_refused(write, tmp_path):
    with pytest.raises(InputError, match=r"talk.jsonl:1: has no list `tags`"):
        inspect_path(write([{"en": "One."}]))
    with pytest.raises(InputError, match="no such file or directory"):
        inspect_path(tmp_path / "nothing")


def test_measures_of_real_talk(shared_data):
    switching = inspect_path(shared_data / "cs-natural" / "trde-sagt.dev.jsonl", sample=0).statistics["switching"]
    assert (switching["texts"], switching["mixed"]) == (801, 746)
    assert 0.165 < switching["spf"]["mean"] < 0.18
