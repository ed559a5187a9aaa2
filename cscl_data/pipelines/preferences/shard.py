"""What one shard of `make-preferences` does: read, translate, verify, and make rows of records."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from cscl_data.io.recordfile import Record
from cscl_data.pipelines.alignment import HowToAlign
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings
from cscl_data.pipelines.preferences.reordering import in_source_order
from cscl_data.pipelines.preferences.schemes import rows_of
from cscl_data.pipelines.preferences.settings import Places, PreferenceSettings
from cscl_data.pipelines.preferences.talks import STAGE, Talk, talk_of, translation_of
from cscl_data.pipelines.preferences.verifying import unfit
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.records import Reject
from cscl_data.translators import BundleJob, Translator, summarise, translate_bundles


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Everything a worker needs (picklable); `order` aligns words for `reorder`."""

    langs: tuple[str, str]
    places: Places
    settings: PreferenceSettings
    bundles: BundleSettings
    model: ModelSettings
    sig: str
    order: HowToAlign | None = None


@dataclass(slots=True)
class _Held:
    """A record that is still in the running, with its conversation in both languages."""

    index: int
    record: Record
    source: Talk
    target: Talk


def make_rows(chunk: list[Record | Reject], *, shard: Shard) -> ShardOutcome:
    """Do one shard. An item is a record x the language of a prompt, and a record that fails fails for all of them."""
    failed = {index: item for index, item in enumerate(chunk) if isinstance(item, Reject)}
    held, summary = _in_both_languages(chunk, failed, shard)
    held = _verified(held, failed, shard)
    if shard.order is not None:
        held = _reordered(held, failed, shard.order)
    prompt_langs = shard.settings.prompt_langs(*shard.langs)
    rows: list[dict[str, Any]] = []
    for one in held:
        made = rows_of(one.record.id, (one.source, one.target), shard.langs, shard.settings)
        if made:
            rows += [row.row(shard.sig, chat=shard.settings.chat) for row in made]
        else:
            detail = "the target's answer could not be told from the cues"
            failed[one.index] = _reject(one.record, "irreversible", detail)
    rejects = [
        replace(failed[index], id=f"{failed[index].id}/{lang}") for index in sorted(failed) for lang in prompt_langs
    ]
    return ShardOutcome(rows, rejects, len(chunk), len(chunk) * len(prompt_langs), summary)


def _in_both_languages(
    chunk: list[Record | Reject], failed: dict[int, Reject], shard: Shard
) -> tuple[list[_Held], dict[str, Any] | None]:
    """Return the records with both conversations, and the counts of the translations that a model made."""
    read: list[_Held] = []
    for index, item in enumerate(chunk):
        if isinstance(item, Record):
            found = talk_of(item, shard.places, one_turn=not shard.settings.chat)
            if isinstance(found, Reject):
                failed[index] = found
            else:
                read.append(_Held(index, item, found, found))
    return (_given(read, failed, shard), None) if shard.places.translated else _translated(read, failed, shard)


def _given(read: list[_Held], failed: dict[int, Reject], shard: Shard) -> list[_Held]:
    held: list[_Held] = []
    for one in read:
        found = translation_of(one.record, shard.places)
        if isinstance(found, Reject):
            failed[one.index] = found
        else:
            one.target = found
            held.append(one)
    return held


def _translated(read: list[_Held], failed: dict[int, Reject], shard: Shard) -> tuple[list[_Held], dict[str, Any]]:
    source, target = shard.langs
    results = translate_bundles(
        [BundleJob(id=one.record.id, texts=one.source.texts) for one in read],
        _loaded(shard.model),
        source=source,
        target=target,
        config=shard.bundles.ladder(),
    )
    held: list[_Held] = []
    for one, result in zip(read, results, strict=True):
        if result.texts is None:
            failed[one.index] = _reject(
                one.record, result.reason, f"{result.detail} (after {result.attempts} sequences)"
            )
        else:
            one.target = one.source.with_texts(result.texts)
            held.append(one)
    return held, summarise(results)


def _verified(held: list[_Held], failed: dict[int, Reject], shard: Shard) -> list[_Held]:
    kept: list[_Held] = []
    for one in held:
        wrong = unfit(one.source, one.target, shard.langs)
        if wrong is None:
            kept.append(one)
        else:
            failed[one.index] = _reject(one.record, *wrong)
    return kept


def _reordered(held: list[_Held], failed: dict[int, Reject], order: HowToAlign) -> list[_Held]:
    kept: list[_Held] = []
    for one, made in zip(held, in_source_order(order, [(x.source, x.target) for x in held]), strict=True):
        if isinstance(made, str):
            failed[one.index] = _reject(one.record, "unaligned", f"the prompt: {made}")
        else:
            one.target = made
            kept.append(one)
    return kept


def _reject(record: Record, reason: str, detail: str) -> Reject:
    return Reject(id=record.id, stage=STAGE, reason=reason, detail=detail, source=record.values)


@lru_cache(maxsize=1)
def _loaded(model: ModelSettings) -> Translator:
    return model.load()
