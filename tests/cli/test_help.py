"""What `--help` says is frozen: a new flag is a visible diff (`make golden` writes the files anew)."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from cscl_data.cli.app import GROUPS
from tests.cli.reference import EVERY_COMMAND, help_of
from tests.test_lazy_imports import ALSO_NOT_AT_START, HEAVY


def test_help_of_the_app(golden: Callable[[str, str], None]) -> None:
    golden("cli/cscl-data.txt", help_of())


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_help_of_a_command(command: str, golden: Callable[[str, str], None]) -> None:
    golden(f"cli/{command.replace(' ', '-')}.txt", help_of(command))


@pytest.mark.parametrize("group", GROUPS)
def test_help_of_a_group(group: str, golden: Callable[[str, str], None]) -> None:
    golden(f"cli/{group}.txt", help_of(group))


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_help_has_an_example_of_the_command(command: str) -> None:
    assert f"Example: cscl-data {command}" in help_of(command)


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_option_is_explained(command: str) -> None:
    """An option's line goes on behind its name, its kind and what is required of it."""
    block = help_of(command).partition("Options:\n")[2]
    entries = re.split(r"\n(?=  -)", block)
    assert entries
    bare = [entry for entry in entries if len(re.sub(r"\[[^\]]*\]|-\S+|\b[A-Z_]+\b|<\S+>", "", entry).split()) < 2]
    assert not bare


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['cscl-data', '--help']\n"
        "from cscl_data.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print('ended', end.code, *sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    ended, code, *loaded = done.stdout.splitlines()[-1].split()
    assert (ended, code) == ("ended", "0")
    assert not {name.split(".")[0] for name in loaded} & (HEAVY | ALSO_NOT_AT_START)
