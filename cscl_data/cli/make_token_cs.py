"""`cscl-data make-token-cs`."""

from __future__ import annotations

import typer

from cscl_data.cli import align_options as aln
from cscl_data.cli import llm_options as llm
from cscl_data.cli import options as opt
from cscl_data.cli import token_options as tok
from cscl_data.cli.llm_report import estimate_lines
from cscl_data.cli.report import run_and_show, show_plan
from cscl_data.cli.token_lexicon import make_from_lexicon, needed, one_target, one_text
from cscl_data.cli.token_targets import columns_of, make_for_many
from cscl_data.io.trust import trust_code


def make_token_cs_cli(
    ctx: typer.Context,
    src_lang: opt.SrcLang,
    tgt_lang: tok.TgtLang,
    out: opt.Out,
    inputs: opt.Inputs = None,
    method: tok.Method = "align",
    ratio: tok.Ratio = None,
    ratio_by: tok.RatioBy = "token",
    ratio_range: tok.RatioRange = None,
    target_cmi: tok.TargetCmi = None,
    target_spf: tok.TargetSpf = None,
    max_risk: tok.MaxRisk = None,
    n_variants: tok.Variants = 1,
    mix: tok.Mix = False,
    matrix_lang: tok.MatrixLang = "src",
    unit: tok.Unit = "phrase",
    max_phrase_len: tok.MaxPhraseLen = 4,
    constraint: tok.Constraint = None,
    pos: tok.Pos = None,
    spacy_pipeline: tok.SpacyPipelines = None,
    exclude_stopwords: tok.ExcludeStopwords = False,
    protect: tok.Protect = None,
    aligner: aln.AlignerName = "statistical",
    alignments: tok.Alignments = None,
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
    lexicon: tok.Lexicon = None,
    lexicon_policy: tok.LexiconPolicy = "best",
    save_model: aln.SaveModel = None,
    load_model: aln.LoadModel = None,
    eflomal: aln.Eflomal = None,
    one_indexed: aln.OneIndexed = False,
    text_column: tok.TextColumn = None,
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
    tgt_column: tok.TgtColumn = None,
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
    """Switch words of one language into sentences of the other.

    Replaces spans of the raw sentence by what they are aligned to; everything else stays byte for byte. The default
    aligner learns from the input alone and needs neither model nor network. Other methods: see --method. With llm each
    sentence is checked against both sides of the pair; with lexicon INPUT is text in --src-lang: .txt, a line a row, or
    a table with a text column.

    Example: cscl-data make-token-cs corpus.tsv --src-lang en --tgt-lang ko --out token
    """
    from cscl_data.generators.amount import Amount
    from cscl_data.generators.config import TokenCsConfig
    from cscl_data.generators.constraints import DEFAULT
    from cscl_data.io.bitext import BitextSpec
    from cscl_data.io.mono import MonoSpec
    from cscl_data.pipelines.contradictions import (
        check_align_options,
        check_amount_options,
        check_method_options,
        check_unaligned,
    )
    from cscl_data.pipelines.lexicon_cs import LexiconCsJob
    from cscl_data.pipelines.parts import check_part
    from cscl_data.pipelines.spacy_pipelines import settled_pipelines
    from cscl_data.pipelines.token_cs import TokenCsJob, plan_token_cs, run_token_cs

    trust_code(trust_remote_code)
    switching = TokenCsConfig(
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
        max_risk=max_risk,
        lexicon_policy=lexicon_policy,
    )
    alignment = aln.align_settings(
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
        lexicon=lexicon if method != "lexicon" else None,
        load_model=load_model,
        eflomal=eflomal,
        links=alignments,
        one_indexed=one_indexed,
    )
    basics = opt.basics(out, seed, shard_rows, licence, rejects_text)
    given = opt.given(ctx)
    check_amount_options(given)
    check_method_options(method, switching, alignment, given, of_llm=llm.OPTIONS)
    options = opt.run_options(workers, engine, overwrite, max_reject_rate, part, ray_address)
    columns = columns_of(tgt_lang, tgt_column, mix=mix, save_model=save_model)
    languages = src_lang, *tgt_lang
    if method == "lexicon":
        one_target(tgt_lang)
        check_align_options(alignment, given, languages=languages, links_flag="--alignments", cuts_words=True)
        text = MonoSpec(
            path=one_text("--method lexicon", inputs),
            lang=src_lang,
            text_column=text_column,
            doc_column=doc_column,
            limit=limit,
        )
        from_lexicon = LexiconCsJob(
            text=text,
            tgt_lang=tgt_lang[0],
            lexicon=needed(lexicon),
            switching=switching,
            cutting=alignment,
            matrix_lang=matrix_lang,
            n_variants=n_variants,
            basics=basics,
            pipelines=settled_pipelines(spacy_pipeline or (), [src_lang]),
        )
        make_from_lexicon(from_lexicon, options, out, dry_run=dry_run, as_json=as_json, workers=workers)
        return
    job = TokenCsJob(
        bitext=BitextSpec(
            src_lang=src_lang,
            tgt_lang=tgt_lang[0],
            paths=tuple(inputs or ()),
            stdin=opt.spooled(inputs, out, dry_run=dry_run),
            src_file=src_file,
            tgt_file=tgt_file,
            src_column=src_column,
            tgt_column=columns[0],
            doc_column=doc_column,
            id_column=id_column,
            limit=limit,
        ),
        switching=switching,
        alignment=alignment,
        matrix_lang=matrix_lang,
        method=method,
        n_variants=n_variants,
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
        basics=basics,
        pipelines=settled_pipelines(spacy_pipeline or (), languages),
    )
    if job.llm is not None and not job.llm.needs_links:
        check_unaligned(given)
    check_align_options(
        job.alignment,
        given,
        languages=languages,
        links_flag="--alignments",
        cuts_words=True,
    )
    if job.aligns:
        check_part(part, job.alignment)
    if len(tgt_lang) > 1:
        make_for_many(job, tgt_lang, columns, options, mix=mix, dry_run=dry_run, as_json=as_json)
        return
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
    run_and_show(
        lambda listener: aln.with_model(run_token_cs(job, options, listener), out, save_model), out, as_json=as_json
    )
