"""`cscl-data make-sentence-cs`."""

from __future__ import annotations

from typing import Annotated

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.report import run_and_show, show_plan


def make_sentence_cs_cli(
    ctx: typer.Context,
    src_lang: opt.SrcLang,
    tgt_lang: opt.TgtLang,
    out: opt.Out,
    inputs: opt.Inputs = None,
    mode: Annotated[str, typer.Option(help="alternate, random, or block (runs of sentences).")] = "alternate",
    start_lang: Annotated[str, typer.Option(help="Side of the first sentence: src, tgt, random.")] = "random",
    share: Annotated[float, typer.Option(help="Share of target sentences with --mode random.")] = 0.5,
    min_run: Annotated[int, typer.Option(help="Shortest run with --mode block, in sentences.")] = 1,
    max_run: Annotated[int, typer.Option(help="Longest run with --mode block.")] = 3,
    src_column: opt.SrcColumn = None,
    tgt_column: opt.TgtColumn = None,
    doc_column: opt.DocColumn = None,
    id_column: opt.IdColumn = None,
    src_file: opt.SrcFile = None,
    tgt_file: opt.TgtFile = None,
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
    """Mix the languages of documents sentence by sentence.

    Every sentence pair of a document stands once, in one of its two languages, so that neighbours never translate each
    other. Documents are neighbouring rows with the same id in --doc-column.

    Example: cscl-data make-sentence-cs talks.jsonl --src-lang en --tgt-lang ko --doc-column doc --out sentence
    """
    from cscl_data.generators.sentence import SentenceCsConfig
    from cscl_data.io.bitext import BitextSpec
    from cscl_data.pipelines.contradictions import check_mode_options
    from cscl_data.pipelines.sentence_cs import SentenceCsJob, plan_sentence_cs, run_sentence_cs

    job = SentenceCsJob(
        bitext=BitextSpec(
            src_lang=src_lang,
            tgt_lang=tgt_lang,
            paths=tuple(inputs or ()),
            stdin=opt.spooled(inputs, out, dry_run=dry_run),
            src_file=src_file,
            tgt_file=tgt_file,
            src_column=src_column,
            tgt_column=tgt_column,
            doc_column=doc_column,
            id_column=id_column,
            limit=limit,
        ),
        switching=SentenceCsConfig(mode=mode, start_lang=start_lang, share=share, min_run=min_run, max_run=max_run),
        basics=opt.basics(out, seed, shard_rows, licence, rejects_text),
    )
    check_mode_options(mode, opt.given(ctx))
    if dry_run:
        from cscl_data.pipelines.estimate import estimate_sentence_cs

        show_plan(plan_sentence_cs(job), estimate_sentence_cs(job.bitext, workers=workers), workers=workers)
        return
    options = opt.run_options(workers, engine, overwrite, max_reject_rate)
    run_and_show(lambda listener: run_sentence_cs(job, options, listener), out, as_json=as_json)
