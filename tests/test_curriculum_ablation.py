"""`examples/curriculum-ablation/`: its configurations hold, and its command runs from a bitext to the report."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
import yaml

from cscl_data.pipelines.curriculum.arms import ARMS
from cscl_data.pipelines.curriculum.plan_file import read_plan
from tests.cli.calling import EXAMPLE

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "curriculum-ablation"


@pytest.fixture(scope="module")
def ablation():
    spec = importlib.util.spec_from_file_location("ablation", FOLDER / "ablation.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_variables_are_filled_in_everywhere_and_nothing_else(ablation):
    tree = {"a": ["$DATA/x", 3, True], "b": {"c": "${DATA}y", "d": None}}
    assert ablation.filled(tree, {"DATA": "z"}) == {"a": ["z/x", 3, True], "b": {"c": "zy", "d": None}}
    with pytest.raises(KeyError):
        ablation.filled("$OTHER/x", {"DATA": "z"})


def test_options_are_typed_as_the_command_spells_them(ablation):
    assert ablation.flags({"batch_size": 4, "compile": True, "model": "tiny"}) == [
        *("--batch-size", "4", "--compile", "--model", "tiny")
    ]


@pytest.mark.parametrize("name", ["tiny.yaml", "98m.yaml"])
def test_plans_are_ones_that_make_curriculum_reads(ablation, tmp_path, name):
    config = ablation.read_config(FOLDER / name, tmp_path)
    plan = tmp_path / "plan.yaml"
    plan.write_text(yaml.safe_dump(config["curriculum"]), encoding="utf-8")
    read = read_plan(plan)
    assert {*read.controls, "cscl"} == set(ARMS)
    assert len(set(read.budgets.values())) == 1
    assert len(config["seeds"]) == 3


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_command_runs_from_a_bitext_to_the_report_and_goes_on(ablation, tmp_path):
    config = yaml.safe_load((FOLDER / "tiny.yaml").read_text(encoding="utf-8"))
    bitext = "$DATA/bitext.en-ko.jsonl"
    config |= {"seeds": [0, 1], "vocab_size": 512, "evaluate": {"same": {"bitext": bitext, "limit": 30, "threads": 1}}}
    config["train"] |= {"context": 64}
    config["curriculum"] |= {
        "budget": "1k",
        "controls": ["mono"],
        "bitext": {"input": bitext, "doc_column": "doc"},
        "mono": {"source": bitext, "target": bitext, "doc_column": "doc"},
        "sentence": {"mode": "alternate", "max_tokens": 60},
    }
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    command = ["--config", str(path), "--data", str(EXAMPLE), "--out", str(tmp_path / "out")]
    ablation.main([*command, "--seeds", "0", "--arms", "cscl"])
    first = json.loads((tmp_path / "out" / "same" / "report.json").read_text(encoding="utf-8"))
    ablation.main([*command, "--arms", "untrained,cscl"])
    report = json.loads((tmp_path / "out" / "same" / "report.json").read_text(encoding="utf-8"))
    assert [group["name"] for group in report["groups"]] == ["untrained", "cscl"]
    loss = {group["name"]: group["tables"]["bits a byte, by language"]["en"] for group in report["groups"]}
    assert all(len(values["values"]) == 2 for values in loss.values())
    assert loss["cscl"]["mean"] < loss["untrained"]["mean"]
    assert loss["cscl"]["sd"] > 0
    assert first["groups"][0]["models"] == report["groups"][1]["models"][:1]
