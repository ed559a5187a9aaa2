"""Fields and records on their way down the ladder."""

from __future__ import annotations

from dataclasses import dataclass, field

from cscl_data.translators.guards import Verdict
from cscl_data.translators.results import FirstTry

_UNTRIED = Verdict("irreversible", "no rung could try it")


@dataclass(slots=True)
class Part:
    """A field on its way. `core` is what is sent; a part that `waits` has line breaks and goes by sentences only."""

    core: str
    waits: bool
    text: str | None = None
    level: str = ""
    score: float | None = None
    verdict: Verdict = _UNTRIED
    went_alone: bool = False


@dataclass(slots=True)
class Record:
    """A record on its way: one part per field, None for a field that is not sent."""

    parts: list[Part | None]
    attempts: int = 0
    tried: list[str] = field(default_factory=list)
    marker: str = ""
    first: FirstTry | None = None

    def pending(self) -> list[Part]:
        """Return the parts without a translation."""
        return [part for part in self.parts if part is not None and part.text is None]

    def sendable(self) -> list[Part]:
        """Return the pending parts that can be sent as they are, in one line."""
        return [part for part in self.pending() if not part.waits]
