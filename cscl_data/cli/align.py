"""`cscl-data align`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cscl_data.cli import align_options as aln
from cscl_data.cli import options as opt
from cscl_data.cli.report import run_and_show, show_plan
from cscl_data.io.trust import trust_code


def align_cli(
    ctx: typer.Context,
    src_lang: opt.SrcLang,
    tgt_lang: opt.TgtLang,
    out: opt.Out,
    inputs: opt.Inputs = None,
    aligner: aln.AlignerName = "statistical",
    links: Annotated[Path | None, typer.Option(help="Pharaoh file, for --aligner pharaoh.")] = None,
    pretokenized: aln.Pretokenized = False,
    tokenizer: aln.TokenizerName = "auto",
    segmenter: aln.SegmenterName = "auto",
    symmetrize: aln.Symmetrize = "posterior",
    attach: aln.Attach = True,
    min_score: aln.MinScore = 0.0,
    fit_on: aln.FitOn = None,
    priors: aln.PriorsFrom = "auto",
    encoder: aln.Encoder = None,
    layer: aln.Layer = 8,
    matching: aln.Matching = "itermax",
    compute_type: aln.EncoderType = "float32",
    device: aln.EncoderDevice = "auto",
    lexicon: aln.Lexicon = None,
    save_model: aln.SaveModel = None,
    load_model: aln.LoadModel = None,
    eflomal: aln.Eflomal = None,
    one_indexed: aln.OneIndexed = False,
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
    ray_address: opt.RayAddress = None,
    part: opt.PartOf = None,
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
    """Align the words of sentence pairs.

    Writes one row for every readable pair, in order: tokens as spans into the raw text, links with scores, and the
    links in Pharaoh form. The statistical aligner (the default) learns from the whole input and from --fit-on; its
    memory grows with the words of the corpus and with the word pairs that occur together more often than by chance.

    Example: cscl-data align corpus.tsv --src-lang en --tgt-lang ko --out links
    """
    from cscl_data.io.bitext import BitextSpec
    from cscl_data.pipelines.align import AlignJob, plan_align, run_align
    from cscl_data.pipelines.contradictions import check_align_options
    from cscl_data.pipelines.parts import check_part

    trust_code(trust_remote_code)
    job = AlignJob(
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
        alignment=aln.align_settings(
            aligner=aligner,
            tokenizer=tokenizer,
            segmenter=segmenter,
            symmetrize=symmetrize,
            attach=attach,
            min_score=min_score,
            pretokenized=pretokenized,
            fit_on=fit_on,
            priors=priors,
            encoder=encoder,
            layer=layer,
            matching=matching,
            compute_type=compute_type,
            device=device,
            lexicon=lexicon,
            load_model=load_model,
            eflomal=eflomal,
            links=links,
            one_indexed=one_indexed,
        ),
        basics=opt.basics(out, seed, shard_rows, licence, rejects_text),
    )
    check_align_options(
        job.alignment,
        opt.given(ctx),
        languages=(src_lang, tgt_lang),
        links_flag="--links",
        cuts_words=False,
    )
    check_part(part, job.alignment)
    if dry_run:
        from cscl_data.pipelines.estimate import estimate_align

        plan = plan_align(job, dry=True)
        show_plan(plan, estimate_align(job.bitext, job.alignment, list(plan.inputs), workers=workers), workers=workers)
        return
    options = opt.run_options(workers, engine, overwrite, max_reject_rate, part, ray_address)
    run_and_show(
        lambda listener: aln.with_model(run_align(job, options, listener), out, save_model), out, as_json=as_json
    )
