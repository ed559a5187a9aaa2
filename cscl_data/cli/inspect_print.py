"""What `cscl-data inspect` prints: statistics, comparisons, rows with their switches marked, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cscl_data.cli.report import plain_console, print_columns

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from cscl_data.pipelines.inspect import Inspection
    from cscl_data.pipelines.inspection.shown import Line, ShownRow
    from cscl_data.pipelines.inspection.tables import Table

_COLOURS = ("red", "blue", "green", "magenta", "yellow", "cyan")


def print_found(found: Sequence[Inspection]) -> None:
    """Print one inspection after the other on stdout."""
    console = plain_console()
    for number, inspection in enumerate(found):
        if number:
            console.print()
        _print_statistics(console, inspection)
        _print_comparisons(console, inspection)
        colours = {} if console.no_color else _colours(inspection)
        if inspection.rows:
            _print_legend(console, inspection, in_colour=bool(colours))
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
        _print_table(console, table)


def _print_comparisons(console: Console, inspection: Inspection) -> None:
    from cscl_data.pipelines.inspection.comparison_tables import comparison_notes, comparison_tables
    from cscl_data.pipelines.inspection.shown import visible

    notes = comparison_notes(inspection.comparisons)
    for comparison, lines in zip(inspection.comparisons, notes, strict=True):
        for table in comparison_tables(comparison):
            _print_table(console, table)
        for number, note in enumerate(lines):
            console.print(("" if number else "\n") + f"  {visible(note)}")


def _print_table(console: Console, table: Table) -> None:
    from cscl_data.pipelines.inspection.shown import visible

    console.print(f"\n{visible(table.title)}")
    print_columns(console, [("", *table.header), *table.lines] if table.header else [*table.lines])


def _print_legend(console: Console, inspection: Inspection, *, in_colour: bool) -> None:
    marks = {
        "token_cs/1": "what was switched in",
        "sentence_cs/1": "the sentences of the second language",
        "tagged": "words that are not of the language with most words",
    }
    meaning = marks.get(inspection.kind)
    how = "" if meaning is None else f"; {'in colour' if in_colour else 'in [ ]'}: {meaning}"
    number = len(inspection.rows)
    console.print(f"\n{number:,} {'row' if number == 1 else 'rows'}, drawn at random{how}")


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
