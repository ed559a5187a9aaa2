"""`doctor` says what is installed, on standard output."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from cscl_data import __version__
from tests.aligners.eflomal_programs import stand_in
from tests.cli.calling import make

EXTRAS = ("evaluation", "filters", "kiwi", "llm", "peft")


def test_table_and_json_tell_the_same() -> None:
    table, found = make("doctor"), json.loads(make("doctor", "--json").stdout)
    assert table.stderr == ""
    for name, facts in found["packages"].items():
        line = next(line for line in table.stdout.splitlines() if line.startswith(f"{name} "))
        assert (facts["version"] or "not installed") in line
        assert facts["licence"] in line


def test_optional_programs_are_looked_for_on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for folder, there in ((tmp_path / "none", "not installed"), (stand_in(tmp_path / "bin").parent, "on PATH")):
        monkeypatch.setenv("PATH", str(folder))
        [line] = [line for line in make("doctor").stdout.splitlines() if line.startswith("eflomal-align ")]
        assert line.split(maxsplit=1)[1].startswith(f"{there:<14} GPL-3.0")
        found = json.loads(make("doctor", "--json").stdout)["programs"]["eflomal-align"]
        assert (found["path"] is not None) == (there == "on PATH")


def test_packages_are_ones_that_the_project_asks_for(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *(
            line
            for name in ("embeddings", "evaluation", "filters", "kiwi", "llm", "peft")
            for line in project["optional-dependencies"][name]
        ),
    ]
    asked = {line.split(">")[0].split("[")[0] for line in lines}
    found = json.loads(make("doctor", "--json").stdout)["packages"]
    assert set(found) <= asked
    assert all(found[name]["version"] for name in ("pyarrow", "torch"))


def test_shipped_models_are_there() -> None:
    assert json.loads(make("doctor", "--json").stdout)["models"]["default"] > 1_000_000


def test_version_of_the_command() -> None:
    assert make("--version").stdout.strip() == f"cscl-data {__version__}"
