"""`cscl-data make-mono`."""

from __future__ import annotations

from typing import Annotated

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.report import run_and_show, show_plan


def make_mono_cli(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SRC", help="Text in the source language: .txt or tabular.")],
    target: Annotated[str, typer.Argument(metavar="TGT", help="Text in the target language.")],
    src_lang: opt.SrcLang,
    tgt_lang: opt.TgtLang,
    out: opt.Out,
    budget: Annotated[
        str | None,
        typer.Option(
            help="Tokens of both languages together, half each: 50M, 200k. [default: all of the smaller text]"
        ),
    ] = None,
    budget_tokenizer: Annotated[
        str, typer.Option(help="What counts tokens: bytes, or a directory with a tokenizer.json.")
    ] = "bytes",
    text_column: Annotated[str | None, typer.Option(help="Column of the text, in tabular input.")] = None,
    src_column: Annotated[str | None, typer.Option(help="The same for SRC alone.")] = None,
    tgt_column: Annotated[str | None, typer.Option(help="The same for TGT alone.")] = None,
    doc_column: opt.DocColumn = None,
    min_chars: Annotated[int | None, typer.Option(help="Reject documents of fewer characters.")] = None,
    max_chars: Annotated[int | None, typer.Option(help="Reject documents of more characters; none is cut.")] = None,
    min_tokens: Annotated[int | None, typer.Option(help="The same in tokens of --budget-tokenizer.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="The same in tokens of --budget-tokenizer.")] = None,
    language_id: Annotated[
        bool, typer.Option("--language-id", help="Reject documents that are clearly in another language (py3langid).")
    ] = False,
    dedup: Annotated[
        str,
        typer.Option(
            help="Reject documents that came before: none; exact (but for spaces and composition; memory grows by 110 "
            "bytes a document); near (nearly the same too, by datasketch's MinHash; 4.5 kB a document)."
        ),
    ] = "none",
    near_threshold: Annotated[
        float, typer.Option(help="Share of letter sequences in common that makes two documents near-duplicates.")
    ] = 0.8,
    limit: opt.Limit = None,
    seed: opt.Seed = 0,
    workers: opt.Workers = 1,
    engine: opt.EngineName = "local",
    ray_address: opt.RayAddress = None,
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

    Documents stay whole and are drawn by the seed from all of the text; the language that has had fewer tokens so far
    comes next. Without --budget it is as much as the smaller text has. The report says how much of each text is left
    over. Both texts are read twice, and memory grows by 60 bytes a document.

    Example: cscl-data make-mono en.txt ko.txt --src-lang en --tgt-lang ko --budget 50M --out mono
    """
    from cscl_data.io.mono import MonoSpec
    from cscl_data.pipelines.contradictions import check_dedup_options
    from cscl_data.pipelines.mono import MonoJob, plan_mono, run_mono
    from cscl_data.pipelines.text_filters import FilterSettings
    from cscl_data.pipelines.token_counting import parse_budget

    check_dedup_options(dedup, opt.given(ctx))
    texts = [
        MonoSpec(path=path, lang=lang, text_column=column or text_column, doc_column=doc_column, limit=limit)
        for path, lang, column in ((source, src_lang, src_column), (target, tgt_lang, tgt_column))
    ]
    job = MonoJob(
        source=texts[0],
        target=texts[1],
        budget=parse_budget(budget) if budget else None,
        tokenizer=budget_tokenizer,
        basics=opt.basics(out, seed, shard_rows, licence, rejects_text),
        filters=FilterSettings(
            min_chars=min_chars,
            max_chars=max_chars,
            min_tokens=min_tokens,
            max_tokens=max_tokens,
            language_id=language_id,
            dedup=dedup,
            near_threshold=near_threshold,
        ),
    )
    if dry_run:
        from cscl_data.pipelines.estimate import estimate_mono

        about = estimate_mono(job.source, job.target, budget=job.budget, tokenizer=job.tokenizer, workers=workers)
        show_plan(plan_mono(job), about, workers=workers)
        return
    options = opt.run_options(workers, engine, overwrite, max_reject_rate, ray_address=ray_address)
    run_and_show(lambda listener: run_mono(job, options, listener), out, as_json=as_json)
