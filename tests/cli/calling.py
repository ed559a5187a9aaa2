"""Calls the command in this process, as a shell would, and reads what it left."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from cscl_data.cli.app import app

EXAMPLE = Path(__file__).resolve().parents[2] / "cscl_data" / "assets" / "example"
KOREAN, JAPANESE, RECORDS = (
    EXAMPLE / name for name in ("bitext.en-ko.jsonl", "bitext.en-ja.jsonl", "records.en-ko.jsonl")
)
EN_KO = ("--src-lang", "en", "--tgt-lang", "ko")


class Called(NamedTuple):
    """How a call ended: its exit code, and what it wrote to both streams."""

    code: int
    stdout: str
    stderr: str


def call(*arguments: object, stdin: str | None = None) -> Called:
    """Run `cscl-data` with these arguments and this input; an exception that is a bug comes out as it is."""
    argv = [str(argument) for argument in arguments]
    with command_line(argv):
        result = CliRunner().invoke(app, argv, input=stdin, prog_name="cscl-data")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Called(result.exit_code, result.stdout, result.stderr)


@contextmanager
def command_line(argv: list[str]) -> Iterator[None]:
    """Let the block see `cscl-data` and these arguments as its command line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["cscl-data", *argv])
        yield


def make(*arguments: object, stdin: str | None = None) -> Called:
    """Run a command that must succeed."""
    called = call(*arguments, stdin=stdin)
    assert called.code == 0, called.stderr
    return called


def manifest(out: Path) -> dict[str, Any]:
    """Return the manifest of an output directory."""
    return json.loads((out / "manifest.json").read_text(encoding="utf-8"))


def rows(out: Path, folder: str = "data") -> list[dict[str, Any]]:
    """Return all rows of an output directory, in order."""
    return [row for path in sorted((out / folder).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def hashes(out: Path) -> dict[str, str]:
    """Return the sha256 of everything that a run leaves for others, by path."""
    files = sorted(path for path in out.rglob("*") if path.is_file() and ".cscl" not in path.parts)
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def bitext_rows(path: Path, n: int) -> list[dict[str, Any]]:
    """Return the first rows of a JSON lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for _, line in zip(range(n), lines, strict=False)]


def assert_conserved(out: Path, rows_in: int) -> dict[str, Any]:
    """Check that every item is a row or a reject, by the files and by the manifest; return the manifest."""
    made = manifest(out)
    assert made["rows_in"] == rows_in
    assert made["items"] == made["rows_out"] + made["rejects"]
    assert (made["rows_out"], made["rejects"]) == (len(rows(out)), len(rows(out, "rejects")))
    return made
