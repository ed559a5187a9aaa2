"""Fields and records on their way down the ladder, and what of them is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cscl_data.records import Span
from cscl_data.translators.bundles import has_inner_breaks
from cscl_data.translators.guards import Verdict
from cscl_data.translators.masks import Sealed, free_number, seal
from cscl_data.translators.pieces import has_letters, translatable_spans
from cscl_data.translators.protection import between_edges, has_words
from cscl_data.translators.results import FirstTry

PROTECT_MODES = ("check", "mask", "skip", "off")
KEPT_SENTENCE = "kept_sentence"
"""Flag of a record with a sentence that was not sent, for a protected span stands in its middle (`skip`)."""
_UNTRIED = Verdict("irreversible", "no rung could try it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How protected spans are kept: a name of `PROTECT_MODES`, and the shape of masks for `mask`."""

    mode: str = "check"
    shape: str = ""

    def sealed(self, text: str, first: int) -> Sealed:
        """Return a text as it is sent, its masks numbered from `first`."""
        return seal(text, self.shape, first) if self.mode == "mask" else Sealed(text, text)

    def pieces(self, text: str, source: str) -> tuple[list[Span], bool]:
        """Find the sentences of a text that are sent, and tell whether one is kept back for what stands in it."""
        spans = translatable_spans(text, source)
        if self.mode == "off":
            return spans, False
        spans = [span for span in spans if has_words(text[span.start : span.end])]
        if self.mode != "skip":
            return spans, False
        cores = [(span.start, between_edges(text[span.start : span.end])) for span in spans]
        sent = [Span(start + core.start, start + core.end) for start, core in cores if core is not None]
        return sent, len(sent) < len(spans)


CHECKED = Protection()
"""Nothing is done to a text before it is sent. Our default."""


@dataclass(slots=True)
class Part:
    """A field on its way.

    `core` is what may change of it, `start` where that begins in the field, `sealed` how it is sent. A part that
    `waits` has line breaks, or spans inside that are not sent: it goes by sentences only. `fell` is the word of the
    verdict that refused it first.
    """

    core: str
    start: int
    sealed: Sealed
    waits: bool
    text: str | None = None
    level: str = ""
    score: float | None = None
    verdict: Verdict = _UNTRIED
    went_alone: bool = False
    fell: str = ""

    def refuse(self, verdict: Verdict) -> None:
        """Note that what came back does not do, and the first time why."""
        self.verdict = verdict
        self.fell = self.fell or verdict.word


@dataclass(slots=True)
class Record:
    """A record on its way: one part per field, None for a field that is not sent.

    `flags` are those of the record as a whole, and `first_mask` is the number from which its masks are counted. `held`
    tells that its first bundle gave every field; one that is `refused` goes down no further.
    """

    parts: list[Part | None]
    flags: tuple[str, ...] = ()
    first_mask: int = 1
    attempts: int = 0
    marker: str = ""
    first: FirstTry | None = None
    held: bool = True
    refused: bool = False

    def pending(self) -> list[Part]:
        """Return the parts without a translation."""
        return [part for part in self.parts if part is not None and part.text is None]

    def fell(self) -> str:
        """Return what the first sequences broke down on: why a field was refused, or could not be in them at all."""
        parts = [part for part in self.parts if part is not None]
        waiting = ("lines" if has_inner_breaks(part.core) else "protected" for part in parts if part.waits)
        return next((word for word in (*(part.fell for part in parts), *waiting) if word), "")

    def sendable(self) -> list[Part]:
        """Return the pending parts that can be sent as they are, in one line."""
        return [part for part in self.pending() if not part.waits]


def record_of(texts: Sequence[str], source: str, protection: Protection) -> Record:
    """Set a record on its way.

    A field without anything to translate gets no part: a blank one, one without a letter, one of code blocks alone, and
    unless nothing is protected, one of protected spans alone.
    """
    first = number = free_number(protection.shape, texts) if protection.mode == "mask" else 1
    parts: list[Part | None] = []
    flags: set[str] = set()
    for text in texts:
        part, kept = _part(text, source, protection, number)
        parts.append(part)
        number += len(part.sealed.literals) if part is not None else 0
        flags |= {KEPT_SENTENCE} if kept else set()
    return Record(parts, tuple(flags), first)


def _part(text: str, source: str, protection: Protection, number: int) -> tuple[Part | None, bool]:
    core = text.strip()
    start = len(text) - len(text.lstrip())
    waits = has_inner_breaks(text)
    if not has_letters(core) or (protection.mode != "off" and not has_words(core)):
        return None, False
    if protection.mode == "skip" and not waits:
        edges = between_edges(core)
        if edges is not None:
            start, core = start + edges.start, core[edges.start : edges.end]
        waits = edges is None
    kept = False
    if waits:
        pieces, kept = protection.pieces(core, source)
        if not pieces:
            return None, kept
    return Part(core, start, protection.sealed(core, number), waits), kept
