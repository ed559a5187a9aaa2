"""What one shard of `translate-bundle` does: records in, records with translated fields out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from cscl_data.io.recordfile import Record
from cscl_data.pipelines.bundle_answers import LOST, parse_answers, relocate
from cscl_data.pipelines.bundle_fields import STAGE, texts_of
from cscl_data.pipelines.bundle_output import placed
from cscl_data.pipelines.bundle_quality import Quality, score_records
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.records import Reject
from cscl_data.text.fields import ConcretePath
from cscl_data.translators import BundleJob, BundleResult, Translator, summarise, translate_bundles


def translate_records(
    chunk: list[Record | Reject],
    *,
    bundles: BundleSettings,
    model: ModelSettings,
    quality: Quality,
    sig: str,
    columns: tuple[str, ...],
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
        jobs, loaded(model), source=bundles.src_lang, target=bundles.tgt_lang, config=bundles.ladder()
    )
    rows: list[dict[str, Any]] = []
    held: list[_Held] = []
    for (index, (record, texts)), result in zip(sent.items(), results, strict=True):
        if result.texts is None:
            rejects[index] = _reject(record, result)
        else:
            held.append(_Held(record, texts, dict(zip(texts, result.texts, strict=True)), result))
    held = _scored(_with_answers(held, bundles, model), bundles, quality)
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
        loaded(model),
        source=bundles.src_lang,
        target=bundles.tgt_lang,
    )
    found = list(held)
    for k, (changes, sent, lost) in zip(translated, moved, strict=True):
        one = held[k]
        found[k] = one._replace(changed={**one.changed, **changes}, result=_told(one.result, sent, lost=lost))
    return found


def _scored(held: list[_Held], bundles: BundleSettings, quality: Quality) -> list[_Held]:
    """Give every record its scores; None where nothing of it was translated."""
    if not quality.columns:
        return held
    made = [(k, one.result.texts or ()) for k, one in enumerate(held) if one.result.status in ("ok", "fallback")]
    sides = [(list(held[k].texts.values()), texts) for k, texts in made]
    found = score_records(quality, sides, source=bundles.src_lang, target=bundles.tgt_lang)
    scores = {k: scored for (k, _), scored in zip(made, found, strict=True)}
    none = dict.fromkeys(quality.columns)
    return [one._replace(result=replace(one.result, quality=scores.get(k, none))) for k, one in enumerate(held)]


def _told(result: BundleResult, sent: int, *, lost: bool) -> BundleResult:
    flags = tuple(sorted({*result.flags, LOST})) if lost else result.flags
    return replace(result, attempts=result.attempts + sent, flags=flags)


def _reject(record: Record, result: BundleResult) -> Reject:
    detail = f"{result.detail} (after {result.attempts} sequences)"
    return Reject(id=record.id, stage=STAGE, reason=result.reason, detail=detail, source=record.values)


@lru_cache(maxsize=1)
def loaded(model: ModelSettings) -> Translator:
    """Load the model of the translations, once a process; see `ModelSettings.load`."""
    return model.load()
