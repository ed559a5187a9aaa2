"""`cscl-data make-curriculum`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.report import duration, listening, many, print_json, size
from cscl_data.io.telling import show, tell
from cscl_data.io.trust import trust_code

if TYPE_CHECKING:
    from cscl_data.pipelines.curriculum.run import CurriculumJob


def make_curriculum_cli(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.yaml", help="The plan: text, phases, budgets, controls.")],
    out: opt.LocalOut,
    seed: Annotated[int | None, typer.Option(help="Seed of every random choice, in place of the plan's.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Take the first N rows of each text as the whole of it.")
    ] = None,
    workers: opt.Workers = 1,
    engine: opt.EngineName = "local",
    ray_address: opt.RayAddress = None,
    shard_rows: opt.ShardRows = 10_000,
    max_reject_rate: opt.MaxRejectRate = 0.5,
    rejects_text: opt.RejectsText = "full",
    licence: opt.Licence = None,
    dry_run: opt.DryRun = False,
    overwrite: opt.Overwrite = False,
    trust_remote_code: opt.TrustRemoteCode = False,
    config: opt.Config = None,
    as_json: opt.Json = False,
) -> None:
    """Make the three phases, the controls of an ablation, and the stages for train, from one plan.

    The plan names the text once: bitext, documents, monolingual text; a section each holds the options of align,
    make-token-cs, make-sentence-cs and make-mono by their names. Pairs are aligned once, and every part is drawn to its
    budget by the seed. OUT/stages.yaml is for train --stages; OUT/stages/ has a file for each arm. Memory grows by some
    100 bytes a row that is made. See examples/curriculum.yaml.

    Example: cscl-data make-curriculum plan.yaml --out curriculum
    """
    from cscl_data.pipelines.curriculum.checks import check_trust
    from cscl_data.pipelines.curriculum.plan_file import read_plan
    from cscl_data.pipelines.curriculum.run import CurriculumJob, run_curriculum
    from cscl_data.pipelines.curriculum.summary import table_of

    trust_code(trust_remote_code)
    curriculum = read_plan(plan, seed=seed, limit=limit)
    check_trust(curriculum, trust_remote_code)
    job = CurriculumJob(plan=curriculum, basics=opt.basics(out, 0, shard_rows, licence, rejects_text))
    if dry_run:
        _show_outlook(job, workers)
        return
    options = opt.run_options(workers, engine, overwrite, max_reject_rate, ray_address=ray_address)
    with listening() as listener:
        report = run_curriculum(job, options, listener)
    lines = [*table_of(report.manifest), f"stages {out / 'stages.yaml'}, and one file an arm in {out / 'stages'}"]
    tell("\n".join([*lines, f"manifest {out / 'manifest.json'} in {report.elapsed_s:.1f} s"]))
    if as_json:
        print_json({**report.manifest, "elapsed_s": round(report.elapsed_s, 3)})


def _show_outlook(job: CurriculumJob, workers: int) -> None:
    """Check the plan against its text, and say job by job what it would take."""
    from cscl_data.pipelines.curriculum.arms import ARMS, MAIN
    from cscl_data.pipelines.curriculum.checks import check_jobs
    from cscl_data.pipelines.curriculum.outlook import outlook

    check_jobs(job.jobs)
    found = outlook(job.jobs, workers=workers)
    lines = ["make-curriculum would run these jobs; nothing is written now"]
    for one in found:
        text = f"about {size(one.about.text_bytes)} of text -> {size(one.about.bytes_out)}"
        lines.append(f"  {one.folder:<22} {one.command:<16} {text}, {duration(one.about.seconds)}")
    budgets = ", ".join(f"{phase} {tokens:,}" for phase, tokens in job.plan.budgets.items())
    lines.append(f"budgets: {budgets}, counted by {job.plan.tokenizer}")
    lines += [f"arm {arm}: {' -> '.join(ARMS[arm])}" for arm in (MAIN, *job.plan.controls)]
    lines.append(
        f"time: about {duration(sum(one.about.seconds for one in found))} with {many(workers, 'worker')} on a CPU"
    )
    show("\n".join(lines))
