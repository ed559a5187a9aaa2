"""`cscl-data evaluate translation`: what it prints and writes, and how it fails."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from cscl_data.io.shards import table_from_rows, write_shard
from cscl_data.records import named_schema
from tests.cli.calling import call, make
from tests.pipelines.translations import FIELDS, REF_FIELDS, REFERENCES, translated, write_lines


@pytest.fixture
def ref(tmp_path):
    return write_lines(tmp_path / "ref.jsonl", REFERENCES)


@pytest.fixture
def scored(ref):
    return ("--ref", ref, "--fields", FIELDS, "--ref-fields", REF_FIELDS)


def test_tables_signatures_and_notes_are_printed(tmp_path, scored):
    called = make("evaluate", "translation", "--hyp", f"mine={translated(tmp_path)}", *scored)
    lines = called.stdout.splitlines()
    assert lines[0] == "records, and first tries that came apart, %"
    assert lines[2].split() == ["mine", "3", "2", "1", "0", "-", "-", "-"]
    assert lines[4] == "all fields"
    assert lines[6].split()[:2] == ["mine", "7"]
    assert [line for line in lines if line.startswith("bleu nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")]
    assert [line for line in lines if line.startswith("chrf nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:")]


def test_json_is_one_object(tmp_path, scored):
    called = make("evaluate", "translation", "--hyp", translated(tmp_path), *scored, "--json")
    assert called.stdout.count("\n") == 1
    (part,) = json.loads(called.stdout)["hypotheses"]
    assert (part["name"], part["tokenizer"], part["scores"]["all fields"]["texts"]) == ("out", "13a", 7)


@pytest.mark.parametrize("out", ["page.html", "folder"])
def test_page_is_written_with_plots_and_names_escaped(tmp_path, scored, out):
    called = make(
        "evaluate", "translation", "--hyp", f"<b>={translated(tmp_path)}", *scored, "--out", tmp_path / out,
    )  # fmt: skip
    page = tmp_path / out if out.endswith(".html") else tmp_path / out / "translation.html"
    assert called.stderr == f"page {page}\n"
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") == 1
    assert "&lt;b&gt;" in text
    assert "<b>" not in text


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--hyp", "nothing"], 3, "error: nothing: no such directory"),
        (["--hyp", "{out}", "--ref", "none.jsonl"], 3, "error: none.jsonl: no such file"),
        (["--hyp", "{out}", "--fields", "question"], 2, "error: --ref-fields has 3 fields, but --fields has 1"),
        (["--hyp", "={out}"], 2, "expected NAME=PATH, or a path"),
        ([], 2, "--hyp"),
    ],
)
def test_errors_are_clear(tmp_path, scored, arguments, code, message):
    out = translated(tmp_path)
    called = call("evaluate", "translation", *scored, *(item.format(out=out) for item in arguments))
    assert called.code == code
    assert message in called.stderr
    assert "Traceback" not in called.stderr


def test_directory_of_another_command_is_refused(tmp_path, scored):
    schema = named_schema(pa.schema([("id", pa.string())]), "mono/1")
    write_shard(tmp_path / "t" / "data" / "train-00000.parquet", table_from_rows([], schema))
    called = call("evaluate", "translation", "--hyp", tmp_path / "t", *scored)
    assert (called.code, "holds mono/1, not bundle/1" in called.stderr) == (3, True)
