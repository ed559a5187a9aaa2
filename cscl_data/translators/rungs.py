"""The rungs of the ladder: how the fields that are still without a translation are sent, all records in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cscl_data.translators.base import Translation, Translator
from cscl_data.translators.bundles import build_sequence, choose_indicator
from cscl_data.translators.catalysts import Catalyst
from cscl_data.translators.guards import Verdict, flags_of, judge, protected_difference
from cscl_data.translators.hypotheses import judged, refused_whole, taken_apart
from cscl_data.translators.parts import Part, Record
from cscl_data.translators.pieces import rebuild, shorten, translatable_spans
from cscl_data.translators.results import FirstTry
from cscl_data.translators.unmarked import UNMARKED

_PROBLEMS = {
    "missing": Verdict("empty_side", "no translation is recorded"),
    "too_long": Verdict("too_long", "more tokens than the model takes"),
    "empty": Verdict("empty_side", "the model gave nothing"),
}
_TRUNCATED = Verdict("truncated", "the model had not ended at its output limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every rung needs: the translator, the two language tags, and how bundles are made and judged."""

    translator: Translator
    source: str
    target: str
    indicators: tuple[str, ...]
    catalyst: Catalyst
    protect: bool

    def fits(self, text: str) -> bool:
        """Tell whether the translator can take a text whole."""
        limit = self.translator.max_source_tokens
        return limit is None or self.translator.count_tokens(text, self.source, self.target) <= limit

    def translate(self, texts: Sequence[str]) -> list[Translation]:
        """Translate texts, without a call where there are none."""
        return self.translator.translate(texts, self.source, self.target) if texts else []


@dataclass(slots=True)
class _Try:
    """One sequence: parts of a record, behind indicators where there are several."""

    record: Record
    parts: list[Part]
    sequence: str
    indicator: str = ""
    marked: bool = field(default=False, init=False)


def whole(desk: Desk, records: Sequence[Record]) -> None:
    """Rung `indicator`: all fields in one sequence; where markers are lost, again with the next indicator."""
    waiting = list(records)
    while waiting:
        tries = []
        for record in waiting:
            parts = record.sendable()
            if len(parts) > 1:
                tries += _bundled(desk, record, parts, record.tried)
            elif parts:
                tries.append(_alone(record, parts[0]))
        _send(desk, "indicator", tries)
        waiting = [entry.record for entry in tries if entry.indicator and _lost_its_markers(entry)]
        for entry in tries:
            entry.record.tried.append(entry.indicator)


def smaller(desk: Desk, records: Sequence[Record], *, alone: bool) -> None:
    """Rung `smaller`: half of the fields in one sequence, and half of those again.

    Args:
        desk: the translator and the settings.
        records: those with pending parts.
        alone: whether a half of one field is sent here; else it waits for the rung `separate`.
    """
    groups = [(record, record.sendable()) for record in records]
    while groups:
        tries = []
        for record, parts in groups:
            half = (len(parts) + 1) // 2
            for group in (parts[:half], parts[half:]):
                if len(group) > 1:
                    tries += _bundled(desk, record, group, [])
                elif alone and group and not group[0].went_alone:
                    tries.append(_alone(record, group[0]))
        _send(desk, "smaller", tries)
        left = [(entry.record, [part for part in entry.parts if part.text is None]) for entry in tries]
        groups = [(record, parts) for record, parts in left if len(parts) > 1]


def separate(desk: Desk, records: Sequence[Record]) -> None:
    """Rung `separate`: each field alone, without statement and indicator."""
    tries = [_alone(record, part) for record in records for part in record.sendable() if not part.went_alone]
    _send(desk, "separate", tries)


def split(desk: Desk, records: Sequence[Record]) -> None:
    """Rung `split`: each sentence of a field alone, put back between the very same line breaks and marks.

    A sentence that the model cannot take whole is cut at its clauses, and the field flagged `long_sentence`.
    """
    asked = []
    texts: list[str] = []
    for record in records:
        for part in record.pending():
            sentences = translatable_spans(part.core, desk.source)
            spans = shorten(part.core, sentences, desk.fits)
            known = part.went_alone and len(spans) == 1 and spans[0] == (0, len(part.core))
            if spans and not known:
                asked.append((record, part, spans, len(spans) > len(sentences)))
                texts += [part.core[span.start : span.end] for span in spans]
    answers = desk.translate(texts)
    at = 0
    for record, part, spans, cut in asked:
        record.attempts += 1
        until = at + len(spans)
        _settle_pieces(desk, part, texts[at:until], answers[at:until])
        if not part.verdict.reason:
            pieces = [answer.text.strip() for answer in answers[at:until]]
            _accept_pieces(desk, part, rebuild(part.core, spans, pieces, desk.target), cut=cut)
        at = until


def mean_score(scores: Sequence[float | None]) -> float | None:
    """Return the mean of the scores that are there; None without one."""
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None


def _lost_its_markers(entry: _Try) -> bool:
    return all(part.verdict.reason == "irreversible" for part in entry.parts)


def _alone(record: Record, part: Part) -> _Try:
    part.went_alone = True
    return _Try(record, [part], part.core)


def _bundled(desk: Desk, record: Record, parts: list[Part], tried: Sequence[str]) -> list[_Try]:
    cores = [part.core for part in parts]
    left = [indicator for indicator in desk.indicators if indicator not in tried]
    if left == [UNMARKED]:
        return [_Try(record, parts, " ".join(cores), UNMARKED)]
    indicator = choose_indicator(left, cores, desk.catalyst.text)
    if indicator is None:
        for part in parts if not tried else ():
            part.verdict = Verdict("irreversible", "every indicator stands in the record itself")
        return []
    return [_Try(record, parts, build_sequence(cores, indicator, desk.catalyst.text), indicator)]


def _send(desk: Desk, level: str, tries: Sequence[_Try]) -> None:
    answers = desk.translate([entry.sequence for entry in tries])
    for entry, answer in zip(tries, answers, strict=True):
        entry.record.attempts += 1
        _settle(desk, level, entry, answer)


def _settle(desk: Desk, level: str, entry: _Try, answer: Translation) -> None:
    """Give every part its text or its verdict.

    Of a bundle, the best hypothesis of the beam is taken all of whose parts hold; where there is none, the best one's
    parts that hold. `strict` and `lenient` speak of the best hypothesis, `accepted` of the one that was taken.
    """
    cores = [part.core for part in entry.parts]
    refused = _refusal(answer)
    if refused.reason:
        found = [refused_whole(len(cores), refused)]
    elif not entry.indicator:
        found = [judged(cores, [answer.text.strip()], protect=desk.protect)]
    else:
        has_statement, languages = bool(desk.catalyst.text), (desk.source, desk.target)
        found = [
            taken_apart(cores, text, entry.indicator, catalyst=has_statement, protect=desk.protect, languages=languages)
            for text in (answer.text, *answer.others)
        ]
    best = next((seen for seen in found if seen.holds), found[0])
    for part, text, verdict in zip(entry.parts, best.texts, best.verdicts, strict=True):
        part.verdict = verdict
        if not verdict.reason:
            part.text, part.level, part.score = text, level, answer.score
            entry.record.marker = entry.indicator or entry.record.marker
    entry.marked = found[0].lenient
    if entry.indicator and entry.record.first is None:
        entry.record.first = FirstTry(
            indicator=entry.indicator,
            catalyst=desk.catalyst.name,
            strict=found[0].strict,
            lenient=found[0].lenient,
            accepted=best.holds,
        )


def _settle_pieces(desk: Desk, part: Part, texts: Sequence[str], answers: Sequence[Translation]) -> None:
    part.verdict = Verdict()
    for text, answer in zip(texts, answers, strict=True):
        verdict = _refusal(answer)
        verdict = verdict if verdict.reason else judge(text, answer.text, protect=desk.protect)
        if verdict.reason:
            part.verdict = verdict
            return
    part.score = mean_score([answer.score for answer in answers])


def _accept_pieces(desk: Desk, part: Part, text: str, *, cut: bool) -> None:
    difference = protected_difference(part.core, text) if desk.protect else ""
    if difference:
        part.verdict = Verdict("guard_protected", difference)
        return
    flags = (*flags_of(part.core, text), *(["long_sentence"] if cut else []))
    part.text, part.level, part.verdict = text, "split", Verdict(flags=flags)


def _refusal(answer: Translation) -> Verdict:
    if answer.problem:
        return _PROBLEMS[answer.problem]
    return _TRUNCATED if answer.truncated else Verdict()
