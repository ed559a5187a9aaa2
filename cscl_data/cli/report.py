"""What a user sees while a job runs and when it ends: a progress bar on a terminal, a summary on stderr."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cscl_data.cli.llm_report import llm_lines
from cscl_data.errors import TooManyRejectsError
from cscl_data.io.telling import is_quiet, show, tell

if TYPE_CHECKING:
    from rich.console import Console

    from cscl_data.pipelines.alignment_evaluation.tables import Table
    from cscl_data.pipelines.estimate import Estimate
    from cscl_data.pipelines.job import JobReport
    from cscl_data.pipelines.plan import JobPlan


class Listener:
    """Gets told of notes and finished shards, and shows them: on a terminal in one live line, else as log lines.

    `note` takes one line about a step (fitting, loading); `on_shard` a shard's report. `publishes` gets the number of
    every finished shard, where the output is remote.
    """

    publishes: Callable[[int], None] | None = None

    def __init__(self, progress: Any | None = None, task: Any = None, *, quiet: bool = False) -> None:
        self._progress, self._task, self._quiet = progress, task, quiet
        self._items = 0
        self._started = time.monotonic()

    def note(self, text: str) -> None:
        """Show what the job is doing."""
        if self._progress is not None:
            self._progress.update(self._task, description=text)
        elif not self._quiet:
            tell(text)

    def announce(self, text: str) -> None:
        """Show a line that stays above the live one."""
        if self._progress is not None:
            self._progress.console.print(text, markup=False, highlight=False)
        elif not self._quiet:
            tell(text)

    def on_shard(self, report: Any) -> None:
        """Count a finished shard, and have it published."""
        if self.publishes is not None:
            self.publishes(report.number)
        self._items += report.facts["items"]
        if self._progress is not None:
            rate = self._items / max(1e-9, time.monotonic() - self._started)
            self._progress.update(
                self._task, advance=1, description=f"{self._items:,} items, {rate:,.0f}/s, last shard {report.number}"
            )


@contextmanager
def listening(*, quiet: bool = False) -> Iterator[Listener]:
    """Show progress while the block runs; with `quiet` not at all."""
    if quiet or is_quiet() or not sys.stderr.isatty():
        yield Listener(quiet=quiet)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} shards"), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        yield Listener(progress, progress.add_task("reading the input", total=None))


def run_and_show(run: Callable[[Listener], JobReport], out: Path, *, as_json: bool) -> dict[str, Any]:
    """Run a job with progress and print its summary, also where too much was rejected.

    Returns:
        The manifest.

    Raises:
        CsclError: what the job raised.
    """
    from cscl_data.io.remote_output import remote_output, shown

    remote = remote_output(out)
    try:
        with listening() as listener:
            if remote is not None:
                remote.fetch(listener.announce)
                listener.publishes = remote.publish_shard
            report = run(listener)
    except TooManyRejectsError as error:
        if remote is not None:
            remote.publish()
        show_report(error.report, shown(out), as_json=as_json)
        raise
    if remote is not None:
        remote.publish()
    show_report(report, shown(out), as_json=as_json)
    return report.manifest


def show_report(report: JobReport, out: str, *, as_json: bool) -> None:
    """Print the summary on stderr, and with `as_json` the manifest plus `elapsed_s` as one line on stdout."""
    manifest = report.manifest
    lines = [
        f"{manifest['rows_in']:,} input rows, {manifest['items']:,} items -> {manifest['rows_out']:,} rows, "
        f"{manifest['rejects']:,} rejects in {report.elapsed_s:.1f} s",
    ]
    if report.resumed_shards:
        lines.append(f"{report.resumed_shards} of {len(manifest['shards'])} shards were there already")
    lines += [f"  {reason:<18} {count:,}" for reason, count in manifest["rejects_by_reason"].items()]
    lines += [f"  {name.replace('_', ' '):<18} {count:,} rows" for name, count in _notes(manifest).items()]
    lines += _mono_lines(manifest.get("report", {}))
    lines += llm_lines(manifest.get("report", {}).get("llm", {}))
    lines += report.pace.lines() if report.pace is not None else []
    lines += [f"sig {manifest['sig']}", f"manifest {out}/manifest.json"]
    tell("\n".join(lines))
    if as_json:
        print_json({**manifest, "elapsed_s": round(report.elapsed_s, 3)})


def _notes(manifest: dict[str, Any]) -> dict[str, int]:
    counted: dict[str, int] = manifest.get("report", {}).get("notes", {})
    return counted


def _mono_lines(report: dict[str, Any]) -> list[str]:
    """Say how much of each text of `make-mono` was used, and how much of it is left over."""
    lines = []
    unit = report.get("unit", "tokens")
    for lang, used in report.get("used", {}).items():
        line = f"  {lang:<18} {used['documents']:,} documents, {used['tokens']:,} {unit}"
        left = report.get("unused", {}).get(lang, {"rows": 0})
        if left["rows"]:
            line += f"; left over: {left['documents']:,} documents, {left['tokens']:,} {unit} ({left['rows']:,} rows)"
        lines.append(line)
    return lines


def show_plan(plan: JobPlan, about: Estimate, *, workers: int, more: Sequence[str] = ()) -> None:
    """Print what a job would do: its inputs, settings and signature, about what it would take, and `more` lines."""
    lines = [f"{plan.command} would write {plan.schema}; nothing is written now", f"sig {plan.sig}"]
    lines += [f"input {facts.path}  {facts.bytes:,} bytes  sha256 {facts.sha256[:16]}" for facts in plan.inputs]
    lines += [f"  {name} = {value}" for name, value in plan.settings.items() if value is not None]
    shards = max(1, -(-about.rows // plan.shard_rows))
    lines += [
        f"read: about {_rounded(about.rows):,} rows with {size(about.text_bytes)} of text, "
        f"in about {many(shards, 'shard')} of {plan.shard_rows:,} rows",
        f"write: about {size(about.bytes_out)}",
        f"time: about {duration(about.seconds)} with {many(workers, 'worker')} on a CPU",
        *more,
    ]
    show("\n".join(lines))


def _rounded(number: float) -> int:
    """Keep two digits, for more would be a promise."""
    return int(float(f"{number:.2g}"))


def size(n_bytes: float) -> str:
    """Return an amount of bytes in words, about."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= factor:
            return f"{float(f'{n_bytes / factor:.2g}'):g} {unit}"
    return f"{round(n_bytes)} bytes"


def duration(seconds: float) -> str:
    """Return a time in words, about."""
    for unit, factor in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * factor:
            return many(_rounded(seconds / factor), unit)
    return many(max(1, _rounded(seconds)), "second")


def many(number: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object as one line on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def plain_console() -> Console:
    """Return a console on stdout that prints text as it is, with colours on a terminal unless `NO_COLOR` is set."""
    from rich.console import Console

    plain = "NO_COLOR" in os.environ or not sys.stdout.isatty()
    return Console(no_color=plain, highlight=False, soft_wrap=True, emoji=False, markup=False)


def print_tables(tables: Sequence[Table], notes: Sequence[str]) -> None:
    """Print tables of scores on stdout, and what one has to know to read them."""
    from cscl_data.pipelines.inspection.shown import visible

    console = plain_console()
    for table in tables:
        console.print(visible(table.title))
        print_columns(console, [("", *table.header), *table.lines])
        console.print()
    for line in notes:
        console.print(visible(line))


def page_path(out: Path, name: str) -> Path:
    """Return where a page goes: a file that is called `.html`, else a file of this name in the directory."""
    return out if out.suffix == ".html" else out / name


def print_columns(console: Console, lines: list[tuple[str, ...]]) -> None:
    """Print lines in columns: names to the left, the values of several columns to the right."""
    from cscl_data.pipelines.inspection.shown import visible

    shown = [[visible(cell) for cell in line] for line in lines]
    widths = [max(len(cell) for cell in column) for column in zip(*shown, strict=True)]
    for name, *values in shown:
        if len(values) == 1:
            console.print(f"  {name:<{widths[0]}}  {values[0]}")
        else:
            cells = [f"{value:>{width}}" for value, width in zip(values, widths[1:], strict=True)]
            console.print("  ".join([f"  {name:<{widths[0]}}", *cells]))
