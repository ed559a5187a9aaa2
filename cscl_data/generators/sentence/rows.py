"""Writes the rows of one document: its texts in their places, and the white space between them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from random import Random
from typing import NamedTuple

from cscl_data.generators.sentence.config import SentenceCsConfig
from cscl_data.generators.sentence.joints import BETWEEN_VERSIONS, annotation, joint, sentence_brackets
from cscl_data.generators.sentence.pieces import cut
from cscl_data.generators.sentence.places import Place, Unplaced, places
from cscl_data.records import Bead, Reject, Segment, SentenceCsRow

STAGE = "sentence_cs"

Count = Callable[[str], int]
"""Counts the tokens of a text."""


def count_bytes(text: str) -> int:
    """Count the bytes of UTF-8."""
    return len(text.encode("utf-8"))


def generate(
    doc_id: str,
    beads: Sequence[Bead],
    *,
    langs: Sequence[str],
    config: SentenceCsConfig,
    rng: Random,
    closed: Collection[int] = frozenset(),
    count: Count = count_bytes,
) -> list[SentenceCsRow] | Reject:
    """Make one mixed document of its beads, in order, as one row or more.

    Every bead stands once, in one of its languages, so that neighbours never translate each other; `annotate` and
    `parallel` add translations, with a role that says so. A bead that lacks a language stands in another one.

    Args:
        doc_id: the document; its rows are named `<doc_id>/<n>`, n from 0.
        beads: its sentences, each in at least one of the languages.
        langs: the source language, then the target languages.
        config: how to switch.
        rng: the document's own generator.
        closed: numbers, from 0, of the beads that `annotate` puts nothing behind: code, tables.
        count: counts tokens for `max_tokens`, see `write`.

    Returns:
        The rows; or a reject, with a reason of `places`.

    Raises:
        SchemaError: a row breaks an invariant (a bug).

    Source:
        yoo-etal-2025-code (`alternate`), wang-etal-2025-investigating (`annotate`, there written by an LLM). The other
        modes, the first language and the white space are our own.
    """
    placed = places(beads, langs, config, rng, closed)
    if isinstance(placed, Unplaced):
        return unplaced(doc_id, beads, placed)
    return write(doc_id, beads, placed, config=config, count=count)


def unplaced(doc_id: str, beads: Sequence[Bead], why: Unplaced) -> Reject:
    """Return the reject of a document that gives no row."""
    source = {"doc_id": doc_id, "beads": [{"id": bead.id, "texts": dict(bead.texts)} for bead in beads]}
    return Reject(id=f"{doc_id}/0", stage=STAGE, reason=why.reason, detail=why.detail, source=source)


def write(
    doc_id: str,
    beads: Sequence[Bead],
    placed: Sequence[Place],
    *,
    config: SentenceCsConfig,
    count: Count = count_bytes,
) -> list[SentenceCsRow]:
    """Write the texts of a document in their places.

    Between sentences stands the document's own white space, see `joint`. Several rows divide the document at beads,
    into as few and as equal parts as there can be; a bead that is longer than `max_tokens` by itself is a row of its
    own.

    Args:
        doc_id: the document; its rows are named `<doc_id>/<n>`, n from 0.
        beads: its sentences.
        placed: what stands where.
        config: the mode, and the most tokens of a row.
        count: counts tokens; every text is counted with the brackets around it and the white space before it,
            which the first one of a row has not.

    Raises:
        SchemaError: a row breaks an invariant (a bug).
    """
    parts = _parts(beads, placed, config.mode)
    pieces = [range(len(beads))]
    if config.max_tokens is not None:
        costs, leads = [0] * len(beads), [0] * len(beads)
        for part in parts:
            cost = count(part.before + part.text + part.behind)
            costs[part.place.bead] += cost
            if config.mode != "annotate" or part.place.role == "text":
                leads[part.place.bead] += cost - count(part.text + part.behind)
        spare = count(BETWEEN_VERSIONS) if config.mode == "parallel" else 0
        pieces = cut(costs, max(1, config.max_tokens - spare), leads)
    piece_of = [n for n, piece in enumerate(pieces) for _ in piece]
    own: list[list[_Part]] = [[] for _ in pieces]
    for part in parts:
        own[piece_of[part.place.bead]].append(part)
    return [_row(f"{doc_id}/{n}", doc_id, those, beads, config.mode) for n, those in enumerate(own)]


class _Part(NamedTuple):
    """One text in its place, with what stands before and behind it."""

    place: Place
    text: str
    before: str
    behind: str = ""


def _parts(beads: Sequence[Bead], placed: Sequence[Place], mode: str) -> list[_Part]:
    """Put every text behind the one before it of the same role; an annotation hangs on the sentence before it."""
    parts: list[_Part] = []
    last: dict[str, tuple[str, str]] = {}
    for place in placed:
        bead = beads[place.bead]
        text = bead.texts[place.lang]
        if mode == "annotate" and place.role == "translation":
            lang, _ = last["text"]
            opening, closing = sentence_brackets(lang)
            parts.append(_Part(place, annotation(text), opening, closing))
            last["text"] = lang, closing
            continue
        before = ""
        if place.role in last:
            left, ending = last[place.role]
            before = joint(ending[-1], left, place.lang, bead.before)
        parts.append(_Part(place, text, before))
        last[place.role] = place.lang, text[-1]
    return parts


def _row(row_id: str, doc_id: str, parts: Sequence[_Part], beads: Sequence[Bead], mode: str) -> SentenceCsRow:
    written: list[str] = []
    segments: list[Segment] = []
    at = 0
    for part in parts:
        bead, lang, role = part.place
        before = part.before if segments else ""
        if segments and mode == "parallel" and role != segments[-1].role:
            before = BETWEEN_VERSIONS
        start = at + len(before)
        segments.append(Segment(start, start + len(part.text), lang, beads[bead].id, role))
        written += [before, part.text, part.behind]
        at = start + len(part.text) + len(part.behind)
    row = SentenceCsRow(id=row_id, doc_id=doc_id, text="".join(written), mode=mode, segments=tuple(segments))
    row.check()
    return row
