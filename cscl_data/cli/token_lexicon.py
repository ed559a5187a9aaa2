"""`make-token-cs --method lexicon`: its input is text in one language, and so its job is another one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cscl_data.cli.report import run_and_show, show_plan
from cscl_data.errors import ConfigError

if TYPE_CHECKING:
    from cscl_data.pipelines.job import RunOptions
    from cscl_data.pipelines.lexicon_cs import LexiconCsJob


def one_text(flag: str, inputs: list[str] | None) -> str:
    """Return the one INPUT that `flag` reads.

    Raises:
        ConfigError: there is none, or more than one, or it is standard input.
    """
    if inputs is None or len(inputs) != 1 or inputs[0] == "-":
        raise ConfigError(
            f"{flag} takes one INPUT, a file, a glob or a directory of text in --src-lang",
            hint="several files fit in a glob, in quotes",
        )
    return inputs[0]


def one_target(targets: list[str]) -> None:
    """Check that there is one target language.

    Raises:
        ConfigError: there are several.
    """
    if len(targets) > 1:
        raise ConfigError(f"--method lexicon: one lexicon is for one target language, not for {', '.join(targets)}")


def needed(lexicon: str | None) -> str:
    """Return the lexicon's path.

    Raises:
        ConfigError: none is given.
    """
    if lexicon is None:
        raise ConfigError("--method lexicon needs a lexicon", hint="give --lexicon FILE")
    return lexicon


def make_from_lexicon(
    job: LexiconCsJob, options: RunOptions, out: Path, *, dry_run: bool, as_json: bool, workers: int
) -> None:
    """Run the job, or show its plan, as the command does."""
    from cscl_data.pipelines.lexicon_cs import plan_lexicon_cs, run_lexicon_cs

    if dry_run:
        from cscl_data.pipelines.estimate import estimate_lexicon_cs

        about = estimate_lexicon_cs(job.text, items=job.n_variants, workers=workers)
        show_plan(plan_lexicon_cs(job), about, workers=workers)
        return
    run_and_show(lambda listener: run_lexicon_cs(job, options, listener), out, as_json=as_json)
