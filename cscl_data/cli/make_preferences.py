"""`cscl-data make-preferences`."""

from __future__ import annotations

from typing import Annotated

import typer

from cscl_data.cli import align_options as aln
from cscl_data.cli import model_options as mod
from cscl_data.cli import options as opt
from cscl_data.cli import preference_options as pref
from cscl_data.cli.report import run_and_show, show_plan
from cscl_data.cli.translate_bundle import show_bundles


def make_preferences_cli(
    ctx: typer.Context,
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT", help="Records: .jsonl, .parquet, .csv.")],
    src_lang: opt.SrcLang,
    tgt_lang: opt.TgtLang,
    out: opt.Out,
    prompt_field: pref.PromptField = "prompt",
    response_field: pref.ResponseField = "response",
    messages_field: pref.MessagesField = None,
    tgt_prompt_field: pref.TgtPromptField = None,
    tgt_response_field: pref.TgtResponseField = None,
    scheme: pref.Scheme = "clo",
    form: pref.RowForm = "plain",
    system: pref.System = None,
    cue: pref.Cue = None,
    pivot_instruction: pref.PivotInstruction = False,
    model: Annotated[str, typer.Option(help=mod.MODELS)] = "default",
    catalyst: mod.CatalystMode = "relation",
    catalyst_file: mod.CatalystFile = None,
    indicators: Annotated[
        str, typer.Option(help="Before each field: the first that the record has not; auto: by a trial; or none.")
    ] = "@,#,*",
    fallback: Annotated[
        str, typer.Option(help="What is tried, in order; the last is reject.")
    ] = "indicator,smaller,separate,split,reject",
    protect_mode: mod.ProtectMode = "check",
    tokenizer: mod.Tokenizer = None,
    device: mod.Device = "auto",
    compute_type: mod.ComputeType = "auto",
    beam_size: mod.BeamSize = 4,
    batch_tokens: mod.BatchTokens = 4096,
    inter_threads: mod.InterThreads = 0,
    intra_threads: mod.IntraThreads = 1,
    deterministic: mod.Deterministic = False,
    fit_on: pref.OrderFitOn = None,
    load_model: pref.OrderModel = None,
    priors: pref.OrderPriors = "auto",
    id_column: opt.IdColumn = None,
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
    """Make preferences between answers in two languages from English instruction records, or instructions.

    Prompt and response of a record are translated together. Each record gives a row for each prompt language: the
    answer in the language of the prompt is chosen, the other one rejected. The columns prompt, chosen and rejected are
    what preference trainers read; train --objective clo trains on them, --objective sft on those of the other schemes.

    Example: cscl-data make-preferences instructions.jsonl --src-lang en --tgt-lang ko --out out/preferences
    """
    from cscl_data.io.recordfile import RecordSpec
    from cscl_data.pipelines.bundle_settings import BundleSettings
    from cscl_data.pipelines.preferences.checks import check_preference_options
    from cscl_data.pipelines.preferences.job import plan_preferences, run_preferences
    from cscl_data.pipelines.preferences.settings import PreferenceJob, PreferenceSettings, by_language

    places = pref.places(prompt_field, response_field, messages_field, tgt_prompt_field, tgt_response_field)
    job = PreferenceJob(
        source=RecordSpec(
            paths=tuple(inputs), stdin=opt.spooled(inputs, out, dry_run=dry_run), id_column=id_column, limit=limit
        ),
        places=places,
        settings=PreferenceSettings(
            scheme=scheme,
            form=form,
            systems=by_language("--system", system or (), (src_lang, tgt_lang)),
            cues=by_language("--cue", cue or (), (src_lang, tgt_lang)),
            pivot_instruction=pivot_instruction,
        ),
        bundles=BundleSettings(
            fields=places.source,
            src_lang=src_lang,
            tgt_lang=tgt_lang,
            catalyst=catalyst,
            catalyst_file=None if catalyst_file is None else str(catalyst_file),
            indicators=indicators,
            fallback=fallback,
            protect_mode=protect_mode,
        ),
        model=mod.model_settings(
            model=model,
            tokenizer=tokenizer,
            device=device,
            compute_type=compute_type,
            beam_size=beam_size,
            batch_tokens=batch_tokens,
            inter_threads=inter_threads,
            intra_threads=intra_threads,
            deterministic=deterministic,
        ),
        alignment=aln.align_settings(fit_on=fit_on, load_model=load_model, priors=priors),
        basics=opt.basics(out, seed, shard_rows, licence, rejects_text),
    )
    check_preference_options(job, opt.given(ctx))
    if dry_run:
        from cscl_data.pipelines.preferences.outlook import estimate_preferences

        plan = plan_preferences(job, dry=True)
        show_plan(plan, estimate_preferences(job, list(plan.inputs), workers=workers), workers=workers)
        return
    options = opt.run_options(workers, engine, overwrite, max_reject_rate, part, ray_address)
    manifest = run_and_show(lambda listener: run_preferences(job, options, listener), out, as_json=as_json)
    if "report" in manifest:
        show_bundles(manifest["report"])
