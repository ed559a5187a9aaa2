"""What did not make it, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cscl_data.errors import SchemaError

REASONS = frozenset(
    {
        "undecodable",
        "missing_field",
        "empty_side",
        "too_long",
        "no_candidate",
        "no_document",
        "single_sentence",
        "unaligned",
        "irreversible",
        "truncated",
        "duplicate",
        "guard_length",
        "guard_language",
        "guard_script",
        "guard_repetition",
        "guard_copy",
        "guard_protected",
        "llm_invalid",
        "llm_failed",
        "backend_crash",
    }
)
"""The closed list of reject reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """One item that gave no row: its id, the stage that refused it, a reason of `REASONS`, a detail, the input row.

    Raises:
        SchemaError: the reason is not in the closed list.
    """

    id: str
    stage: str
    reason: str
    detail: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.reason not in REASONS:
            raise SchemaError(f"reject of {self.id}: unknown reason {self.reason!r}")

    def row(self, *, with_text: bool = True) -> dict[str, Any]:
        """Return the columns of `reject/1`; the input row as ASCII JSON, so that lone surrogates survive."""
        source = json.dumps(dict(self.source), ensure_ascii=True, default=str) if with_text else ""
        return {
            "id": printable(self.id),
            "stage": self.stage,
            "reason": self.reason,
            "detail": printable(self.detail),
            "row": source,
        }


def printable(text: str) -> str:
    """Escape lone surrogates, which no Parquet string can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
