"""`python -m cscl_data.train`: the options of `cscl-data train`."""

from __future__ import annotations

import logging
import sys

import typer

from cscl_data.errors import CsclError
from cscl_data.train.options import train_cli


def build_app() -> typer.Typer:
    """Build the command-line program, with `train` as its only command."""
    app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=False)
    app.command(context_settings={"help_option_names": ["-h", "--help"]})(train_cli)
    return app


def main() -> None:
    """Run the command; a `CsclError` becomes two lines and its exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        build_app()()
    except CsclError as error:
        typer.echo(f"error: {error}", err=True)
        if error.hint:
            typer.echo(f"hint: {error.hint}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
