"""The rung `split`: each sentence of a field alone, put back between the very same line breaks and marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cscl_data.records import Span
from cscl_data.translators.base import Translation
from cscl_data.translators.desk import Desk, mean_score, refusal
from cscl_data.translators.guards import Verdict
from cscl_data.translators.hypotheses import judged, refused_whole
from cscl_data.translators.masks import Sealed
from cscl_data.translators.parts import Part, Record
from cscl_data.translators.pieces import rebuild, shorten

LONG_SENTENCE = "long_sentence"
"""Flag of a field with a sentence that was cut at its clauses, for the model cannot take it whole."""


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A part as the pieces that are sent, and whether a sentence had to be cut for it."""

    record: Record
    part: Part
    spans: tuple[Span, ...]
    sealed: tuple[Sealed, ...]
    cut: bool


def split(desk: Desk, records: Sequence[Record]) -> None:
    """Send what is pending sentence by sentence.

    A sentence that the model cannot take whole is cut at its clauses, and the field flagged `long_sentence`.
    """
    found = [_pieces(desk, record, part) for record in records for part in record.pending()]
    asked = [pieces for pieces in found if pieces.spans and not _known(pieces)]
    answers = iter(desk.translate([sealed.text for pieces in asked for sealed in pieces.sealed]))
    for pieces in asked:
        pieces.record.attempts += 1
        _settle(desk, pieces, [next(answers) for _ in pieces.spans])


def _pieces(desk: Desk, record: Record, part: Part) -> _Pieces:
    sentences, _ = desk.protection.pieces(part.core, desk.guards.source)

    def fits(text: str) -> bool:
        return desk.fits(desk.protection.sealed(text, record.first_mask).text)

    spans = shorten(part.core, sentences, fits)
    sealed = [desk.protection.sealed(part.core[span.start : span.end], record.first_mask) for span in spans]
    return _Pieces(record, part, tuple(spans), tuple(sealed), len(spans) > len(sentences))


def _known(pieces: _Pieces) -> bool:
    """Tell whether this is what the part was sent as already."""
    return pieces.part.went_alone and pieces.spans == (Span(0, len(pieces.part.core)),)


def _settle(desk: Desk, pieces: _Pieces, answers: Sequence[Translation]) -> None:
    part, texts, flags = pieces.part, [], set()
    for sealed, answer in zip(pieces.sealed, answers, strict=True):
        refused = refusal(answer, desk.guards)
        texts_made = (text.strip() for text in (answer.text, *answer.others))
        looks = (judged([sealed], [text], desk.guards, truncated=answer.truncated) for text in texts_made)
        best = desk.best_of([refused_whole(1, refused)] if refused.reason else desk.looked_at(looks))
        [text], [verdict] = best.texts, best.verdicts
        if verdict.reason:
            part.refuse(verdict)
            pieces.record.refused |= desk.guards.ends(best.verdicts)
            return
        texts.append(text)
        flags |= set(verdict.flags) - {"copy"}
    whole = rebuild(part.core, pieces.spans, texts, desk.guards.target)
    kept = desk.guards.kept(part.core, whole)
    if kept.reason:
        part.refuse(kept)
        pieces.record.refused |= desk.guards.ends([kept])
        return
    flags |= {*kept.flags, *([LONG_SENTENCE] if pieces.cut else [])}
    part.text, part.level, part.verdict = whole, "split", Verdict(flags=tuple(sorted(flags)))
    part.score = mean_score([answer.score for answer in answers])
