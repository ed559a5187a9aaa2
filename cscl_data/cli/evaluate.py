"""`cscl-data evaluate`: the scores of what was made, a sub-command for each kind of thing."""

from __future__ import annotations

from collections.abc import Callable

import typer

from cscl_data.cli.evaluate_alignment import evaluate_alignment_cli
from cscl_data.cli.evaluate_model import evaluate_model_cli
from cscl_data.cli.evaluate_translation import evaluate_translation_cli
from cscl_data.cli.evaluate_translation_modes import evaluate_translation_modes_cli

EVALUATIONS: dict[str, Callable[..., None]] = {
    "alignment": evaluate_alignment_cli,
    "translation": evaluate_translation_cli,
    "translation-modes": evaluate_translation_modes_cli,
    "model": evaluate_model_cli,
}
"""Sub-command by name, in the order of `--help`."""

evaluate_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Score what was made: `alignment`, `translation` and `translation-modes` against gold, `model` by itself.",
    short_help="Score what was made: alignments, translations, models.",
)

for _name, _function in EVALUATIONS.items():
    evaluate_app.command(_name)(_function)
