"""`cscl-data evaluate alignment`: what it prints, and how it fails."""

from __future__ import annotations

import json

import pytest

from tests.cli.calling import EN_KO, call, make


@pytest.fixture
def gold(tmp_path):
    path = tmp_path / "gold.jsonl"
    lines = [
        {"id": "a", "src": ["the", "cat", "drinks"], "tgt": ["고양이가", "마신다"], "alignment": [[1, 0], [2, 1]]},
        {"id": "b", "src": ["books"], "tgt": ["책을"], "alignment": [[0, 0]]},
    ]
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def links(tmp_path):
    path = tmp_path / "links"
    path.write_text("1-0 2-0\n0-0\n", encoding="utf-8")
    return path


def test_table_and_matrix_are_printed(gold, links):
    called = make("evaluate", "alignment", "--gold", gold, "--links", f"mine={links}", "--show", "a")
    lines = called.stdout.splitlines()
    assert lines[0] == "gold.jsonl, %"
    assert lines[2].split() == ["mine", "2", "all", "66.7", "66.7", "66.7", "33.3", "3", "3", "0"]
    assert "pair 1 (a) of gold.jsonl, links of mine: precision 50.0, recall 50.0, AER 50.0" in lines
    assert [line.split() for line in lines[-3:]] == [
        ["the", "0", ".", "."],
        ["cat", "1", "#", "."],
        ["drinks", "2", "x", "o"],
    ]


def test_json_is_one_object(gold, links):
    called = make("evaluate", "alignment", "--gold", gold, "--links", links, "--show", 2, "--json")
    assert called.stdout.count("\n") == 1
    found = json.loads(called.stdout)
    (score,) = found["scores"]
    assert score["aer"] == pytest.approx(1 / 3)
    assert (score["gold_form"], score["matched"], score["predicted"], score["sure"]) == ("jsonl", "order", 3, 3)
    assert found["pictures"][0]["cells"] == [{"src": 0, "tgt": 0, "kind": "sure_found"}]


def test_what_align_wrote_is_scored_by_id(gold, tmp_path):
    text = tmp_path / "pairs.jsonl"
    text.write_text(
        '{"id": "b", "en": "books", "ko": "책을"}\n{"id": "a", "en": "the cat drinks", "ko": "고양이가 마신다"}\n',
        encoding="utf-8",
    )
    pharaoh = tmp_path / "made"
    pharaoh.write_text("0-0\n1-0 2-1\n")
    out = tmp_path / "out"
    make("align", text, *EN_KO, "--pretokenized", "--aligner", "pharaoh", "--links", pharaoh, "--out", out)
    found = json.loads(make("evaluate", "alignment", "--gold", gold, "--links", out, "--json").stdout)
    assert (found["scores"][0]["aer"], found["scores"][0]["matched"]) == (0, "id")


def test_page_is_written(gold, links, tmp_path):
    page = tmp_path / "page.html"
    called = make("evaluate", "alignment", "--gold", gold, "--links", links, "--show", "a", "--html", page)
    assert called.stderr == f"page {page}\n"
    assert "고양이가" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--gold", "nothing", "--links", "{links}"], 3, "error: nothing: no such file"),
        (["--gold", "{gold}", "--links", "nothing"], 3, "error: nothing: no such file or directory"),
        (["--gold", "{gold}", "--links", "{links}", "--gold-index", "1"], 3, "counts from 0, not from 1\nhint: "),
        (["--gold", "{gold}", "--links", "{links}", "--links-index", "1"], 3, "counts from 0, not from 1\nhint: "),
        (["--gold", "{gold}", "--links", "{links}", "--scoring", "some"], 2, "error: unknown scoring 'some'"),
        (["--gold", "{gold}"], 2, "--links"),
        (["--gold", "{gold}", "--links", "{links}", "--links-index", "2"], 2, "--links-index"),
    ],
)
def test_errors_are_clear(gold, links, arguments, code, message):
    called = call("evaluate", "alignment", *(item.format(gold=gold, links=links) for item in arguments))
    assert called.code == code
    assert message in called.stderr
    assert "Traceback" not in called.stderr
