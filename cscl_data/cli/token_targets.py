"""`cscl-data make-token-cs` with several `--tgt-lang`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cscl_data.cli.report import run_and_show, show_plan
from cscl_data.errors import ConfigError

if TYPE_CHECKING:
    from cscl_data.pipelines.job import RunOptions
    from cscl_data.pipelines.token_cs import TokenCsJob


def columns_of(
    targets: Sequence[str], columns: Sequence[str] | None, *, mix: bool, save_model: Path | None
) -> list[str | None]:
    """Return the column of every target language, None where it is to be found by its code.

    Raises:
        ConfigError: there are more or fewer columns than languages, or an option does not go with their number.
    """
    if columns and len(columns) != len(targets):
        raise ConfigError(
            f"{len(columns)} --tgt-column for {len(targets)} --tgt-lang", hint="give one for each, or none"
        )
    if mix and len(targets) == 1:
        raise ConfigError("--mix: mixes several target languages, and there is one", hint="repeat --tgt-lang")
    if save_model is not None and len(targets) > 1:
        raise ConfigError("--save-model keeps one model, and each --tgt-lang has its own", hint="leave it out")
    return list(columns) if columns else [None] * len(targets)


def make_for_many(
    first: TokenCsJob,
    targets: Sequence[str],
    columns: Sequence[str | None],
    options: RunOptions,
    *,
    mix: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Run a job with several target languages, or show its plan.

    Args:
        first: the job with the first of them.
        targets: all of them.
        columns: the column of each.
        options: how it runs.
        mix: whether all of them stand in one row.
        dry_run: show the plan only.
        as_json: print the manifest.
    """
    from cscl_data.pipelines.estimate import estimate_token_cs
    from cscl_data.pipelines.many_targets import ManyTargetsJob, plan_many_targets, run_many_targets

    bitexts = tuple(
        replace(first.bitext, tgt_lang=target, tgt_column=column)
        for target, column in zip(targets, columns, strict=True)
    )
    job = ManyTargetsJob(first=first, bitexts=bitexts, mix=mix)
    if not dry_run:
        run_and_show(lambda listener: run_many_targets(job, options, listener), first.basics.out, as_json=as_json)
        return
    plan = plan_many_targets(job, dry=True)
    items = first.n_variants * (2 if "both" in plan.settings["matrix_lang"] else 1) * (1 if mix else len(targets))
    files = list(plan.inputs)
    about = estimate_token_cs(
        first.bitext, first.alignment, files, aligns=first.aligns, items=items, workers=options.workers
    )
    show_plan(plan, about, workers=options.workers)
