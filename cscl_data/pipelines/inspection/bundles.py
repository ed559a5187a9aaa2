"""Translated records (`translate-bundle`) under inspection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cscl_data.evaluation.distribution import Distribution
from cscl_data.pipelines.inspection.counts import rounded, shares, summary_values
from cscl_data.pipelines.inspection.leaves import source_records, text_at, text_fields
from cscl_data.pipelines.inspection.shown import FieldRow, ShownRow
from cscl_data.records import QE_SCORES
from cscl_data.text.fields import format_path

_STATUSES = ("ok", "fallback", "kept_source", "skipped")
_LEVELS = ("indicator", "smaller", "separate", "split", "keep-source")
_SHA256_DIGITS = 64


class BundleLook:
    """Checks the column `bundle`, and counts how each record was translated."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._manifest = manifest
        self._fields = (manifest.get("settings") or {}).get("fields")
        self._status: Counter[str] = Counter()
        self._level: Counter[str] = Counter()
        self._attempts: Counter[str] = Counter()
        self._fell: Counter[str] = Counter()
        self._flags: Counter[str] = Counter()
        self._indicators: Counter[str] = Counter()
        self._n_fields, self._score = Distribution(1), Distribution(0.001)
        self._quality = {name: Distribution(0.001) for name in QE_SCORES}
        self._first_try = 0

    def row_id(self, row: Mapping[str, Any]) -> str:
        """Return the record's id."""
        return str(row["bundle"]["id"])

    def take(self, row: Mapping[str, Any]) -> list[str]:
        """Count a row and return what is wrong with it."""
        bundle = row["bundle"]
        self._status[bundle["status"]] += 1
        self._level[bundle["level"]] += 1
        self._attempts[str(bundle["attempts"])] += 1
        self._flags.update(bundle["flags"])
        self._first_try += bundle["status"] == "ok"
        if bundle["reason"]:
            self._fell[bundle["reason"]] += 1
        if bundle["indicator"]:
            self._indicators[bundle["indicator"]] += 1
        if bundle["score"] is not None:
            self._score.add(bundle["score"])
        for name, measured in self._quality.items():
            if bundle.get(name) is not None:
                measured.add(bundle[name])
        self._n_fields.add(len(text_fields(row, self._fields)))
        return bundle_faults(bundle)

    def end_shard(self) -> list[str]:
        """Nothing concerns a shard as a whole."""
        return []

    def statistics(self) -> dict[str, Any]:
        """Return how records were translated; `first_try` is the share that held at the first try."""
        tried = self._status.total() - self._status["skipped"]
        return {
            "status": shares(self._status),
            "level": shares(self._level),
            "attempts": shares(self._attempts),
            "first_try": rounded(self._first_try / tried) if tried else None,
            "reversibility": _reversibility(self._manifest),
            "fell": shares(self._fell, self._status.total()),
            "flags": shares(self._flags, self._status.total()),
            "indicators": shares(self._indicators),
            "fields_per_record": summary_values(self._n_fields.summary()),
            "score": summary_values(self._score.summary()),
            **{name: summary_values(measured.summary()) for name, measured in self._quality.items()},
        }

    def show(self, rows: Sequence[Mapping[str, Any]]) -> list[ShownRow]:
        """Return records field by field, beside their source where the input is still at hand."""
        wanted = {self.row_id(row): str(row["bundle"]["source_sha256"]) for row in rows}
        sources = source_records(self._manifest, wanted, self._fields)
        return [self._shown(row, sources.get(self.row_id(row))) for row in rows]

    def _shown(self, row: Mapping[str, Any], source: Mapping[str, Any] | None) -> ShownRow:
        bundle, reference = row["bundle"], row.get("reference")
        fields = tuple(
            FieldRow(format_path(path), text_at(source, path), text, text_at(reference, path))
            for path, text in text_fields(row, self._fields)
        )
        facts = {"status": bundle["status"], "level": bundle["level"], "attempts": str(bundle["attempts"])}
        facts |= {name: f"{bundle[name]:.3f}" for name in QE_SCORES if bundle.get(name) is not None}
        if bundle["reason"]:
            facts["reason"] = bundle["reason"]
        if bundle["flags"]:
            facts["flags"] = ", ".join(bundle["flags"])
        return ShownRow(bundle["id"], facts, fields=fields)


def bundle_faults(bundle: Mapping[str, Any]) -> list[str]:
    """Return the invariants that the column `bundle` of a row breaks, as messages."""
    faults = [
        f"bundle.{name} {bundle[name]!r} is not one of {', '.join(known)}"
        for name, known in (("status", _STATUSES), ("level", _LEVELS))
        if bundle[name] not in known
    ]
    if bundle["attempts"] < 0 or (bundle["status"] == "ok" and bundle["attempts"] < 1):
        faults.append(f"bundle.attempts is {bundle['attempts']} with status {bundle['status']}")
    digest = bundle["source_sha256"]
    if len(digest) != _SHA256_DIGITS or set(digest) - set("0123456789abcdef"):
        faults.append("bundle.source_sha256 is not a sha256")
    return faults


def _reversibility(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the manifest's table of first tries by indicator and statement, empty if it has none."""
    for part in (manifest, *manifest.values()):
        table = part.get("reversibility") if isinstance(part, Mapping) else None
        if isinstance(table, list):
            return [dict(line) for line in table if isinstance(line, Mapping)]
    return []
