"""`cscl-data demo`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.report import listening


def demo_cli(
    out: Annotated[Path, typer.Option(help="Where everything goes.", parser=opt.local_path, metavar="<path>")] = Path(
        "demo-out"
    ),
    bitext: Annotated[str | None, typer.Option(help="A bitext of your own, in place of the shipped example.")] = None,
    src_lang: Annotated[str, typer.Option(help="Its source language.")] = "en",
    tgt_lang: Annotated[str | None, typer.Option(help="Its target language; of the example: ko, ja or id.")] = None,
    doc_column: Annotated[str | None, typer.Option(help="Its document column, for sentence-level text.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Start anew.")] = False,
) -> None:
    """Run the whole path on the shipped example: code-switched text, translated records, a trained model, a page.

    Prints the command behind every step. Takes a few minutes on two cores.

    Example: cscl-data demo --out demo-out
    """
    from cscl_data.pipelines.demo import DemoConfig, run_demo

    config = DemoConfig(
        out=out, bitext=bitext, src_lang=src_lang, tgt_lang=tgt_lang, doc_column=doc_column, overwrite=overwrite
    )
    started = time.monotonic()

    def tell(title: str, command: str) -> None:
        typer.echo(f"\n[{time.monotonic() - started:5.1f} s] {title}\n  {command}", err=True)

    with listening(quiet=True) as listener:
        made = run_demo(config, tell, listener)
    typer.echo(f"\n[{time.monotonic() - started:5.1f} s] done", err=True)
    width = max(len(name) for name in made)
    for name, path in made.items():
        typer.echo(f"{name:<{width}}  {path}")
    typer.echo(f"\nopen {made['page']} in a browser")
