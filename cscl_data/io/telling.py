"""Lines for the person at the terminal that are no errors: summaries and notes, which `--quiet` leaves out; plans."""

from __future__ import annotations

import logging

import typer


def is_quiet() -> bool:
    """Tell whether errors alone are wanted, as `cscl-data --quiet` says."""
    return not logging.getLogger("cscl_data").isEnabledFor(logging.WARNING)


def tell(text: str) -> None:
    """Print a line or more on standard error, unless errors alone are wanted."""
    if not is_quiet():
        typer.echo(text, err=True)


def show(text: str) -> None:
    """Print a line or more on standard error that the user has asked for, as a plan by `--dry-run`."""
    typer.echo(text, err=True)
