import json

import pytest
from typer.testing import CliRunner

from cscl_data.cli.app import app
from cscl_data.cli.inspect_print import _line
from cscl_data.pipelines.inspection.shown import Line, Piece
from tests.pipelines.directories import token_row, write_directory, write_run


@pytest.fixture
def out(tmp_path):
    return write_directory(tmp_path / "out", "token_cs/1", [[token_row(f"p{i}/en/0") for i in range(30)]])


def run(*arguments):
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)])


def test_sound_directory_exits_0_with_twenty_rows_in_brackets(out):
    result = run(out, "--verify")
    assert result.exit_code == 0
    assert result.stdout.count("I like [녹차].") == 20
    assert "every invariant holds, every hash too" in result.stdout
    assert "\x1b" not in result.stdout


def test_statistics_are_aligned(out):
    lines = run(out, "--rows", 0).stdout.splitlines()
    overview = lines[lines.index("Overview") + 1 :]
    assert overview[:2] == ["  kind                    token_cs/1", "  input rows              30"]


def test_broken_invariant_exits_3_and_names_the_place(tmp_path):
    out = write_directory(tmp_path, "token_cs/1", [[token_row("p0/en/0"), token_row("p1/en/0", switch_ratio=2.0)]])
    result = run(out)
    assert result.exit_code == 3
    assert "data/train-00000.parquet row p1/en/0: switch_ratio 2.0 is not between 0 and 1" in result.stdout


def test_json_is_one_object_on_one_line(out, tmp_path):
    result = run(out, "--json", "--rows", 2)
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert (document["sound"], document["counts"]["rows"], len(document["rows"])) == (True, 30, 2)


def test_json_of_several_directories_lists_them(out, tmp_path):
    result = run(out, write_run(tmp_path / "run"), "--json")
    assert [found["kind"] for found in json.loads(result.stdout)["directories"]] == ["token_cs/1", "train"]


def test_page_is_written(out, tmp_path):
    page = tmp_path / "pages" / "report.html"
    result = run(out, write_run(tmp_path / "run"), "--html", page)
    assert result.exit_code == 0
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "Loss by tokens trained on" in html
    assert "Rows by switch ratio" in html


def test_comparison_is_printed_and_in_the_json(out, tmp_path):
    talk = tmp_path / "talk.jsonl"
    talk.write_text('{"tokens": ["a", "b", "!"], "tags": ["DE", "TR", "OTHER"]}\n')
    options = (out, "--rows", 1, "--against", "natural", "--against", talk, "--count", "DE,TR")
    result = run(*options)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines.index("Against natural code-switching") < lines.index(f"Against {talk}")
    assert "1 row, drawn at random; in [ ]: what was switched in" in lines
    against = json.loads(run(*options, "--json").stdout)["against"]
    assert [found["kind"] for found in against] == ["natural", "tagged"]
    assert against[1]["measures"]["cmi_mixed.mean"]["other"] == 50.0
    assert len(against[0]["corpora"]) == 7


def test_measures_of_every_row_are_written(out, tmp_path):
    result = run(out, "--rows", 0, "--per-row", tmp_path / "rows.tsv")
    assert result.exit_code == 0
    assert len((tmp_path / "rows.tsv").read_text(encoding="utf-8").splitlines()) == 31
    assert f"measures of every row {tmp_path / 'rows.tsv'}" in result.stderr


def test_file_of_tagged_text_can_be_inspected(tmp_path):
    talk = tmp_path / "talk.jsonl"
    talk.write_text('{"tokens": ["Ich", "gehe", "eve"], "tags": ["DE", "DE", "TR"]}\n')
    result = run(talk)
    assert result.exit_code == 0
    assert "Ich gehe [eve]" in result.stdout


def test_rows_that_cannot_be_compared_exit_2(out, tmp_path):
    result = run(out, "--against", write_run(tmp_path / "run"))
    assert result.exit_code == 2
    assert "has no switching measures" in result.stderr


def test_foreign_directory_exits_3_with_a_hint(tmp_path):
    result = run(tmp_path)
    assert result.exit_code == 3
    assert result.stderr.startswith(f"error: {tmp_path}: not an output of cscl-data")
    assert "hint: give the directory that was the --out of another cscl-data command" in result.stderr


def test_control_characters_of_a_row_do_not_reach_the_terminal(tmp_path):
    row = token_row(src_text="I like green tea\x1b[2J.", text="I like 녹차\x1b[2J.")
    row["tokens"] = [*row["tokens"][:3], {"start": 13, "end": 14, "lang": "zxx", "switched": False}]
    result = run(write_directory(tmp_path, "token_cs/1", [[row]]))
    assert "I like [녹차]\\x1b[2J." in result.stdout
    assert "\x1b" not in result.stdout


def test_switched_words_are_coloured_by_language():
    line = Line(
        "text", "en", (Piece("I like "), Piece("녹차", "ko", marked=True), Piece("."), Piece("x", "", marked=True))
    )
    shown = _line(line, 4, {"ko": "red"})
    assert shown.plain == "  text  I like 녹차.[x]"
    assert [(shown.plain[span.start : span.end], span.style) for span in shown.spans] == [("녹차", "bold red")]
