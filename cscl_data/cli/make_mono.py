"""`cscl-data make-mono`."""

from __future__ import annotations

from typing import Annotated

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.report import run_and_show, show_plan


def make_mono_cli(
    source: Annotated[str, typer.Argument(metavar="SRC", help="Text in the source language: .txt or tabular.")],
    target: Annotated[str, typer.Argument(metavar="TGT", help="Text in the target language.")],
    src_lang: opt.SrcLang,
    tgt_lang: opt.TgtLang,
    out: opt.Out,
    budget: Annotated[
        str | None,
        typer.Option(help="Tokens of both languages together, half each: 50M, 200k. Default: all there is."),
    ] = None,
    budget_tokenizer: Annotated[
        str, typer.Option(help="What counts tokens: bytes, or a directory with a tokenizer.json.")
    ] = "bytes",
    text_column: Annotated[str | None, typer.Option(help="Column of the text, in tabular input.")] = None,
    doc_column: opt.DocColumn = None,
    limit: opt.Limit = None,
    seed: opt.Seed = 0,
    workers: opt.Workers = 1,
    engine: opt.EngineName = "local",
    shard_rows: opt.ShardRows = 10_000,
    max_reject_rate: opt.MaxRejectRate = 0.5,
    rejects_text: opt.RejectsText = "full",
    licence: opt.Licence = None,
    dry_run: opt.DryRun = False,
    overwrite: opt.Overwrite = False,
    config: opt.Config = None,
    as_json: opt.Json = False,
) -> None:
    """Interleave text in two languages in equal amounts: the third phase of the curriculum.

    Documents stay whole; the language that has had fewer tokens so far comes next. Without --budget it ends with the
    shorter text.

    Example: cscl-data make-mono en.txt ko.txt --src-lang en --tgt-lang ko --budget 50M --out mono
    """
    from cscl_data.io.mono import MonoSpec
    from cscl_data.pipelines.mono import MonoJob, parse_budget, plan_mono, run_mono

    job = MonoJob(
        source=MonoSpec(path=source, lang=src_lang, text_column=text_column, doc_column=doc_column, limit=limit),
        target=MonoSpec(path=target, lang=tgt_lang, text_column=text_column, doc_column=doc_column, limit=limit),
        budget=parse_budget(budget) if budget else None,
        tokenizer=budget_tokenizer,
        basics=opt.basics(out, seed, shard_rows, licence, rejects_text),
    )
    if dry_run:
        from cscl_data.pipelines.estimate import estimate_mono

        about = estimate_mono(job.source, job.target, budget=job.budget, tokenizer=job.tokenizer, workers=workers)
        show_plan(plan_mono(job), about, workers=workers)
        return
    options = opt.run_options(workers, engine, overwrite, max_reject_rate)
    run_and_show(lambda listener: run_mono(job, options, listener), out, as_json=as_json)
