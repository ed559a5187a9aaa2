"""What comes of a record that went through the ladder, and the counts over many."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Status = Literal["ok", "fallback", "kept_source", "skipped", "rejected"]

_COUNTED = ("status", "level", "attempts", "flags", "fell", "reasons")


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleJob:
    """One record to translate: its id and the texts of its fields, in order; blank ones are kept as they are."""

    id: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTry:
    """What became of the first sequence of a record with several fields.

    `strict` and `lenient` are those of `Split`; `accepted` tells that every field also passed the guards.
    """

    indicator: str
    catalyst: str
    strict: bool
    lenient: bool
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleResult:
    """The translated fields of one record, or the reason why there are none.

    `texts` has one text per text of the job, or is None where the record is `rejected`; then `reason` is a reject
    reason and `detail` names the field (from 1). `status`: `ok` (the first try held), `fallback` (a lower rung did,
    or another indicator), `kept_source` (nothing held; the source stands, `reason` says why), `skipped` (nothing to
    translate), `rejected`. `level` is the lowest rung that a field needed, `keep-source` where the source stands.
    `indicator` and `catalyst` (its name) are those of the last bundle that gave a field, else empty. `attempts` counts
    the sequences tried. `score` is the mean over the translated fields. `quality` holds scores that others gave, by the
    names of `QE_SCORES`; None where there was nothing to score. `fell` is what the first sequence broke down on, in the
    words of flags and reject reasons (without `guard_`), or `lines` where a field of several lines had to go by
    sentences; empty where it held, and where the record is rejected.
    """

    id: str
    texts: tuple[str, ...] | None
    status: Status
    level: str
    indicator: str = ""
    catalyst: str = ""
    attempts: int = 0
    flags: tuple[str, ...] = ()
    score: float | None = None
    reason: str = ""
    detail: str = ""
    fell: str = ""
    first: FirstTry | None = None
    quality: Mapping[str, float | None] = field(default_factory=dict)

    def struct(self, *, source_texts: Sequence[str], sig: str) -> dict[str, Any]:
        """Return the struct column `bundle` of an output row."""
        return {
            "id": self.id,
            "status": self.status,
            "level": self.level,
            "indicator": self.indicator,
            "catalyst": self.catalyst,
            "attempts": self.attempts,
            "flags": list(self.flags),
            "score": self.score,
            "source_sha256": source_sha256(source_texts),
            "sig": sig,
            "reason": self.fell or None,
            **self.quality,
        }


def source_sha256(texts: Sequence[str]) -> str:
    """Return the sha256 (64 hexadecimal digits) of the source fields as a JSON list in ASCII."""
    return hashlib.sha256(json.dumps(list(texts), ensure_ascii=True).encode()).hexdigest()


def summarise(results: Iterable[BundleResult]) -> dict[str, Any]:
    """Count results: records by status, level, attempts, flag, `fell` and reject reason; first tries by their kind.

    Returns:
        `{"records": n, "status": {...}, "level": {...}, "attempts": {...}, "flags": {...}, "fell": {...},
        "reasons": {...}, "reversibility": [{"indicator", "catalyst", "tried", "strict", "lenient", "accepted"}],
        "quality": {name: {"records", "mean", "lowest"}}}`, JSON-ready, in an order that does not depend on the order
        of the results. `level` leaves rejected and skipped records out.
    """
    counts: dict[str, Counter[str]] = {key: Counter() for key in _COUNTED}
    tries: dict[tuple[str, str], Counter[str]] = {}
    quality: dict[str, list[_Scored]] = {}
    total = 0
    for result in results:
        total += 1
        counts["status"][result.status] += 1
        counts["attempts"][str(result.attempts)] += 1
        counts["flags"].update(result.flags)
        if result.status not in ("rejected", "skipped"):
            counts["level"][result.level] += 1
        if result.fell:
            counts["fell"][result.fell] += 1
        if result.reason:
            counts["reasons"][result.reason] += 1
        for name, value in result.quality.items():
            quality.setdefault(name, []).append(_Scored(value is not None, value or 0.0, value or 0.0))
        if result.first is not None:
            row = tries.setdefault((result.first.indicator, result.first.catalyst), Counter())
            row["tried"] += 1
            row.update({key: int(getattr(result.first, key)) for key in ("strict", "lenient", "accepted")})
    return _summary(total, counts, tries, quality)


def merge_summaries(summaries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add the summaries of several shards; the sum of parts equals `summarise` over the whole."""
    counts: dict[str, Counter[str]] = {key: Counter() for key in _COUNTED}
    tries: dict[tuple[str, str], Counter[str]] = {}
    quality: dict[str, list[_Scored]] = {}
    total = 0
    for summary in summaries:
        total += summary["records"]
        for name, entry in summary["quality"].items():
            scored = _Scored(entry["records"], entry["mean"] or 0.0, entry["lowest"] or 0.0)
            quality.setdefault(name, []).append(scored)
        for key, counter in counts.items():
            counter.update(summary[key])
        for row in summary["reversibility"]:
            cell = tries.setdefault((row["indicator"], row["catalyst"]), Counter())
            cell.update({key: row[key] for key in ("tried", "strict", "lenient", "accepted")})
    return _summary(total, counts, tries, quality)


class _Scored(NamedTuple):
    """Records that have a score, their mean, and the lowest."""

    records: int
    mean: float
    lowest: float


def _summary(
    total: int,
    counts: Mapping[str, Counter[str]],
    tries: Mapping[tuple[str, str], Counter[str]],
    quality: Mapping[str, Sequence[_Scored]],
) -> dict[str, Any]:
    ordered = {key: dict(sorted(counter.items())) for key, counter in counts.items()}
    table = [
        {"indicator": indicator, "catalyst": catalyst}
        | {key: row[key] for key in ("tried", "strict", "lenient", "accepted")}
        for (indicator, catalyst), row in sorted(tries.items())
    ]
    scores = {name: _joined([one for one in quality[name] if one.records]) for name in sorted(quality)}
    return {"records": total, **ordered, "reversibility": table, "quality": scores}


def _joined(scored: Sequence[_Scored]) -> dict[str, float | None]:
    records = sum(one.records for one in scored)
    if not records:
        return {"records": 0, "mean": None, "lowest": None}
    mean = math.fsum(one.records * one.mean for one in scored) / records
    return {"records": records, "mean": round(mean, 6), "lowest": round(min(one.lowest for one in scored), 6)}
