"""`cscl-data make-token-cs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cscl_data.cli import llm_options as llm
from cscl_data.cli import options as opt
from cscl_data.cli.llm_report import estimate_lines
from cscl_data.cli.report import run_and_show, show_plan


def make_token_cs_cli(
    ctx: typer.Context,
    src_lang: opt.SrcLang,
    tgt_lang: opt.TgtLang,
    out: opt.Out,
    inputs: opt.Inputs = None,
    method: Annotated[
        str, typer.Option(help="What makes the rows: align, by word alignment; llm, a language model, see --endpoint.")
    ] = "align",
    ratio: Annotated[
        float, typer.Option(help="Share of the matrix sentence's words to switch, 0 to 1; 0 needs no aligner.")
    ] = 0.3,
    ratio_by: Annotated[str, typer.Option(help="What the ratio is a share of: token (words), or char.")] = "token",
    ratio_range: Annotated[
        str | None,
        typer.Option(metavar="LOW,HIGH", help="Each row draws its ratio between them, for --ratio."),
    ] = None,
    target_cmi: Annotated[
        str | None, typer.Option(metavar="MEAN,STD", help="Switch so that rows have such a CMI, for --ratio.")
    ] = None,
    target_spf: Annotated[
        str | None,
        typer.Option(metavar="MEAN,STD", help="The same for SPF, the share of gaps where the language changes."),
    ] = None,
    n_variants: Annotated[int, typer.Option(min=1, help="Rows a pair and matrix language, all different.")] = 1,
    matrix_lang: Annotated[
        str, typer.Option(help="Language that gives the sentence its frame: src, tgt, random, both, or a code.")
    ] = "src",
    unit: Annotated[str, typer.Option(help="word, or phrase (blocks of up to --max-phrase-len words).")] = "word",
    max_phrase_len: Annotated[int, typer.Option(help="Longest switched unit, in words on either side.")] = 4,
    constraint: Annotated[
        list[str] | None,
        typer.Option(
            help="free-morpheme, equivalence, matrix-frame (may be repeated), or none. [default: free-morpheme]"
        ),
    ] = None,
    pos: Annotated[str | None, typer.Option(help="Universal POS tags to switch, such as NOUN,VERB (ko, ja).")] = None,
    exclude_stopwords: Annotated[bool, typer.Option(help="Switch no stop words (spaCy's lists).")] = False,
    protect: Annotated[
        list[str] | None, typer.Option(help="Regular expression; words that it touches stay. May be repeated.")
    ] = None,
    aligner: opt.AlignerName = "statistical",
    alignments: Annotated[
        Path | None, typer.Option(help="Alignments made before: an `align` directory, or a Pharaoh file.")
    ] = None,
    pretokenized: opt.Pretokenized = False,
    tokenizer: opt.TokenizerName = "auto",
    segmenter: opt.SegmenterName = "auto",
    symmetrize: opt.Symmetrize = "posterior",
    attach: opt.Attach = True,
    min_score: opt.MinScore = 0.0,
    fit_on: opt.FitOn = None,
    priors: opt.PriorsFrom = "auto",
    encoder: opt.Encoder = None,
    layer: opt.Layer = 8,
    matching: opt.Matching = "itermax",
    compute_type: opt.EncoderType = "float32",
    device: opt.EncoderDevice = "auto",
    lexicon: opt.Lexicon = None,
    save_model: opt.SaveModel = None,
    load_model: opt.LoadModel = None,
    eflomal: opt.Eflomal = None,
    one_indexed: opt.OneIndexed = False,
    endpoint: llm.Endpoint = None,
    llm_model: llm.Model = None,
    llm_mode: llm.Mode = "free",
    llm_fallback: llm.Fallback = "align",
    llm_answer_tokens: llm.AnswerTokens = 1024,
    llm_extra: llm.Extra = None,
    llm_ratio_bounds: llm.RatioBounds = None,
    llm_concurrency: llm.Concurrency = 8,
    requests_per_minute: llm.PerMinute = None,
    llm_timeout: llm.Timeout = 120.0,
    llm_cache: llm.Cache = None,
    max_requests: llm.MaxRequests = None,
    max_tokens_total: llm.MaxTokens = None,
    price_in: llm.PriceIn = None,
    price_out: llm.PriceOut = None,
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
    """Switch words of one language into sentences of the other.

    Replaces spans of the raw sentence by what they are aligned to; everything else stays byte for byte. The default
    aligner learns from the input alone and needs neither model nor network. With --method llm a language model writes
    the sentences, and each is checked against both sides of the pair.

    Example: cscl-data make-token-cs corpus.tsv --src-lang en --tgt-lang ko --ratio 0.3 --out token
    """
    from cscl_data.generators.amount import Amount
    from cscl_data.generators.config import TokenCsConfig
    from cscl_data.generators.constraints import DEFAULT
    from cscl_data.io.bitext import BitextSpec
    from cscl_data.pipelines.contradictions import (
        check_align_options,
        check_amount_options,
        check_method_options,
        check_unaligned,
    )
    from cscl_data.pipelines.token_cs import TokenCsJob, plan_token_cs, run_token_cs

    check_method_options(method, opt.given(ctx), llm.OPTIONS)
    job = TokenCsJob(
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
        switching=TokenCsConfig(
            amount=Amount(
                ratio=ratio,
                ratio_by=ratio_by,
                ratio_range=opt.two_numbers("--ratio-range", ratio_range),
                target_cmi=opt.two_numbers("--target-cmi", target_cmi),
                target_spf=opt.two_numbers("--target-spf", target_spf),
            ),
            unit=unit,
            max_phrase_len=max_phrase_len,
            constraints=tuple(constraint or DEFAULT),
            pos=tuple(pos.split(",")) if pos else (),
            exclude_stopwords=exclude_stopwords,
            protect=tuple(protect or ()),
        ),
        alignment=opt.align_settings(
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
            links=alignments,
            one_indexed=one_indexed,
        ),
        matrix_lang=matrix_lang,
        n_variants=n_variants,
        method=method,
        llm=llm.llm_settings(
            method,
            endpoint=endpoint,
            model=llm_model,
            mode=llm_mode,
            fallback=llm_fallback,
            answer_tokens=llm_answer_tokens,
            extra=llm_extra,
            ratio_bounds=llm_ratio_bounds,
        ),
        llm_run=llm.llm_run(
            concurrency=llm_concurrency,
            requests_per_minute=requests_per_minute,
            timeout_s=llm_timeout,
            cache=llm_cache,
            max_requests=max_requests,
            max_tokens_total=max_tokens_total,
            price_in=price_in,
            price_out=price_out,
        ),
        basics=opt.basics(out, seed, shard_rows, licence, rejects_text),
    )
    check_amount_options(opt.given(ctx))
    if job.llm is not None and not job.llm.needs_links:
        check_unaligned(opt.given(ctx))
    check_align_options(
        job.alignment,
        opt.given(ctx),
        languages=(src_lang, tgt_lang),
        links_flag="--alignments",
        cuts_words=True,
    )
    if dry_run:
        from cscl_data.pipelines.estimate import estimate_token_cs

        plan = plan_token_cs(job, dry=True)
        items = n_variants * (2 if plan.settings["matrix_lang"] == "both" else 1)
        files = list(plan.inputs)
        about = estimate_token_cs(job.bitext, job.alignment, files, aligns=job.aligns, items=items, workers=workers)
        more: list[str] = []
        if job.asks and job.llm is not None:
            from cscl_data.pipelines.llm_estimate import estimate_llm

            asked = estimate_llm(job.bitext, job.llm_run, items_a_pair=items)
            about, more = about._replace(seconds=about.seconds + asked.seconds), estimate_lines(asked, job.llm.host)
        show_plan(plan, about, workers=workers, more=more)
        return
    options = opt.run_options(workers, engine, overwrite, max_reject_rate)
    run_and_show(
        lambda listener: opt.with_model(run_token_cs(job, options, listener), out, save_model), out, as_json=as_json
    )
