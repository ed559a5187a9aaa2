"""`cscl-data make-sentence-cs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cscl_data.cli import document_options as doc
from cscl_data.cli import model_options as mod
from cscl_data.cli import options as opt
from cscl_data.cli import sentence_options as sen
from cscl_data.cli import token_options as tok
from cscl_data.cli.report import run_and_show, show_plan
from cscl_data.cli.sentence_report import show_sentences
from cscl_data.cli.token_lexicon import one_text
from cscl_data.cli.token_targets import columns_of

if TYPE_CHECKING:
    from cscl_data.pipelines.job import RunOptions
    from cscl_data.pipelines.sentence_cs import SentenceCsJob
    from cscl_data.pipelines.sentence_documents import AlignedCsJob
    from cscl_data.pipelines.sentence_translation import TranslatedCsJob


def make_sentence_cs_cli(
    ctx: typer.Context,
    src_lang: opt.SrcLang,
    tgt_lang: tok.TgtLang,
    out: opt.Out,
    inputs: opt.Inputs = None,
    mode: sen.Mode = "alternate",
    start_lang: sen.StartLang = "random",
    share: sen.Share = None,
    min_run: sen.MinRun = 1,
    max_run: sen.MaxRun = 3,
    switch_probability: sen.SwitchProbability = 0.3,
    max_tokens: sen.MaxTokens = None,
    budget_tokenizer: sen.BudgetTokenizer = "bytes",
    window: sen.Window = None,
    any_order: sen.AnyOrder = False,
    src_docs: doc.SrcDocs = None,
    tgt_docs: doc.TgtDocs = None,
    align_sentences: doc.AlignSentences = False,
    markup: doc.Markup = "auto",
    priors: doc.Priors = "auto",
    lexicon: doc.Lexicon = None,
    translate_with: sen.TranslateWith = None,
    text_column: sen.TextColumn = None,
    tokenizer: mod.Tokenizer = None,
    device: mod.Device = "auto",
    compute_type: mod.ComputeType = "auto",
    beam_size: mod.BeamSize = 4,
    batch_tokens: mod.BatchTokens = 4096,
    inter_threads: mod.InterThreads = 0,
    intra_threads: mod.IntraThreads = 1,
    deterministic: mod.Deterministic = False,
    src_column: opt.SrcColumn = None,
    tgt_column: tok.TgtColumn = None,
    doc_column: sen.DocColumn = None,
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
    config: opt.Config = None,
    as_json: opt.Json = False,
) -> None:
    """Mix the languages of documents sentence by sentence.

    Every sentence of a document stands once, in one of its languages, so that neighbours never translate each
    other; annotate and parallel add translations. Documents are neighbouring rows with the same id in --doc-column,
    or what stands between blank rows. Lines that stand in no order are refused, see --any-order. Documents whose
    sentences are not aligned are files of --src-docs and --tgt-docs, or rows (--align-sentences); what is learned
    for them takes some 10 kB a sentence, for 30,000 sentences at most. With --translate-with there is no bitext:
    INPUT or --src-docs has one language, and the model translates the sentences that are switched.

    Example: cscl-data make-sentence-cs talks.jsonl --src-lang en --tgt-lang ko --doc-column doc --out sentence

    Example: cscl-data make-sentence-cs --src-docs docs/en --tgt-docs docs/ko --src-lang en --tgt-lang ko --out mixed
    """
    from cscl_data.generators.sentence import SentenceCsConfig
    from cscl_data.io.bitext import BitextSpec
    from cscl_data.io.documents import FolderSpec, FolderTextSpec
    from cscl_data.io.mono import MonoSpec
    from cscl_data.pipelines.bead_settings import BeadSettings
    from cscl_data.pipelines.sentence_cs import SentenceCsJob
    from cscl_data.pipelines.sentence_options import check_sentence_options
    from cscl_data.pipelines.sentence_translation import TranslatedCsJob

    switching = SentenceCsConfig(
        mode=mode,
        start_lang=start_lang,
        share=share,
        min_run=min_run,
        max_run=max_run,
        switch_probability=switch_probability,
        max_tokens=max_tokens,
    )
    basics = opt.basics(out, seed, shard_rows, licence, rejects_text)
    check_sentence_options(mode, translate_with, opt.given(ctx))
    options = opt.run_options(workers, engine, overwrite, max_reject_rate, part, ray_address)
    if translate_with is not None:
        translated = TranslatedCsJob(
            text=FolderTextSpec(path=src_docs, lang=src_lang, markup=markup, limit=limit)
            if src_docs is not None
            else MonoSpec(
                path=one_text("--translate-with", inputs),
                lang=src_lang,
                text_column=text_column,
                doc_column=doc_column,
                limit=limit,
            ),
            tgt_langs=tuple(tgt_lang),
            model=mod.model_settings(
                model=translate_with,
                tokenizer=tokenizer,
                device=device,
                compute_type=compute_type,
                beam_size=beam_size,
                batch_tokens=batch_tokens,
                inter_threads=inter_threads,
                intra_threads=intra_threads,
                deterministic=deterministic,
            ),
            switching=switching,
            basics=basics,
            tokenizer=budget_tokenizer,
            any_order=any_order,
        )
        _translate(translated, options, dry_run=dry_run, as_json=as_json)
        return
    if align_sentences or src_docs is not None or tgt_docs is not None:
        from cscl_data.pipelines.sentence_documents import AlignedCsJob  # compiles

        target = doc.one_target(tgt_lang)
        documents: FolderSpec | BitextSpec
        if align_sentences:
            documents = BitextSpec(
                src_lang=src_lang,
                tgt_lang=target,
                paths=tuple(inputs or ()),
                stdin=opt.spooled(inputs, out, dry_run=dry_run),
                src_column=src_column,
                tgt_column=tgt_column[0] if tgt_column else None,
                doc_column=doc_column,
                id_column=id_column,
                limit=limit,
            )
        else:
            documents = FolderSpec(src_docs=str(src_docs), tgt_docs=str(tgt_docs), markup=markup, limit=limit)
        aligned = AlignedCsJob(
            documents=documents,
            beads=BeadSettings(src_lang=src_lang, tgt_lang=target, markup=markup, priors=priors, lexicon=lexicon),
            switching=switching,
            basics=basics,
            tokenizer=budget_tokenizer,
        )
        _align(aligned, options, dry_run=dry_run, as_json=as_json)
        return
    columns = columns_of(tgt_lang, tgt_column, mix=False, save_model=None)
    stdin = opt.spooled(inputs, out, dry_run=dry_run)
    job = SentenceCsJob(
        bitexts=tuple(
            BitextSpec(
                src_lang=src_lang,
                tgt_lang=target,
                paths=tuple(inputs or ()),
                stdin=stdin,
                src_file=src_file,
                tgt_file=tgt_file,
                src_column=src_column,
                tgt_column=column,
                doc_column=doc_column,
                id_column=id_column,
                limit=limit,
                window=window,
            )
            for target, column in zip(tgt_lang, columns, strict=True)
        ),
        switching=switching,
        basics=basics,
        tokenizer=budget_tokenizer,
        any_order=any_order,
    )
    _mix(job, options, dry_run=dry_run, as_json=as_json)


def _mix(job: SentenceCsJob, options: RunOptions, *, dry_run: bool, as_json: bool) -> None:
    from cscl_data.pipelines.sentence_cs import plan_sentence_cs, run_sentence_cs

    if dry_run:
        from cscl_data.pipelines.estimate import estimate_sentence_cs

        about = estimate_sentence_cs(job.specs[0], workers=options.workers)
        show_plan(plan_sentence_cs(job), about, workers=options.workers)
        return
    manifest = run_and_show(lambda listener: run_sentence_cs(job, options, listener), job.basics.out, as_json=as_json)
    show_sentences(manifest["report"])


def _align(job: AlignedCsJob, options: RunOptions, *, dry_run: bool, as_json: bool) -> None:
    from cscl_data.pipelines.sentence_documents import plan_aligned_cs, run_aligned_cs

    if dry_run:
        from cscl_data.pipelines.estimate import estimate_aligned_cs

        show_plan(
            plan_aligned_cs(job), estimate_aligned_cs(job.opened(), workers=options.workers), workers=options.workers
        )
        return
    manifest = run_and_show(lambda listener: run_aligned_cs(job, options, listener), job.basics.out, as_json=as_json)
    show_sentences(manifest["report"])


def _translate(job: TranslatedCsJob, options: RunOptions, *, dry_run: bool, as_json: bool) -> None:
    from cscl_data.pipelines.sentence_translation import plan_translated_cs, run_translated_cs

    if dry_run:
        from cscl_data.pipelines.estimate import estimate_translated_cs

        plan = plan_translated_cs(job, dry=True)
        about = estimate_translated_cs(job.text, job.model, list(plan.inputs), workers=options.workers)
        show_plan(plan, about, workers=options.workers)
        return
    manifest = run_and_show(lambda listener: run_translated_cs(job, options, listener), job.basics.out, as_json=as_json)
    show_sentences(manifest["report"])
