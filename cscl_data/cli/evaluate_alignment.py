"""`cscl-data evaluate alignment`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cscl_data.cli.report import plain_console, print_columns, print_json
from cscl_data.io.telling import tell

if TYPE_CHECKING:
    from rich.console import Console

    from cscl_data.pipelines.alignment_evaluation.picture import Picture

_CELL = 3
_FEWEST = 8


def evaluate_alignment_cli(
    gold: Annotated[
        list[str],
        typer.Option(
            metavar="[NAME=]FILE",
            help="Gold links: a line a pair (1-2 sure, 1p3 possible), a line a link (pair, source, target, S or P), or "
            "JSON lines with `alignment`. May be repeated.",
        ),
    ],
    links: Annotated[
        list[str],
        typer.Option(
            metavar="[NAME[@GOLD]=]PATH",
            help="Links to score: what `align` wrote, or a Pharaoh file. May be repeated; with several golds each says "
            "which one it belongs to.",
        ),
    ],
    gold_index: Annotated[
        int | None,
        typer.Option(min=0, max=1, help="What gold counts words from. [default: 1, and 0 for JSON lines]"),
    ] = None,
    links_index: Annotated[int, typer.Option(min=0, max=1, help="What Pharaoh files count words from.")] = 0,
    scoring: Annotated[
        str,
        typer.Option(
            help="Which predicted links count: all, annotated (both words are linked in the gold or listed as "
            "unaligned), or auto (annotated where the gold lists unaligned words)."
        ),
    ] = "auto",
    text: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[GOLD=]FILE",
            help="Words of a gold that has none: lines of source ||| target. Links are then checked against them.",
        ),
    ] = None,
    show: Annotated[
        list[str] | None,
        typer.Option(metavar="ID_OR_NUMBER", help="Draw the alignment matrix of this pair. May be repeated."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write scores and matrices to this file, as one self-contained page.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as one line on stdout.")] = False,
) -> None:
    """Score word alignments against gold: precision, recall, F1 and alignment error rate (AER).

    Precision counts sure and possible gold links, recall the sure ones; all are summed over the set. Gold with words
    in it (JSON lines, or with --text) also catches links over other words. A directory is matched by pair id where the
    gold has ids, otherwise row n belongs to pair n.

    Example: cscl-data evaluate alignment --gold dev.gold --links ours=links --links eflomal=eflomal.out --show 7
    """
    from cscl_data.pipelines.alignment_evaluation.tables import alignment_tables
    from cscl_data.pipelines.evaluate_alignment import EvaluateAlignmentJob, evaluate_alignment

    job = EvaluateAlignmentJob(
        gold=tuple(gold),
        links=tuple(links),
        gold_index=gold_index,
        links_index=links_index,
        scoring=scoring,
        text=tuple(text or ()),
        show=tuple(show or ()),
    )
    report = evaluate_alignment(job)
    tables = alignment_tables(report)
    if html is not None:
        from cscl_data.io.atomic import write_text
        from cscl_data.pipelines.alignment_evaluation.page import render_alignment_page

        write_text(html, render_alignment_page("cscl-data: word alignment", report, tables))
    if as_json:
        print_json(report.document())
    else:
        from cscl_data.pipelines.inspection.shown import visible

        console = plain_console()
        for number, table in enumerate(tables):
            if number:
                console.print()
            console.print(visible(table.title))
            print_columns(console, [("", *table.header), *table.lines])
        for note in report.notes:
            console.print(visible(note))
        for picture in report.pictures:
            _draw(console, picture)
    if html is not None:
        tell(f"page {html}")


def _draw(console: Console, picture: Picture) -> None:
    """Print a matrix: a source word a line, target words by number; a terminal gets as many side by side as fit."""
    from rich.text import Text

    from cscl_data.pipelines.alignment_evaluation.picture import MARKS
    from cscl_data.pipelines.alignment_evaluation.tables import percent
    from cscl_data.pipelines.inspection.shown import visible

    counts = picture.counts
    scores = (("precision", counts.precision), ("recall", counts.recall), ("AER", counts.aer))
    console.print(f"\n{visible(picture.title)}: " + ", ".join(f"{name} {percent(share)}" for name, share in scores))
    legend = Text()
    for mark in (MARKS[kind] for kind in MARKS if kind in picture.cells.values()):
        legend.append(mark.sign, style=f"bold {mark.colour}").append(f" {mark.meaning}   ")
    console.print(legend)
    words = [visible(f"{number} {word}".rstrip()) for number, word in enumerate(picture.tgt)]
    console.print("target: " + "  ".join(words))
    labels = [Text(visible(word)) for word in picture.src]
    width = max((label.cell_len for label in labels), default=0)
    room = max(_FEWEST, (console.width - width - 2 * _CELL) // _CELL) if console.is_terminal else len(words) or 1
    for start in range(0, len(picture.tgt), room):
        columns = range(start, min(start + room, len(picture.tgt)))
        console.print(" " * (width + _CELL) + "".join(f"{tgt:>{_CELL}}" for tgt in columns))
        for src, label in enumerate(labels):
            line = Text(" " * (width - label.cell_len)).append_text(label).append(f"{src:>{_CELL}}")
            for tgt in columns:
                kind = picture.cells.get((src, tgt))
                sign, colour = (MARKS[kind].sign, f"bold {MARKS[kind].colour}") if kind else (".", "dim")
                line.append(f"{sign:>{_CELL}}", style=colour)
            console.print(line)
