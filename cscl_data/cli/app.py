"""The `cscl-data` command: its sub-commands, and how errors reach the user."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cscl_data import __version__
from cscl_data.cli.align import align_cli
from cscl_data.cli.demo import demo_cli
from cscl_data.cli.doctor import doctor_cli
from cscl_data.cli.evaluate import EVALUATIONS, evaluate_app
from cscl_data.cli.init_embeddings import init_embeddings_cli
from cscl_data.cli.inspect import inspect_cli
from cscl_data.cli.make_curriculum import make_curriculum_cli
from cscl_data.cli.make_mono import make_mono_cli
from cscl_data.cli.make_preferences import make_preferences_cli
from cscl_data.cli.make_priors import make_priors_cli
from cscl_data.cli.make_sentence_cs import make_sentence_cs_cli
from cscl_data.cli.make_token_cs import make_token_cs_cli
from cscl_data.cli.merge import merge_cli
from cscl_data.cli.models import MODELS, models_app
from cscl_data.cli.train import train_cli
from cscl_data.cli.translate_bundle import translate_bundle_cli
from cscl_data.engine.local import collect_rarely
from cscl_data.errors import CsclError

_INTERRUPTED = 130  # as shells say: 128 and the number of SIGINT

BEGIN_ANEW = frozenset({"make-priors", "init-embeddings", "inspect", "evaluate", "models"})
"""Commands that leave their output whole or not at all (of `evaluate`, `translation-modes` alone keeps its arms); the
others go on where they stopped."""


class ErrorReportingGroup(TyperGroup):
    """Turns a `CsclError` into stderr lines and its exit code; any other exception is a bug and keeps its traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the sub-command."""
        try:
            return super().invoke(ctx)
        except CsclError as error:
            typer.echo(f"error: {error}", err=True)
            if error.hint:
                typer.echo(f"hint: {error.hint}", err=True)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt:
            goes_on = "--out" in sys.argv and ctx.invoked_subcommand not in BEGIN_ANEW
            typer.echo("stopped" + ("; the same command goes on where it stopped" if goes_on else ""), err=True)
            raise typer.Exit(_INTERRUPTED) from None


app = typer.Typer(
    cls=ErrorReportingGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

COMMANDS: dict[str, Callable[..., None]] = {
    "align": align_cli,
    "make-priors": make_priors_cli,
    "make-token-cs": make_token_cs_cli,
    "make-sentence-cs": make_sentence_cs_cli,
    "make-mono": make_mono_cli,
    "make-curriculum": make_curriculum_cli,
    "translate-bundle": translate_bundle_cli,
    "make-preferences": make_preferences_cli,
    "merge": merge_cli,
    "init-embeddings": init_embeddings_cli,
    "train": train_cli,
    "inspect": inspect_cli,
    "demo": demo_cli,
    "doctor": doctor_cli,
}
"""Sub-command by name, in the order of `--help`."""

GROUPS: dict[str, tuple[typer.Typer, dict[str, Callable[..., None]]]] = {
    "evaluate": (evaluate_app, EVALUATIONS),
    "models": (models_app, MODELS),
}
"""Group of sub-commands by name, and its own sub-commands; `--help` lists groups last."""

for _name, _function in COMMANDS.items():
    app.command(_name)(_function)
for _name, (_group, _) in GROUPS.items():
    app.add_typer(_group, name=_name)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cscl-data {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True, callback=_print_version)
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="One log line a shard, on stderr.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only, and plans of --dry-run.")] = False,
) -> None:
    """Make code-switching curriculum data, check it, and train on it."""
    level = logging.INFO if verbose else logging.ERROR if quiet else logging.WARNING
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    logging.getLogger("cscl_data").setLevel(level)


def main() -> None:
    """Run the command line."""
    collect_rarely()
    app(prog_name="cscl-data")
