"""`cscl-data inspect`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cscl_data.cli.report import plain_console, print_columns, print_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from cscl_data.pipelines.inspect import Inspection
    from cscl_data.pipelines.inspection.shown import Line, ShownRow

_COLOURS = ("red", "blue", "green", "magenta", "yellow", "cyan")
_BROKEN = 3


def inspect_cli(
    directories: Annotated[list[Path], typer.Argument(metavar="DIR...", help="What other commands wrote to --out.")],
    html: Annotated[Path | None, typer.Option(help="Write one self-contained page with plots to this file.")] = None,
    rows: Annotated[int, typer.Option(min=0, help="Rows to show, drawn at random.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the drawing.")] = 0,
    verify: Annotated[bool, typer.Option("--verify", help="Hash every shard and compare with the manifest.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as one line on stdout.")] = False,
) -> None:
    """Check every invariant of output directories, measure them, and show rows with the switches coloured.

    A directory may hold rows of any kind, or a training run (its loss by stage is plotted on the page).

    Exits 3 if an invariant is broken; each is listed with its place. Memory stays constant but for 8 bytes a row.

    Example: cscl-data inspect token --verify --html token.html
    """
    from cscl_data.pipelines.inspect import inspect_directory

    found = [inspect_directory(path, verify=verify, sample=rows, seed=seed) for path in directories]
    if html is not None:
        _write_page(html, found)
    if as_json:
        documents = [inspection.document() for inspection in found]
        print_json(documents[0] if len(documents) == 1 else {"directories": documents})
    else:
        _print_found(found)
    if html is not None:
        typer.echo(f"page {html}", err=True)
    if not all(inspection.is_sound for inspection in found):
        raise typer.Exit(_BROKEN)


def _write_page(path: Path, found: list[Inspection]) -> None:
    from cscl_data.io.atomic import write_text
    from cscl_data.pipelines.inspection.page import render_page

    write_text(path, render_page(f"cscl-data: {found[0].path}", found))


def _print_found(found: list[Inspection]) -> None:
    console = plain_console()
    for number, inspection in enumerate(found):
        if number:
            console.print()
        _print_statistics(console, inspection)
        colours = {} if console.no_color else _colours(inspection)
        for row in inspection.rows:
            _print_row(console, row, colours)
        _print_verdict(console, inspection)


def _colours(inspection: Inspection) -> dict[str, str]:
    pieces = (piece for row in inspection.rows for line in row.lines for piece in line.pieces)
    languages = sorted({piece.lang for piece in pieces if piece.marked})
    return {lang: _COLOURS[number % len(_COLOURS)] for number, lang in enumerate(languages)}


def _print_statistics(console: Console, inspection: Inspection) -> None:
    from cscl_data.pipelines.inspection.shown import visible
    from cscl_data.pipelines.inspection.tables import tables

    console.print(visible(inspection.path))
    for table in tables(inspection):
        console.print(f"\n{table.title}")
        print_columns(console, [("", *table.header), *table.lines] if table.header else [*table.lines])


def _print_row(console: Console, row: ShownRow, colours: Mapping[str, str]) -> None:
    from cscl_data.pipelines.inspection.shown import visible

    facts = "  ".join(f"{name} {value}" for name, value in row.facts.items())
    console.print(f"\n{visible(row.id)}  {visible(facts)}".rstrip())
    width = max((len(line.label) for line in row.lines), default=0)
    for line in row.lines:
        console.print(_line(line, width, colours))
    for field in row.fields:
        console.print(f"  {visible(field.field)}")
        sides = (("source", field.source), ("translated", field.translated), ("reference", field.reference))
        for name, text in sides:
            if text is not None:
                console.print(f"    {name:<10}  {visible(text)}")


def _line(line: Line, width: int, colours: Mapping[str, str]) -> Text:
    """Return a line with its marked pieces in colour, or in brackets where their language has none."""
    from rich.text import Text

    from cscl_data.pipelines.inspection.shown import visible

    shown = Text(f"  {line.label:<{width}}  ")
    for piece in line.pieces:
        text = visible(piece.text)
        if not piece.marked:
            shown.append(text)
        elif piece.lang in colours:
            shown.append(text, style=f"bold {colours[piece.lang]}")
        else:
            shown.append(f"[{text}]")
    return shown


def _print_verdict(console: Console, inspection: Inspection) -> None:
    from cscl_data.pipelines.inspection.shown import visible

    if inspection.is_sound:
        console.print("\nevery invariant holds" + (", every hash too" if inspection.verified else ""))
        return
    console.print(f"\n{inspection.problem_count:,} broken:")
    for problem in inspection.problems:
        console.print(f"  {visible(problem.place)}: {visible(problem.what)}")
    if inspection.problem_count > len(inspection.problems):
        console.print(f"  and {inspection.problem_count - len(inspection.problems):,} more")
