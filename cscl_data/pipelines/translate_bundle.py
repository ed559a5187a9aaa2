"""`translate-bundle`: records to records whose fields are translated together."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from cscl_data.errors import ConfigError, InputError, unknown_name
from cscl_data.io.recordfile import Record, Records, RecordSpec
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import JobReport, RunOptions, ShardOutcome, Stages, Work, run_job
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import Basics, JobPlan
from cscl_data.pipelines.settings import sig_line
from cscl_data.records import BUNDLE, Reject
from cscl_data.text.fields import ConcretePath, find, replace
from cscl_data.text.languages import language
from cscl_data.translators import (
    BundleJob,
    BundleResult,
    Catalyst,
    LadderConfig,
    Translator,
    check_model,
    load_catalysts,
    load_translator,
    merge_summaries,
    parse_indicators,
    parse_rungs,
    resolve,
    summarise,
    translate_bundles,
)

SCHEMA = "bundle/1"
METHOD = "bundle.1"
STAGE = "translate_bundle"
PROTECT_MODES = ("check", "off")
_SEARCHED_RECORDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which model translates, and how it searches."""

    model: str = "default"
    tokenizer: str | None = None
    device: str = "auto"
    compute_type: str = "auto"
    beam_size: int = 4
    batch_tokens: int = 4096
    inter_threads: int = 0
    intra_threads: int = 1
    deterministic: bool = False

    def load(self) -> Translator:
        """Load the model; see `load_translator` for what it raises."""
        options = asdict(self)
        return load_translator(options.pop("model"), **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSettings:
    """What is translated together, and how it is held together.

    `fields` are dotted paths; `catalyst`, `indicators` and `fallback` stand as on the command line.

    Raises:
        ConfigError: the protect mode is unknown.
    """

    fields: tuple[str, ...]
    src_lang: str
    tgt_lang: str
    catalyst: str = "relation"
    catalyst_file: str | None = None
    indicators: str = "@,#,*"
    fallback: str = "indicator,smaller,separate,split,reject"
    protect_mode: str = "check"
    records: str | None = None

    def __post_init__(self) -> None:
        if self.protect_mode not in PROTECT_MODES:
            raise unknown_name("value of --protect-mode", self.protect_mode, PROTECT_MODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateBundleJob:
    """A whole `translate-bundle` job."""

    source: RecordSpec
    bundles: BundleSettings
    model: ModelSettings
    basics: Basics


def plan_translate_bundle(job: TranslateBundleJob) -> JobPlan:
    """Settle everything that decides the output.

    Raises:
        ConfigError: an unknown language, rung, indicator or model, or a column `bundle` in the input.
        InputError: an input cannot be read, or no record has one of the fields.
    """
    bundles = job.bundles
    languages = [language(tag).tag for tag in (bundles.src_lang, bundles.tgt_lang)]
    catalyst = _ladder(bundles).catalyst
    check_model(job.model.model)
    records = open_records(job)
    _require_fields(records, bundles.fields)
    translator = job.model.load()
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
        inputs=records.facts(),
        deterministic=translator.deterministic,
        languages=languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_translate_bundle(job: TranslateBundleJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises."""
    plan = plan_translate_bundle(job)
    records = open_records(job)
    columns = output_columns(records)

    def ready() -> Work:
        catalyst = _ladder(job.bundles).catalyst
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
    """Open the input of a job."""
    path = job.bundles.records
    return Records(job.source, None if path is None else lambda tree: [value for _, value in find(tree, path)])


def output_columns(records: Records) -> pa.Schema:
    """Return the input's own columns and `bundle`.

    Raises:
        ConfigError: the input has a column `bundle`.
    """
    schema = records.schema()
    if "bundle" in schema.names:
        raise ConfigError(f"{records.sources[0].given}: has a column 'bundle' already", hint="rename it first")
    return schema.append(pa.field("bundle", BUNDLE, nullable=False))


def translate_records(
    chunk: list[Record | Reject], *, bundles: BundleSettings, model: ModelSettings, sig: str, columns: tuple[str, ...]
) -> ShardOutcome:
    """Do one shard. An item is a record; a column that it lacks is null in its row."""
    rejects = {index: item for index, item in enumerate(chunk) if isinstance(item, Reject)}
    found = {index: _texts(item, bundles.fields) for index, item in enumerate(chunk) if isinstance(item, Record)}
    rejects |= {index: item for index, item in found.items() if isinstance(item, Reject)}
    places = {index: item for index, item in found.items() if not isinstance(item, Reject)}
    jobs = [BundleJob(id=chunk[index].id, texts=tuple(texts.values())) for index, texts in places.items()]
    results = translate_bundles(
        jobs, _loaded(model), source=bundles.src_lang, target=bundles.tgt_lang, config=_ladder(bundles)
    )
    rows: list[dict[str, Any]] = []
    for (index, texts), result in zip(places.items(), results, strict=True):
        record = chunk[index]
        if isinstance(record, Reject):
            continue
        if result.texts is None:
            detail = f"{result.detail} (after {result.attempts} sequences)"
            rejects[index] = Reject(
                id=record.id, stage=STAGE, reason=result.reason, detail=detail, source=record.values
            )
        else:
            rows.append({**dict.fromkeys(columns), **_row(record, texts, result, sig)})
    ordered = [rejects[index] for index in sorted(rejects)]
    return ShardOutcome(rows, ordered, len(chunk), len(chunk), summarise(results))


def _row(record: Record, texts: dict[ConcretePath, str], result: BundleResult, sig: str) -> dict[str, Any]:
    changed = dict(zip(texts, result.texts or (), strict=True))
    struct = result.struct(source_texts=list(texts.values()), sig=sig)
    return {**replace(record.values, changed), "bundle": struct}


def _texts(record: Record, fields: tuple[str, ...]) -> dict[ConcretePath, str] | Reject:
    """Find the texts of a record by their places.

    Nulls and missing keys are left alone, wherever they stand; any other value that is no text refuses the record, and
    so does having none of the fields.
    """
    found: dict[ConcretePath, str] = {}
    there = False
    for path in fields:
        try:
            values = find(record.values, path, skip_missing=True)
        except InputError as error:
            return Reject(id=record.id, stage=STAGE, reason="missing_field", detail=error.message, source=record.values)
        there = there or bool(values)
        for place, value in values:
            if value is None:
                continue
            if not isinstance(value, str):
                detail = f"field {path}: expected text, found {type(value).__name__}"
                return Reject(id=record.id, stage=STAGE, reason="missing_field", detail=detail, source=record.values)
            found[place] = value
    if not there:
        detail = f"none of the fields {', '.join(fields)}"
        return Reject(id=record.id, stage=STAGE, reason="missing_field", detail=detail, source=record.values)
    return found


def _require_fields(records: Records, fields: tuple[str, ...]) -> None:
    """Refuse a field that none of the first records has; a record that lacks one is no error."""
    wanted = dict.fromkeys(fields, "")
    columns: dict[str, None] = {}
    for number, item in enumerate(records):
        if not wanted or number >= _SEARCHED_RECORDS:
            break
        if isinstance(item, Reject):
            continue
        columns |= dict.fromkeys(item.values)
        for path in list(wanted):
            try:
                there = bool(find(item.values, path, skip_missing=True)) or not find(item.values, path)
            except InputError as error:
                there, wanted[path] = False, error.message
            if there:
                del wanted[path]
    for path, message in wanted.items():
        if message:
            raise InputError(
                f"{records.sources[0].given}: no record has the field {path!r}",
                hint=f"the columns are: {', '.join(columns)}",
            )


def _ladder(bundles: BundleSettings) -> LadderConfig:
    relations = load_catalysts(Path(bundles.catalyst_file) if bundles.catalyst_file else None)
    catalyst: Catalyst = resolve(bundles.catalyst, bundles.fields, bundles.src_lang, relations=relations)
    return LadderConfig(
        rungs=parse_rungs(bundles.fallback),
        indicators=parse_indicators(bundles.indicators),
        catalyst=catalyst,
        protect=bundles.protect_mode == "check",
    )


@lru_cache(maxsize=1)
def _loaded(model: ModelSettings) -> Translator:
    return model.load()
