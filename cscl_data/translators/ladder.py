"""From bundles down to single sentences until every field of a record has a translation, or the record a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.translators import rungs as rung
from cscl_data.translators.base import Translator
from cscl_data.translators.bundles import DEFAULT_INDICATORS
from cscl_data.translators.catalysts import NO_CATALYST, Catalyst
from cscl_data.translators.desk import Desk, mean_score
from cscl_data.translators.guards import DEFAULT_CHECKS, Guards
from cscl_data.translators.parts import CHECKED, Part, Protection, Record, record_of
from cscl_data.translators.results import BundleJob, BundleResult
from cscl_data.translators.splitting import split

RUNGS = ("indicator", "smaller", "separate", "split")
LAST_RUNGS = ("reject", "keep-source")
DEFAULT_LADDER = (*RUNGS, "reject")


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderConfig:
    """How records are translated.

    `rungs` are tried in order and the last one is `reject` or `keep-source`; `indicators` are the candidates;
    `protection` says how links, code, placeholders, markup, math and emoji are kept; `checks` (names of `CHECKS`) act
    by `on_fail`: `retry` goes down the ladder, `reject` gives the record up, `flag` takes the text and says so.
    `max_fields` is the most fields of one bundle; 0 is as many as the translator says.
    """

    rungs: tuple[str, ...] = DEFAULT_LADDER
    indicators: tuple[str, ...] = DEFAULT_INDICATORS
    catalyst: Catalyst = NO_CATALYST
    protection: Protection = CHECKED
    checks: tuple[str, ...] = DEFAULT_CHECKS
    on_fail: str = "retry"
    max_fields: int = 0


def parse_rungs(text: str) -> tuple[str, ...]:
    """Read `--fallback`: rungs with commas between them, the last one `reject` or `keep-source`.

    Raises:
        ConfigError: an unknown rung, one twice or out of order, or no last rung at the end.
    """
    names = tuple(part.strip() for part in text.split(","))
    for name in names:
        if name not in (*RUNGS, *LAST_RUNGS):
            raise unknown_name("rung of --fallback", name, (*RUNGS, *LAST_RUNGS))
    if names[-1] not in LAST_RUNGS or set(names[:-1]) & set(LAST_RUNGS):
        raise ConfigError(f"--fallback {text!r}: one of {', '.join(LAST_RUNGS)} stands at the end, and only there")
    order = [RUNGS.index(name) for name in names[:-1]]
    if not order or order != sorted(set(order)):
        raise ConfigError(f"--fallback {text!r}: at least one of {', '.join(RUNGS)}, in this order, none twice")
    return names


def translate_bundles(
    jobs: Sequence[BundleJob], translator: Translator, *, source: str, target: str, config: LadderConfig
) -> list[BundleResult]:
    """Translate records whole; what does not hold goes down the ladder, all records of a rung in one call.

    Blank fields and fields without a letter are never sent and come back as they are, and so do the spaces around a
    field. A record with one field goes without statement and indicator. A field with line breaks or tabs inside is
    never sent whole: it waits for the rung `split`. Only the fields that failed go down; a record with a field that
    failed on every rung is rejected, or keeps its source, as a whole.

    Returns:
        One result per job, in order.

    Raises:
        ConfigError: the translator does not have this pair of languages.
        BackendError: the model failed.

    Source:
        moon-etal-2024-translation for the first rung. The rungs below it are our default.
    """
    desk = Desk(
        translator=translator,
        guards=Guards(
            source=source,
            target=target,
            protect=config.protection.mode != "off",
            checks=config.checks,
            on_fail=config.on_fail,
        ),
        protection=config.protection,
        indicators=config.indicators,
        catalyst=config.catalyst,
        max_fields=config.max_fields or translator.max_bundle_fields,
    )
    translator.check_pair(source, target)
    records = [record_of(job.texts, source, config.protection) for job in jobs]
    for name in config.rungs[:-1]:
        waiting = [record for record in records if record.pending() and not record.refused]
        if name == "indicator":
            rung.whole(desk, waiting)
        elif name == "smaller":
            rung.smaller(desk, waiting, alone="separate" not in config.rungs)
        elif name == "separate":
            rung.separate(desk, waiting)
        else:
            split(desk, waiting)
    return [_result(job, record, config) for job, record in zip(jobs, records, strict=True)]


def _result(job: BundleJob, record: Record, config: LadderConfig) -> BundleResult:
    sent = [part for part in record.parts if part is not None]
    if not sent:
        return BundleResult(id=job.id, texts=job.texts, status="skipped", level="keep-source", flags=record.flags)
    if record.pending():
        return _failed(job, record, config)
    lowest = max(RUNGS.index(part.level) for part in sent)
    held = RUNGS[lowest] == config.rungs[0] and record.held
    return BundleResult(
        id=job.id,
        texts=tuple(_whole(text, part) for text, part in zip(job.texts, record.parts, strict=True)),
        status="ok" if held else "fallback",
        level=RUNGS[lowest],
        indicator=record.marker,
        catalyst=config.catalyst.name if record.marker else "",
        attempts=record.attempts,
        flags=tuple(sorted({*record.flags, *(flag for part in sent for flag in part.verdict.flags)})),
        score=mean_score([part.score for part in sent]),
        fell="" if held else record.fell(),
        first=record.first,
    )


def _failed(job: BundleJob, record: Record, config: LadderConfig) -> BundleResult:
    failed = [(n, part) for n, part in enumerate(record.parts, start=1) if part is not None and part.text is None]
    checked = [(n, part) for n, part in failed if part.verdict.is_failed_check]
    number, part = (checked if record.refused else failed)[0]
    keeps = config.rungs[-1] == "keep-source" and not record.refused
    return BundleResult(
        id=job.id,
        texts=job.texts if keeps else None,
        status="kept_source" if keeps else "rejected",
        level="keep-source" if keeps else "",
        attempts=record.attempts,
        flags=(part.verdict.word,) if keeps else (),
        fell=record.fell() if keeps else "",
        reason=part.verdict.reason,
        detail=f"field {number}: {part.verdict.detail}",
        first=record.first,
    )


def _whole(text: str, part: Part | None) -> str:
    if part is None or part.text is None:
        return text
    return text[: part.start] + part.text + text[part.start + len(part.core) :]
