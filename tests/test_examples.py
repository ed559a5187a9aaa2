"""Every script in `examples/` runs as it stands there, and every command has one of its name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.reference import EVERY_COMMAND

FOLDER = Path(__file__).resolve().parent.parent / "examples"
SCRIPTS = [pytest.param(path, id=path.name) for path in sorted(FOLDER.glob("*.sh"))]
LONG = ("evaluate-model.sh", "evaluate-translation-modes.sh", "make-priors.sh", "models-convert.sh", "train.sh")
"""What they show is shown by `demo.sh` too, or tested in less time."""
RUNS = [
    pytest.param(path, id=path.name, marks=pytest.mark.slow if path.name in LONG else ())
    for path in sorted(FOLDER.glob("*.sh"))
]


def test_every_command_has_an_example() -> None:
    assert {path.stem for path in FOLDER.glob("*.sh")} == {command.replace(" ", "-") for command in EVERY_COMMAND}


@pytest.mark.parametrize("path", SCRIPTS)
def test_script_is_short_explained_and_safe(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert 10 <= len(lines) <= 30
    assert sum(line.startswith("# ") for line in lines) >= 2
    assert os.access(path, os.X_OK)


@pytest.mark.parametrize("path", RUNS)
def test_script_runs_and_shows_what_it_made(path: Path, tmp_path: Path) -> None:
    """Run from another folder, with the command as its own program and no network."""
    command = tmp_path / "cscl-data"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cscl_data "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    env = {**os.environ, "CSCL_DATA": str(command), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(FOLDER.parent)}
    env |= {"PYTHON": sys.executable, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    out = tmp_path / "out"
    run = [str(path), str(out)]
    done = subprocess.run(run, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 3
    assert [file for file in out.rglob("*") if file.is_file()]
    assert "broken" not in done.stdout


def test_readme_names_every_example() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in FOLDER.iterdir():
        if path.name not in ("README.md", "__pycache__"):
            assert f"`{path.name}{'/' if path.is_dir() else ''}`" in text
