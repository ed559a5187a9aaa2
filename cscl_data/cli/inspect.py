"""`cscl-data inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cscl_data.cli.report import print_json
from cscl_data.io.telling import tell

if TYPE_CHECKING:
    from cscl_data.pipelines.inspect import Inspection

_BROKEN = 3


def inspect_cli(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="DIR...", help="What other commands wrote to --out, or a file of tagged text."),
    ],
    html: Annotated[Path | None, typer.Option(help="Write one self-contained page with plots to this file.")] = None,
    rows: Annotated[int, typer.Option(min=0, help="Rows to show, drawn at random.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the drawing.")] = 0,
    verify: Annotated[bool, typer.Option("--verify", help="Hash every shard and compare with the manifest.")] = False,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIR|FILE|natural",
            help="Compare each DIR with this: another directory, a file of tagged text, or the table of natural "
            "corpora that ships. May be repeated.",
        ),
    ] = None,
    count: Annotated[
        str | None,
        typer.Option(
            metavar="TAG,TAG",
            help="Tags of a file of tagged text that are languages. [default: all but OTHER, MIXED, LANG3, UNIV, NE "
            "and the like]",
        ),
    ] = None,
    by_word: Annotated[
        bool,
        typer.Option(
            "--by-word",
            help="Measure words, not tokens: a stem with a particle of the other language is one word, and counts for "
            "no language, as in corpora tagged by hand.",
        ),
    ] = False,
    per_row: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the switching measures of every row to this .parquet, .tsv or .jsonl file."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as one line on stdout.")] = False,
) -> None:
    """Check every invariant of output directories, measure them, and show rows with the switches coloured.

    A directory may hold rows of any kind, or a training run (its loss by stage is plotted on the page). A file of
    tagged text has `tags` and, if at hand, `tokens` on each line (.jsonl, .json, .parquet), as lists or as texts with
    spaces between.

    Exits 3 if an invariant is broken; each is listed with its place. Memory stays constant but for 8 bytes a row.

    Example: cscl-data inspect token --verify --against natural --html token.html
    """
    from cscl_data.pipelines.inspect_all import InspectJob, inspect_all

    job = InspectJob(
        paths=tuple(paths),
        verify=verify,
        sample=rows,
        seed=seed,
        against=tuple(against or ()),
        counted=tuple(tag.strip() for tag in (count or "").split(",") if tag.strip()),
        by_word=by_word,
        per_row=per_row,
    )
    found = inspect_all(job)
    if html is not None:
        _write_page(html, found)
    if as_json:
        documents = [inspection.document() for inspection in found]
        print_json(documents[0] if len(documents) == 1 else {"directories": documents})
    else:
        from cscl_data.cli.inspect_print import print_found

        print_found(found)
    if html is not None:
        tell(f"page {html}")
    if per_row is not None:
        tell(f"measures of every row {per_row}")
    if not all(inspection.is_sound for inspection in found):
        raise typer.Exit(_BROKEN)


def _write_page(path: Path, found: list[Inspection]) -> None:
    from cscl_data.io.atomic import write_text
    from cscl_data.pipelines.inspection.page import render_page

    write_text(path, render_page(f"cscl-data: {found[0].path}", found))
