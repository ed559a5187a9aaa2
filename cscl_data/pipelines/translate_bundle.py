"""`translate-bundle`: records to records whose fields are translated together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any, NamedTuple

import pyarrow as pa

from cscl_data.errors import ConfigError
from cscl_data.io.recordfile import Record, Records
from cscl_data.pipelines.bundle_answers import LOST, parse_answers, relocate
from cscl_data.pipelines.bundle_fields import STAGE, require_fields, sampled_texts, texts_of
from cscl_data.pipelines.bundle_output import placed, with_siblings
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings, TranslateBundleJob
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.indicator_choice import AUTO, choose_indicators
from cscl_data.pipelines.job import JobReport, RunOptions, ShardOutcome, Stages, Work, run_job
from cscl_data.pipelines.language_check import Side, check_sides, settle
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import JobPlan
from cscl_data.pipelines.settings import sig_line
from cscl_data.records import BUNDLE, Reject
from cscl_data.text.fields import ConcretePath, find
from cscl_data.translators import (
    BundleJob,
    BundleResult,
    Translator,
    check_model,
    is_shipped,
    merge_summaries,
    summarise,
    translate_bundles,
)

SCHEMA = "bundle/1"
METHOD = "bundle.2"


def plan_translate_bundle(job: TranslateBundleJob, *, dry: bool = False) -> JobPlan:
    """Settle everything that decides the output.

    The model is loaded, for its choice of device and compute type; with `dry` it is not, and they stand as asked.

    Raises:
        ConfigError: an unknown language, rung, indicator or model, or a column `bundle` in the input.
        InputError: an input cannot be read, no record has one of the fields, or they are clearly in another language.
    """
    bundles = job.bundles
    languages = settle(bundles.src_lang, bundles.tgt_lang)
    catalyst = bundles.ladder().catalyst
    check_model(job.model.model)
    records = open_records(job)
    answers = parse_answers(bundles.answer_offsets)
    require_fields(records, bundles.fields if answers is None else (*bundles.fields, answers.context, *answers.changed))
    check_sides(
        [Side("--src-lang", bundles.src_lang, sampled_texts(records, bundles.fields))], records.sources[0].given
    )
    translator = job.model.describe() if dry else _loaded(job.model)
    translator.check_pair(*languages)
    sig = sig_line(
        schema=SCHEMA,
        method=METHOD,
        translator=f"{translator.name}.{translator.sig}",
        beam=job.model.beam_size,
        pair=">".join(languages),
        fields=",".join(bundles.fields),
        compute=translator.settings.get("compute_type"),
        catalyst=catalyst.name + (f".{sha256(catalyst.text.encode()).hexdigest()[:8]}" if catalyst.text else ""),
        indicators=bundles.indicators,
        fallback=bundles.fallback,
        protect=bundles.protect_mode,
        output=None if bundles.output_mode == "replaced" else bundles.output_mode,
        answers=bundles.answer_offsets,
        seed=job.basics.seed,
    )
    return JobPlan(
        command="translate-bundle",
        schema=SCHEMA,
        settings={
            **{key: list(value) if isinstance(value, tuple) else value for key, value in asdict(bundles).items()},
            "catalyst_name": catalyst.name,
            "model": job.model.model,
            **dict(translator.settings),
            "id_column": job.source.id_column,
            "limit": job.source.limit,
        },
        sig=sig,
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*records.facts(), *bundles.files(), *job.model.files()],
        deterministic=translator.deterministic,
        languages=languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_translate_bundle(job: TranslateBundleJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises."""
    if job.bundles.indicators == AUTO:
        plan_translate_bundle(job, dry=True)  # what is wrong is said before a model is loaded
        chosen = choose_indicators(open_records(job), job.bundles, _loaded(job.model), listener)
        job = replace(job, bundles=chosen)
    plan = plan_translate_bundle(job)
    records = open_records(job)
    columns = output_columns(records, job.bundles)

    def ready() -> Work:
        catalyst = job.bundles.ladder().catalyst
        if is_shipped(job.model.model):
            listener.note(f"model {job.model.model}: to try things out, and often wrong; --model takes NLLB or OPUS-MT")
        listener.note(f"catalyst: {catalyst.name}" + (f" ({catalyst.note})" if catalyst.note else ""))
        return partial(
            translate_records, bundles=job.bundles, model=job.model, sig=plan.sig, columns=tuple(columns.names)
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


def output_columns(records: Records, bundles: BundleSettings) -> pa.Schema:
    """Return the input's own columns, those beside them where the output mode wants any, and `bundle`.

    Raises:
        ConfigError: the input has a column `bundle`, or the key of one beside another.
    """
    schema = records.schema()
    if "bundle" in schema.names:
        raise ConfigError(f"{records.sources[0].given}: has a column 'bundle' already", hint="rename it first")
    return with_siblings(schema, bundles.changing(), bundles.suffix).append(pa.field("bundle", BUNDLE, nullable=False))


def translate_records(
    chunk: list[Record | Reject], *, bundles: BundleSettings, model: ModelSettings, sig: str, columns: tuple[str, ...]
) -> ShardOutcome:
    """Do one shard. An item is a record; a column that it lacks is null in its row."""
    rejects = {index: item for index, item in enumerate(chunk) if isinstance(item, Reject)}
    sent: dict[int, tuple[Record, dict[ConcretePath, str]]] = {}
    for index, item in enumerate(chunk):
        if isinstance(item, Record):
            found = texts_of(item, bundles.fields)
            if isinstance(found, Reject):
                rejects[index] = found
            else:
                sent[index] = (item, found)
    jobs = [BundleJob(id=record.id, texts=tuple(texts.values())) for record, texts in sent.values()]
    results = translate_bundles(
        jobs, _loaded(model), source=bundles.src_lang, target=bundles.tgt_lang, config=bundles.ladder()
    )
    rows: list[dict[str, Any]] = []
    held: list[_Held] = []
    for (index, (record, texts)), result in zip(sent.items(), results, strict=True):
        if result.texts is None:
            rejects[index] = _reject(record, result)
        else:
            held.append(_Held(record, texts, dict(zip(texts, result.texts, strict=True)), result))
    held = _with_answers(held, bundles, model)
    for one in held:
        values = placed(one.record.values, one.changed, bundles.suffix, mode=bundles.output_mode)
        struct = one.result.struct(source_texts=list(one.texts.values()), sig=sig)
        rows.append({**dict.fromkeys(columns), **values, "bundle": struct})
    ordered = [rejects[index] for index in sorted(rejects)]
    refused = [result for result in results if result.texts is None]
    return ShardOutcome(rows, ordered, len(chunk), len(chunk), summarise([*refused, *(one.result for one in held)]))


class _Held(NamedTuple):
    """A record with its source texts, what changes, both by place, and what came of it."""

    record: Record
    texts: Mapping[ConcretePath, str]
    changed: dict[ConcretePath, Any]
    result: BundleResult


def _with_answers(held: list[_Held], bundles: BundleSettings, model: ModelSettings) -> list[_Held]:
    fields = parse_answers(bundles.answer_offsets)
    if fields is None:
        return held
    translated = [k for k, one in enumerate(held) if one.result.status not in ("kept_source", "skipped")]
    moved = relocate(
        [(held[k].record.values, held[k].changed) for k in translated],
        fields,
        _loaded(model),
        source=bundles.src_lang,
        target=bundles.tgt_lang,
    )
    found = list(held)
    for k, (changes, sent, lost) in zip(translated, moved, strict=True):
        one = held[k]
        found[k] = one._replace(changed={**one.changed, **changes}, result=_told(one.result, sent, lost=lost))
    return found


def _told(result: BundleResult, sent: int, *, lost: bool) -> BundleResult:
    flags = tuple(sorted({*result.flags, LOST})) if lost else result.flags
    return replace(result, attempts=result.attempts + sent, flags=flags)


def _reject(record: Record, result: BundleResult) -> Reject:
    detail = f"{result.detail} (after {result.attempts} sequences)"
    return Reject(id=record.id, stage=STAGE, reason=result.reason, detail=detail, source=record.values)


@lru_cache(maxsize=1)
def _loaded(model: ModelSettings) -> Translator:
    return model.load()
