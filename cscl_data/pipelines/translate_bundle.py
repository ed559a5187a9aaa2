"""`translate-bundle`: records to records whose fields are translated together."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial

import pyarrow as pa

from cscl_data.errors import ConfigError
from cscl_data.io.recordfile import Records
from cscl_data.pipelines.bundle_answers import parse_answers
from cscl_data.pipelines.bundle_fields import require_fields, sampled_texts
from cscl_data.pipelines.bundle_output import with_siblings
from cscl_data.pipelines.bundle_quality import Quality, parse_quality
from cscl_data.pipelines.bundle_settings import BundleSettings, TranslateBundleJob
from cscl_data.pipelines.bundle_shard import loaded, translate_records
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.indicator_choice import choose_indicators
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.language_check import Side, check_sides, settle
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.mask_choice import choose_mask
from cscl_data.pipelines.plan import JobPlan
from cscl_data.pipelines.settings import sig_line
from cscl_data.pipelines.shard import Work
from cscl_data.records import bundle_struct
from cscl_data.text.fields import find
from cscl_data.text.language_id import PACKAGE, require_language_id
from cscl_data.translators import (
    check_model,
    is_shipped,
    merge_summaries,
)
from cscl_data.translators.guards import LANGUAGE_FLAG

SCHEMA = "bundle/1"
METHOD = "bundle.6"


def plan_translate_bundle(job: TranslateBundleJob, *, dry: bool = False) -> JobPlan:
    """Settle everything that decides the output.

    The model is loaded, for its choice of device and compute type; with `dry` it is not, and they stand as asked.

    Raises:
        ConfigError: an unknown language, rung, indicator or model, or a column `bundle` in the input.
        InputError: an input cannot be read, no record has one of the fields, or they are clearly in another language.
    """
    bundles = job.bundles
    languages = settle(bundles.src_lang, bundles.tgt_lang)
    ladder = bundles.ladder()
    check_model(job.model.model)
    records = open_records(job)
    answers = parse_answers(bundles.answer_offsets)
    require_fields(records, bundles.fields if answers is None else (*bundles.fields, answers.context, *answers.changed))
    check_sides(
        [Side("--src-lang", bundles.src_lang, sampled_texts(records, bundles.fields))], records.sources[0].given
    )
    quality = parse_quality(job.qe, job.model, source=job.bundles.src_lang, target=job.bundles.tgt_lang)
    quality.check(*languages)
    translator = job.model.describe() if dry else loaded(job.model)
    translator.check_pair(*languages)
    measured = quality.files(dry=dry)
    sig = sig_line(
        schema=SCHEMA,
        method=METHOD,
        translator=f"{translator.name}.{translator.sig}",
        beam=job.model.beam_size,
        pair=">".join(languages),
        fields=",".join(bundles.fields),
        compute=translator.settings.get("compute_type"),
        catalyst=bundles.catalyst_sig(),
        indicators=bundles.indicators,
        max_fields=bundles.max_fields_per_bundle or None,
        fallback=bundles.fallback,
        protect=f"mask.{bundles.mask_shape}" if bundles.protect_mode == "mask" else bundles.protect_mode,
        checks="+".join(ladder.checks) or "none",
        on_fail=bundles.on_fail,
        qe=quality.sig(measured),
        output=None if bundles.output_mode == "replaced" else bundles.output_mode,
        answers=bundles.answer_offsets,
        seed=job.basics.seed,
    )
    return JobPlan(
        command="translate-bundle",
        schema=SCHEMA,
        settings={
            **{key: list(value) if isinstance(value, tuple) else value for key, value in asdict(bundles).items()},
            "max_fields_per_bundle": bundles.max_fields_per_bundle or translator.max_bundle_fields or 0,
            "catalyst_name": bundles.catalyst_name(),
            "model": job.model.model,
            "qe": list(job.qe),
            **dict(translator.settings),
            "id_column": job.source.id_column,
            "limit": job.source.limit,
        },
        sig=sig,
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*records.facts(), *bundles.files(), *job.model.files(), *measured],
        deterministic=translator.deterministic and (dry or quality.deterministic),
        versions={PACKAGE: require_language_id(LANGUAGE_FLAG)} if "language" in ladder.checks else {},
        languages=languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_translate_bundle(job: TranslateBundleJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises."""
    if job.bundles.has_choices():
        plan_translate_bundle(job, dry=True)  # what is wrong is said before a model is loaded
        chosen = choose_mask(open_records(job), job.bundles, loaded(job.model), listener)
        chosen = choose_indicators(open_records(job), chosen, loaded(job.model), listener)
        job = replace(job, bundles=chosen)
    plan = plan_translate_bundle(job)
    records = open_records(job)
    quality = parse_quality(job.qe, job.model, source=job.bundles.src_lang, target=job.bundles.tgt_lang)
    columns = output_columns(records, job.bundles, quality)

    def ready() -> Work:
        catalyst = job.bundles.ladder().catalyst
        if is_shipped(job.model.model):
            listener.note(f"model {job.model.model}: to try things out, and often wrong; --model takes NLLB or OPUS-MT")
        listener.note(f"catalyst: {catalyst.name}" + (f" ({catalyst.note})" if catalyst.note else ""))
        held = loaded(job.model).max_bundle_fields
        if held and not job.bundles.max_fields_per_bundle:
            listener.note(f"fields in one bundle: up to {held}, as the model says")
        return partial(
            translate_records,
            bundles=job.bundles,
            model=job.model,
            quality=quality,
            sig=plan.sig,
            columns=tuple(columns.names),
        )

    stages = Stages(
        prepare=ready,
        chunks=lambda: by_rows(records, job.basics.shard_rows),
        rows_read=lambda: records.rows_read,
        columns=columns,
        merge=merge_summaries,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def open_records(job: TranslateBundleJob) -> Records:
    """Open the input of a job.

    Raises:
        ConfigError: a path of records is given, and the input is no `.json` tree.
        InputError: a file is missing or of unknown kind.
    """
    path = job.bundles.records
    records = Records(job.source, None if path is None else lambda tree: [value for _, value in find(tree, path)])
    if path is not None and all(source.form != "json" for source in records.sources):
        given = records.sources[0].given
        raise ConfigError(f"--records {path}: {given} is no .json tree", hint="leave it out; every row is a record")
    return records


def output_columns(records: Records, bundles: BundleSettings, quality: Quality) -> pa.Schema:
    """Return the input's own columns, those beside them where the output mode wants any, and `bundle`.

    Raises:
        ConfigError: the input has a column `bundle`, or the key of one beside another.
    """
    schema = records.schema()
    if "bundle" in schema.names:
        raise ConfigError(f"{records.sources[0].given}: has a column 'bundle' already", hint="rename it first")
    own = pa.field("bundle", bundle_struct(quality.columns), nullable=False)
    return with_siblings(schema, bundles.changing(), bundles.suffix).append(own)
