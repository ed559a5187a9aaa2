"""The documents are current: every command stands in them, every flag they name exists, every schema is described."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cscl_data.cli.app import COMMANDS, GROUPS, app
from cscl_data.records.rejects import REASONS
from cscl_data.records.schemas import BUNDLE, SCHEMAS
from tests.cli import reference
from tests.cli.calling import EN_KO, KOREAN, make, manifest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += [ROOT / "examples" / "README.md", *sorted((ROOT / "examples").glob("*.sh"))]
OTHER_FLAGS = {"--help", "--no-cov", "--update-golden", "--output", "--copy", "--logdir", "--nproc-per-node"}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def known_flags() -> set[str]:
    """Return every flag of every command, and of the app."""
    group = get_command(app)
    return flags_of(group) | OTHER_FLAGS


def flags_of(command: Any) -> set[str]:
    """Return the flags of a command and of its sub-commands."""
    below = [flags_of(sub_command) for sub_command in getattr(command, "commands", {}).values()]
    return {flag for param in command.params for flag in [*param.opts, *param.secondary_opts]}.union(*below)


@pytest.mark.parametrize("command", reference.EVERY_COMMAND)
def test_command_stands_in_the_readme(command: str) -> None:
    assert re.search(rf"(cscl-data |`){command}\b", text_of("README.md"))


@pytest.mark.parametrize("command", reference.EVERY_COMMAND)
def test_command_stands_in_the_reference(command: str) -> None:
    assert f"## cscl-data {command}\n" in text_of("docs/cli.md")


def test_reference_is_current() -> None:
    assert text_of("docs/cli.md") == reference.reference(), "make docs writes it anew"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_flag_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", path.read_text(encoding="utf-8")))
    assert named - known_flags() == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_that_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"cscl-data ([a-z]+(?:-[a-z]+)*)(?= |`|\n)", "\n".join(commands_in(text))))
    assert named - {*COMMANDS, *GROUPS} == set()
    for group, (_, names) in GROUPS.items():
        assert set(re.findall(rf"cscl-data {group} ([a-z]+)", "\n".join(commands_in(text)))) <= set(names)


def commands_in(text: str) -> list[str]:
    """Return what stands as code: indented, fenced, or between backticks."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    indented = re.findall(r"^    (cscl-data .*)$", text, flags=re.MULTILINE)
    return [*fenced, *indented, *re.findall(r"`([^`\n]+)`", text)]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_columns_of_a_schema_stand_in_its_row(schema: str) -> None:
    row = next(line for line in text_of("docs/data.md").splitlines() if line.startswith(f"| `{schema}` |"))
    told = re.sub(r"\{[^}]*\}", "", row.split("|")[2])
    columns = [name + ("?" if SCHEMAS[schema].field(name).nullable else "") for name in SCHEMAS[schema].names]
    assert [part.split()[0] for part in told.split(",")] == columns
    for name in re.findall(r"(\w+)\??(?: \w+)?[,}]", "".join(re.findall(r"\{[^}]*\}", row))):
        assert f"{name}:" in str(SCHEMAS[schema])


def test_fields_of_the_bundle_column_are_described() -> None:
    told = re.search(r"`bundle/1`\): ([^\n]+)\.", text_of("docs/data.md"))
    assert told is not None
    assert [re.split(r"[ ?]", part.strip())[0] for part in told[1].split(",")] == [field.name for field in BUNDLE]


def test_every_reason_and_no_other_is_described() -> None:
    table = text_of("docs/data.md").partition("## Reject reasons")[2]
    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) != []
    assert set(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)) == REASONS


def test_every_key_of_the_manifest_is_described(tmp_path: Path) -> None:
    make("make-token-cs", KOREAN, *EN_KO, "--limit", 3, "--ratio", 0, "--licence", "CC0", "--out", tmp_path / "out")
    made = manifest(tmp_path / "out")
    section = text_of("docs/data.md").partition("## Manifest")[2].partition("## Reject")[0]
    for key in (*made, *made["inputs"][0], *made["shards"][0]):
        assert f"`{key}`" in section


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
