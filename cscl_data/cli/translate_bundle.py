"""`cscl-data translate-bundle`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cscl_data.cli import model_options as mod
from cscl_data.cli import options as opt
from cscl_data.cli.report import run_and_show, show_plan
from cscl_data.io.telling import tell
from cscl_data.io.trust import trust_code


def translate_bundle_cli(
    ctx: typer.Context,
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT", help="Records: .jsonl, .parquet, .csv, .json.")],
    fields: Annotated[str, typer.Option(help="Fields translated together: dotted paths, * for every element, commas.")],
    src_lang: opt.SrcLang,
    tgt_lang: opt.TgtLang,
    out: opt.Out,
    model: Annotated[str, typer.Option(help=mod.MODELS)] = "default",
    catalyst: mod.CatalystMode = "relation",
    catalyst_file: mod.CatalystFile = None,
    indicators: Annotated[
        str,
        typer.Option(help="Before each field: the first that the record has not; auto: by a trial; or none."),
    ] = "@,#,*",
    max_fields_per_bundle: Annotated[
        int,
        typer.Option(
            min=0, help="A record of more fields goes as several bundles; 0: as many as the model says, or all."
        ),
    ] = 0,
    fallback: Annotated[
        str, typer.Option(help="What is tried, in order; the last is reject or keep-source.")
    ] = "indicator,smaller,separate,split,reject",
    protect_mode: mod.ProtectMode = "check",
    mask_shape: Annotated[
        str, typer.Option(help="Token that stands for a span, 1 for its number: '{1}'; auto: by a trial.")
    ] = "auto",
    checks: Annotated[
        str,
        typer.Option(
            help="What --on-fail acts on: length, script, repetition, numbers, truncated, copy, language (py3langid); "
            "or none. Others only flag."
        ),
    ] = "length,script,repetition,truncated",
    on_fail: Annotated[
        str,
        typer.Option(help="A text that fails: retry (down the ladder), flag (it stands), reject (the record)."),
    ] = "retry",
    qe: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCORE",
            help="Score each record: encoder:PATH (cosine of source and translation), backtranslate:MODEL (chrF of the "
            "round trip). Repeatable.",
        ),
    ] = None,
    output_mode: Annotated[
        str,
        typer.Option(
            help="replaced, both (and the source in question_en), or suffix (question stays, and question_ko)."
        ),
    ] = "replaced",
    answer_offsets: Annotated[
        str | None,
        typer.Option(metavar="CONTEXT=ANSWERS", help="Find answer_start anew in the context: 'context=answers.*'."),
    ] = None,
    tokenizer: mod.Tokenizer = None,
    device: mod.Device = "auto",
    compute_type: mod.ComputeType = "auto",
    beam_size: mod.BeamSize = 4,
    batch_tokens: mod.BatchTokens = 4096,
    inter_threads: mod.InterThreads = 0,
    intra_threads: mod.IntraThreads = 1,
    deterministic: mod.Deterministic = False,
    records: Annotated[str | None, typer.Option(help="Path of the record list in a .json tree: data.*.x.*")] = None,
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
    trust_remote_code: opt.TrustRemoteCode = False,
    config: opt.Config = None,
    as_json: opt.Json = False,
) -> None:
    """Translate the fields of records together, so that they stay about the same thing.

    The fields are joined behind a catalyst statement, each led by an indicator token, translated as one sequence and
    taken apart again. What does not come apart goes down the ladder of --fallback. All other fields stay as they are.

    Example: cscl-data translate-bundle qa.jsonl --fields 'question,answers.*.text' --src-lang en --tgt-lang ko --out b
    """
    from cscl_data.io.recordfile import RecordSpec
    from cscl_data.pipelines.bundle_settings import BundleSettings, TranslateBundleJob
    from cscl_data.pipelines.translate_bundle import plan_translate_bundle, run_translate_bundle
    from cscl_data.pipelines.translation_contradictions import check_bundle_options, check_quality_options

    trust_code(trust_remote_code)
    job = TranslateBundleJob(
        source=RecordSpec(
            paths=tuple(inputs), stdin=opt.spooled(inputs, out, dry_run=dry_run), id_column=id_column, limit=limit
        ),
        bundles=BundleSettings(
            fields=tuple(path.strip() for path in fields.split(",") if path.strip()),
            src_lang=src_lang,
            tgt_lang=tgt_lang,
            catalyst=catalyst,
            catalyst_file=None if catalyst_file is None else str(catalyst_file),
            indicators=indicators,
            max_fields_per_bundle=max_fields_per_bundle,
            fallback=fallback,
            protect_mode=protect_mode,
            mask_shape=mask_shape,
            checks=checks,
            on_fail=on_fail,
            records=records,
            output_mode=output_mode,
            answer_offsets=answer_offsets,
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
        basics=opt.basics(out, seed, shard_rows, licence, rejects_text),
        qe=tuple(qe or ()),
    )
    check_bundle_options(job.bundles, job.model, opt.given(ctx), scorers=job.qe)
    check_quality_options(job.qe, opt.given(ctx))
    if dry_run:
        from cscl_data.pipelines.estimate import estimate_bundle
        from cscl_data.pipelines.translate_bundle import open_records

        plan = plan_translate_bundle(job, dry=True)
        about = estimate_bundle(open_records(job), job.bundles.fields, job.model, list(plan.inputs), workers=workers)
        show_plan(plan, about, workers=workers)
        return
    options = opt.run_options(workers, engine, overwrite, max_reject_rate, part, ray_address)
    manifest = run_and_show(lambda listener: run_translate_bundle(job, options, listener), out, as_json=as_json)
    show_bundles(manifest["report"])


def show_bundles(summary: dict[str, Any]) -> None:
    """Print how records were translated: by level, flagged, how often the first sequence came apart, and scored."""
    levels = ", ".join(f"{level} {count:,}" for level, count in summary["level"].items())
    tell(f"levels: {levels or 'none'}")
    if summary["fell"]:
        tell(f"first tries fell: {', '.join(f'{reason} {count:,}' for reason, count in summary['fell'].items())}")
    if summary["flags"]:
        tell(f"flags: {', '.join(f'{flag} {count:,}' for flag, count in summary['flags'].items())}")
    for row in summary["reversibility"]:
        tried = max(1, row["tried"])
        shares = "  ".join(f"{key} {100 * row[key] / tried:.1f} %" for key in ("strict", "lenient", "accepted"))
        tell(f"first tries with {row['indicator']!r} and catalyst {row['catalyst']}: {row['tried']:,}  {shares}")
    for name, score in summary["quality"].items():
        if score["records"]:
            tell(f"{name}: mean {score['mean']:.3f}, lowest {score['lowest']:.3f} of {score['records']:,} records")
