"""`doctor` says what is installed, on standard output."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from cscl_data import __version__
from tests.cli.calling import make


def test_table_and_json_tell_the_same() -> None:
    table, found = make("doctor"), json.loads(make("doctor", "--json").stdout)
    assert table.stderr == ""
    for name, facts in found["packages"].items():
        line = next(line for line in table.stdout.splitlines() if line.startswith(f"{name} "))
        assert (facts["version"] or "not installed") in line
        assert facts["licence"] in line


def test_packages_are_ones_that_the_project_asks_for(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["kiwi"]]
    asked = {line.split(">")[0].split("[")[0] for line in lines}
    found = json.loads(make("doctor", "--json").stdout)["packages"]
    assert set(found) <= asked
    assert all(found[name]["version"] for name in ("pyarrow", "torch"))


def test_shipped_models_are_there() -> None:
    assert json.loads(make("doctor", "--json").stdout)["models"]["default"] > 1_000_000


def test_version_of_the_command() -> None:
    assert make("--version").stdout.strip() == f"cscl-data {__version__}"
