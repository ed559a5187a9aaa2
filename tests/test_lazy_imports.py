"""Starting the command loads nothing heavy, and each floor loads only what it is for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

HEAVY = {
    *("torch", "transformers", "spacy", "simalign", "ctranslate2", "sacremoses", "numba", "mecab", "sudachipy"),
    *("matplotlib", "datasets", "sentencepiece", "tokenizers", "huggingface_hub", "scipy", "sklearn", "pandas"),
}
ALSO_NOT_AT_START = {"pyarrow", "numpy", "jinja2"}


def loaded_after(statement: str) -> set[str]:
    """Return the top-level names of what a fresh Python has loaded after a statement."""
    script = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(name.split('.')[0] for name in sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_command_line_loads_nothing_heavy() -> None:
    assert not loaded_after("import cscl_data.cli.app") & (HEAVY | ALSO_NOT_AT_START)


@pytest.mark.parametrize(
    ("module", "may_load"),
    [
        ("cscl_data", set()),
        ("cscl_data.errors", set()),
        ("cscl_data.engine", set()),
        ("cscl_data.records", {"numpy", "pandas"}),
        ("cscl_data.io.bitext", {"numpy", "pandas"}),
        ("cscl_data.pipelines.job", {"numpy", "pandas"}),
        ("cscl_data.pipelines.sentence_cs", {"numpy", "pandas"}),
        ("cscl_data.generators.sentence", {"numpy", "pandas"}),
    ],
)
def test_module_loads_only_what_it_is_for(module: str, may_load: set[str]) -> None:
    assert not loaded_after(f"import {module}") & (HEAVY - may_load)


def test_help_of_the_command_and_of_every_sub_command() -> None:
    command = [sys.executable, "-m", "cscl_data"]
    top = subprocess.run([*command, "--help"], capture_output=True, text=True, check=False)
    assert top.returncode == 0, top.stderr
    script = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from cscl_data.cli.app import app\nfrom tests.cli.reference import EVERY_COMMAND\n"
        "for name in EVERY_COMMAND:\n"
        "    result = CliRunner().invoke(app, [*name.split(), '--help'])\n"
        "    assert result.exit_code == 0 and 'Usage' in result.output, (name, result.output, result.exception)\n"
        f"print(sorted({sorted(HEAVY)!r} & sys.modules.keys()))\n".replace("['", "{'").replace("'] &", "'} &")
    )
    helped = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert helped.returncode == 0, helped.stderr
    assert helped.stdout.strip() == "[]"


def test_help_is_quick() -> None:
    """Half a second of processor time is the promise; the clock on the wall depends on the neighbours."""
    before = os.times()
    for _ in range(3):
        subprocess.run([sys.executable, "-m", "cscl_data", "--help"], capture_output=True, check=False)
    after = os.times()
    used_s = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    assert used_s / 3 < 0.8, f"{used_s / 3:.2f} s at {time.asctime()}"
