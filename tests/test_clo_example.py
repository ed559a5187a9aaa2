"""`examples/clo/`: its records keep apart what is trained on and what is asked, and its command runs to the table."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "clo"
NAMES = ("records", "measure", "clo")


@pytest.fixture(scope="module")
def example() -> Iterator[dict[str, ModuleType]]:
    """The example's modules, which import each other by their names alone."""
    sys.path.insert(0, str(FOLDER))
    yield {name: importlib.import_module(name) for name in NAMES}
    sys.path.remove(str(FOLDER))
    for name in NAMES:
        sys.modules.pop(name)


def pages(n: int) -> list[dict[str, object]]:
    line = {"en": "This shows the files that are in a folder.", "xx": "폴더에 있는 파일들을 보여 줍니다."}
    return [
        {"page": f"p{i}", "title": f"tool{i}", "desc": [{k: f"{v} {i}" for k, v in line.items()}]} for i in range(n)
    ]


def test_both_sides_of_a_record_ask_the_same_and_long_pages_are_left_out(example: dict[str, ModuleType]) -> None:
    long = {"page": "long", "title": "t", "desc": [{"en": "x" * 99, "xx": "긴 설명"}]}
    half = {"page": "half", "title": "t", "desc": [{"en": "One side.", "xx": ""}]}
    made = example["records"].records_of([*pages(7), long, half, *pages(1)], "ko", 80)
    assert [record["id"] for record in made] == [f"p{i}" for i in range(7)]
    assert made[0]["prompt"] == "What does the command `tool0` do?"
    assert made[0]["prompt_xx"] == "`tool0` 명령은 무엇을 하나요?"
    assert made[6]["prompt"] == "What does the command `tool6` do?"
    with pytest.raises(SystemExit, match="no questions in fr"):
        example["records"].records_of(pages(1), "fr", 80)


def test_parts_are_disjoint_and_fewer_samples_are_the_first_of_more(example: dict[str, ModuleType]) -> None:
    records = example["records"]
    made = records.records_of(pages(30), "ko", 80)
    parts = records.parted(made, 10, 5)
    assert sorted(r["id"] for part in parts for r in part) == sorted(r["id"] for r in made)
    assert [len(part) for part in parts] == [15, 10, 5]
    assert records.sampled(parts.pool, 4, 1) == records.sampled(parts.pool, 8, 1)[:4]
    assert records.sampled(parts.pool, 8, 1) != records.sampled(parts.pool, 8, 2)
    with pytest.raises(SystemExit, match="30 records"):
        records.parted(made, 25, 5)


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("파일을 보여 줍니다.", "ko", True),
        ("파일을 보여 줍니다.", "en", False),
        ("Shows the files.", "en", True),
        ("`ls`", "ko", False),
        ("", "en", False),
    ],
)
def test_an_answer_counts_for_a_language_if_it_is_clearly_in_it(
    example: dict[str, ModuleType], text: str, lang: str, expected: bool
) -> None:
    other = {"en": "ko", "ko": "en"}[lang]
    assert example["measure"].is_in(text, lang, other) == expected


def test_every_language_has_every_question_and_both_settings_the_same_keys() -> None:
    questions = yaml.safe_load((FOLDER / "questions.yaml").read_text(encoding="utf-8"))
    assert {tuple(question) for question in questions} == {("en", "ko", "ja", "id")}
    assert all("{}" in text for question in questions for text in question.values())
    settings = [yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")) for name in ("cpu.yaml", "gpu.yaml")]
    assert len({tuple(one) for one in settings}) == 1


@pytest.mark.slow
def test_command_runs_from_pages_to_the_table(
    example: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(FOLDER.parent.parent))
    settings = yaml.safe_load((FOLDER / "cpu.yaml").read_text(encoding="utf-8"))
    settings |= {"samples": [8], "seeds": 1, "epochs": 1, "test": 4}
    settings["base"] |= {"vocab_size": 400, "text": "4k", "tokens": "2k", "epochs": 1}
    settings["train"] |= {"batch-size": 4, "context": 256, "threads": 1}
    settings["answers"] = {"most_tokens": 8, "threads": 1}
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(page) + "\n" for page in pages(30)), encoding="utf-8")
    text = "".join(f"We drink green tea at {i}.\t우리는 {i}시에 녹차를 마십니다.\n" for i in range(200))
    (tmp_path / "t.tsv").write_text(text, encoding="utf-8")
    arguments = ["--pages", "p.jsonl", "--text", "t.tsv", "--text-columns", "1,2", "--out", "out"]
    monkeypatch.chdir(tmp_path)
    example["clo"].main(["s.yaml", *arguments])
    found = json.loads((tmp_path / "out" / "clo.json").read_text(encoding="utf-8"))
    assert list(found) == ["start 0", "sft-target 8", "sft-both 8", "clo 8", "clo-all 8"]
    assert found["clo 8"][0]["loss"].keys() == {"en", "ko"}
    assert "| `clo` | 8 |" in capsys.readouterr().out
