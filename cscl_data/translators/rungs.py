"""The rungs of the ladder: how the fields that are still without a translation are sent, all records in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cscl_data.translators.base import Translation
from cscl_data.translators.bundles import choose_indicator
from cscl_data.translators.desk import Desk, refusal
from cscl_data.translators.division import divided, evenly
from cscl_data.translators.guards import Verdict
from cscl_data.translators.hypotheses import Seen, judged, refused_whole, taken_apart
from cscl_data.translators.parts import Part, Record
from cscl_data.translators.results import FirstTry
from cscl_data.translators.unmarked import UNMARKED

_NOTHING = Seen((), ())


@dataclass(slots=True)
class _Try:
    """One sequence: parts of a record, behind indicators where there are several.

    `tried` are the indicators that lost their markers before. Once settled, `best` is the best hypothesis of the beam,
    and `taken` the one whose texts count.
    """

    record: Record
    parts: list[Part]
    sequence: str
    indicator: str = ""
    tried: tuple[str, ...] = ()
    best: Seen = _NOTHING
    taken: Seen = _NOTHING


def whole(desk: Desk, records: Sequence[Record]) -> None:
    """Rung `indicator`: all fields in one sequence; where markers are lost, again with the next indicator.

    A record that is more than one bundle holds goes as several, see `divided`.
    """
    bundles = [(record, parts, ()) for record in records for parts in divided(desk, record.sendable())]
    waiting: list[tuple[Record, list[Part], tuple[str, ...]]] = list(bundles)
    while waiting:
        tries = []
        for record, parts, tried in waiting:
            if len(parts) > 1:
                tries += _bundled(desk, record, parts, tried)
            else:
                tries.append(_alone(record, parts[0]))
        _send(desk, "indicator", tries)
        lost = [entry for entry in tries if entry.indicator and _lost_its_markers(entry)]
        waiting = [(entry.record, entry.parts, (*entry.tried, entry.indicator)) for entry in lost]


def smaller(desk: Desk, records: Sequence[Record], *, alone: bool) -> None:
    """Rung `smaller`: half of the fields of a bundle in one sequence, and half of those again.

    Args:
        desk: the translator and the settings.
        records: those with pending parts.
        alone: whether a half of one field is sent here; else it waits for the rung `separate`.
    """
    groups = [(record, parts) for record in records for parts in divided(desk, record.sendable())]
    while groups:
        tries = []
        for record, parts in groups:
            for group in evenly(parts, 2):
                if len(group) > 1:
                    tries += _bundled(desk, record, group, ())
                elif alone and group and not group[0].went_alone:
                    tries.append(_alone(record, group[0]))
        _send(desk, "smaller", tries)
        left = [(entry.record, [part for part in entry.parts if part.text is None]) for entry in tries]
        groups = [(record, parts) for record, parts in left if len(parts) > 1 and not record.refused]


def separate(desk: Desk, records: Sequence[Record]) -> None:
    """Rung `separate`: each field alone, without statement and indicator."""
    tries = [_alone(record, part) for record in records for part in record.sendable() if not part.went_alone]
    _send(desk, "separate", tries)


def _lost_its_markers(entry: _Try) -> bool:
    return all(part.verdict.reason == "irreversible" for part in entry.parts)


def _alone(record: Record, part: Part) -> _Try:
    part.went_alone = True
    return _Try(record, [part], part.sealed.text)


def _bundled(desk: Desk, record: Record, parts: list[Part], tried: tuple[str, ...]) -> list[_Try]:
    texts = [part.sealed.text for part in parts]
    left = [indicator for indicator in desk.indicators if indicator not in tried]
    indicator = UNMARKED if left == [UNMARKED] else choose_indicator(left, texts, desk.catalyst.text)
    if indicator is None:
        for part in parts if not tried else ():
            part.refuse(Verdict("irreversible", "every indicator stands in the record itself"))
        return []
    return [_Try(record, parts, desk.sequence(texts, indicator), indicator, tried)]


def _send(desk: Desk, level: str, tries: Sequence[_Try]) -> None:
    answers = desk.translate([entry.sequence for entry in tries])
    first: dict[int, list[_Try]] = {}
    for entry, answer in zip(tries, answers, strict=True):
        entry.record.attempts += 1
        _settle(desk, level, entry, answer)
        if entry.record.first is None:
            first.setdefault(id(entry.record), []).append(entry)
    for entries in first.values():
        _note_first(desk, entries)


def _settle(desk: Desk, level: str, entry: _Try, answer: Translation) -> None:
    """Give every part its text or its verdict.

    The best hypothesis of the beam is taken all of whose parts hold, one that keeps all numbers before others; where
    there is none, the parts that hold of the one that has most of them. See `Guards.shortcomings`.
    """
    found = _seen(desk, entry, answer)
    entry.best, entry.taken = found[0], desk.best_of(found)
    for part, text, verdict in zip(entry.parts, entry.taken.texts, entry.taken.verdicts, strict=True):
        if verdict.reason:
            part.refuse(verdict)
        else:
            part.verdict = verdict
            part.text, part.level, part.score = text, level, answer.score
            entry.record.marker = entry.indicator or entry.record.marker
    entry.record.refused |= desk.guards.ends(entry.taken.verdicts)


def _note_first(desk: Desk, entries: Sequence[_Try]) -> None:
    """Note what became of the first bundles of a record: all of them have to do.

    `strict` and `lenient` speak of the best hypothesis, `accepted` of the one that was taken.
    """
    marked = [entry for entry in entries if entry.indicator]
    if marked:
        marked[0].record.held = all(entry.taken.holds for entry in entries)
        marked[0].record.first = FirstTry(
            indicator=marked[0].indicator,
            catalyst=desk.catalyst.name,
            strict=all(entry.best.strict for entry in marked),
            lenient=all(entry.best.lenient for entry in marked),
            accepted=not any(desk.guards.faults(entry.taken.verdicts) for entry in entries),
        )


def _seen(desk: Desk, entry: _Try, answer: Translation) -> list[Seen]:
    """Return what the hypotheses give, the best one first, up to one that will do."""
    parts = [part.sealed for part in entry.parts]
    refused = refusal(answer, desk.guards)
    if refused.reason:
        return [refused_whole(len(parts), refused)]
    texts, cut = (answer.text, *answer.others), answer.truncated
    if not entry.indicator:
        return desk.looked_at(judged(parts, [text.strip()], desk.guards, truncated=cut) for text in texts)
    has_statement = bool(desk.catalyst.text)
    return desk.looked_at(
        taken_apart(parts, text, entry.indicator, catalyst=has_statement, guards=desk.guards, truncated=cut)
        for text in texts
    )
