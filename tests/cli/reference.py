"""Writes `docs/cli.md`, the reference of the command line, from `--help`: `python -m tests.cli.reference`."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from cscl_data.cli.app import COMMANDS, GROUPS, app

PATH = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
WIDTH = 100
EVERY_COMMAND = [*COMMANDS, *(f"{group} {name}" for group, (_, names) in GROUPS.items() for name in names)]
"""Every command as it is typed, those of groups too: `evaluate alignment`."""

_HEAD = """\
# Command line reference

Written from `--help` by `make docs`; a test checks that it is current. [data.md](data.md) says what the commands
write, [methods.md](methods.md) how.

Options shared by the commands that write shards: the same command run again goes on where it stopped; with other
settings or other input it refuses and says which; `--overwrite` starts anew. `--config FILE.yaml` holds options by
name (`shard-rows: 5000`), and a flag beats it. `--json` prints the manifest and `elapsed_s` as one line on standard
output; everything else goes to standard error.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a bug: please report the traceback |
| 2 | the command cannot be run as asked: an unknown name, a value out of range, other settings than the run resumed |
| 3 | the input cannot be read as what it claims to be, or more than `--max-reject-rate` was rejected |
| 4 | a model, a package or the output is not usable: missing, damaged, disk full, in use |
| 5 | some shards failed for good; the others are valid |
| 130 | stopped by Ctrl-C; finished shards stay |
"""


def help_of(command: str | None = None) -> str:
    """Return what `cscl-data [command] --help` prints, at a fixed width and without colour."""
    arguments = [*(command.split() if command else []), "--help"]
    result = CliRunner().invoke(app, arguments, prog_name="cscl-data", terminal_width=WIDTH, env={"NO_COLOR": "1"})
    if result.exit_code:
        raise RuntimeError(result.output)
    return "\n".join(line.rstrip() for line in result.stdout.strip().splitlines()) + "\n"


def reference() -> str:
    """Return the whole page."""
    parts = [_HEAD, _section("cscl-data", help_of())]
    parts += [_section(f"cscl-data {command}", help_of(command)) for command in EVERY_COMMAND]
    return "\n".join(parts)


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n```text\n{text}```\n"


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(reference(), encoding="utf-8", newline="\n")
