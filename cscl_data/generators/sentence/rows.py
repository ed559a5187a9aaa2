"""Builds the rows of one document: which text stands where, and the white space between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from cscl_data.generators.sentence.config import SentenceCsConfig
from cscl_data.generators.sentence.joints import BETWEEN_VERSIONS, joint, sentence_brackets
from cscl_data.generators.sentence.pieces import cut
from cscl_data.generators.sentence.sides import drawn, first_language, languages_of, part_of
from cscl_data.records import Bead, Reject, Segment, SentenceCsRow

STAGE = "sentence_cs"

Count = Callable[[str], int]
"""Counts the tokens of a text."""


def count_bytes(text: str) -> int:
    """Count the bytes of UTF-8."""
    return len(text.encode("utf-8"))


class Part(NamedTuple):
    """One text of a document: its bead (from 0), language and role, what stands before it and what closes it."""

    bead: int
    lang: str
    role: str
    text: str
    before: str
    closing: str = ""


def generate(
    doc_id: str,
    beads: Sequence[Bead],
    *,
    langs: Sequence[str],
    config: SentenceCsConfig,
    rng: Random,
    count: Count = count_bytes,
) -> list[SentenceCsRow] | Reject:
    """Make one mixed document of its beads, in order, as one row or more.

    Every bead stands once, in one of its languages, so that neighbours never translate each other; `annotate` and
    `parallel` add translations, with a role that says so. A bead that lacks a language stands in another one. Between
    sentences stands the document's own white space, see `joint`. Several rows divide the document at beads, into as
    few and as equal parts as there can be; a bead that is longer than `max_tokens` by itself is a row of its own.

    Args:
        doc_id: the document; its rows are named `<doc_id>/<n>`, n from 0.
        beads: its sentences, each in at least one of the languages.
        langs: the source language, then the target languages.
        config: how to switch.
        rng: the document's own generator.
        count: counts tokens for `max_tokens`; each sentence is counted with the white space before it.

    Returns:
        The rows; or a reject: `single_sentence` where there is nothing to switch between, `unaligned` where no
        sentence stands in two languages, `no_candidate` where none differs from its translation.

    Raises:
        SchemaError: a row breaks an invariant (a bug).

    Source:
        yoo-etal-2025-code (`alternate`), wang-etal-2025-investigating (`annotate`, there written by an LLM). The other
        modes, the first language and the white space are our own.
    """
    if len(beads) < 2:
        return _reject(doc_id, beads, "single_sentence", f"{len(beads)} sentence")
    versions = [{bead.texts[lang] for lang in langs if lang in bead.texts} for bead in beads]
    if all(sum(lang in bead.texts for lang in langs) < 2 for bead in beads):
        return _reject(doc_id, beads, "unaligned", "no sentence stands in two languages")
    if config.mode == "annotate" and all(len(texts) < 2 for texts in versions):
        return _reject(doc_id, beads, "no_candidate", "no sentence differs from its translation")
    write = {"annotate": _annotated, "parallel": _parallel}.get(config.mode, _switched)
    parts = write(beads, langs, config, rng)
    pieces = [range(len(beads))]
    if config.max_tokens is not None:
        costs = [0] * len(beads)
        for part in parts:
            costs[part.bead] += count(part.before + part.text + part.closing)
        spare = count(BETWEEN_VERSIONS) if config.mode == "parallel" else 0
        pieces = cut(costs, max(1, config.max_tokens - spare))
    piece_of = [n for n, piece in enumerate(pieces) for _ in piece]
    own: list[list[Part]] = [[] for _ in pieces]
    for part in parts:
        own[piece_of[part.bead]].append(part)
    return [_row(f"{doc_id}/{n}", doc_id, those, beads, config.mode) for n, those in enumerate(own)]


def _switched(beads: Sequence[Bead], langs: Sequence[str], config: SentenceCsConfig, rng: Random) -> list[Part]:
    """Put every bead into one language."""
    return _running(beads, dict(enumerate(languages_of(beads, langs, config, rng))), "text")


def _annotated(beads: Sequence[Bead], langs: Sequence[str], config: SentenceCsConfig, rng: Random) -> list[Part]:
    """Put the document into one language, and translations in brackets behind a share of its sentences."""
    first = first_language(langs, config.start_lang, rng)
    chosen = {
        i: first if first in bead.texts else next(lang for lang in langs if lang in bead.texts)
        for i, bead in enumerate(beads)
    }
    others = {
        i: [lang for lang in langs if lang in bead.texts and bead.texts[lang] != bead.texts[chosen[i]]]
        for i, bead in enumerate(beads)
    }
    able = [i for i, there in others.items() if there]
    annotated = set(part_of(able, config.share_of_mode, rng, fewest=1, most=len(able)))
    parts: list[Part] = []
    for part in _running(beads, chosen, "text"):
        parts.append(part)
        if part.bead in annotated:
            lang = drawn(others[part.bead], rng)
            opening, closing = sentence_brackets(part.lang)
            parts.append(Part(part.bead, lang, "translation", beads[part.bead].texts[lang], opening, closing))
    return parts


def _parallel(beads: Sequence[Bead], langs: Sequence[str], config: SentenceCsConfig, rng: Random) -> list[Part]:
    """Put the document into one language, then the whole of it into another."""
    first = first_language(langs, config.start_lang, rng)
    other = drawn([lang for lang in langs if lang != first], rng)
    original: dict[int, str] = {}
    translation: dict[int, str] = {}
    for i, bead in enumerate(beads):
        if first in bead.texts:
            original[i] = first
        if other in bead.texts:
            translation[i] = other
        elif first not in bead.texts:
            original[i] = next(lang for lang in langs if lang in bead.texts)
    return [*_running(beads, original, "text"), *_running(beads, translation, "translation")]


def _running(beads: Sequence[Bead], chosen: dict[int, str], role: str) -> list[Part]:
    """Return the text of each chosen bead in its language, as one running text."""
    parts: list[Part] = []
    for i, lang in chosen.items():
        text = beads[i].texts[lang]
        before = joint(parts[-1].text[-1], parts[-1].lang, lang, beads[i].before) if parts else ""
        parts.append(Part(i, lang, role, text, before))
    return parts


def _row(row_id: str, doc_id: str, parts: Sequence[Part], beads: Sequence[Bead], mode: str) -> SentenceCsRow:
    written: list[str] = []
    segments: list[Segment] = []
    at = 0
    for part in parts:
        before = part.before if segments else ""
        if segments and mode == "parallel" and part.role != segments[-1].role:
            before = BETWEEN_VERSIONS
        start = at + len(before)
        segments.append(Segment(start, start + len(part.text), part.lang, beads[part.bead].id, part.role))
        written += [before, part.text, part.closing]
        at = start + len(part.text) + len(part.closing)
    row = SentenceCsRow(id=row_id, doc_id=doc_id, text="".join(written), mode=mode, segments=tuple(segments))
    row.check()
    return row


def _reject(doc_id: str, beads: Sequence[Bead], reason: str, detail: str) -> Reject:
    source = {"doc_id": doc_id, "beads": [{"id": bead.id, "texts": dict(bead.texts)} for bead in beads]}
    return Reject(id=f"{doc_id}/0", stage=STAGE, reason=reason, detail=detail, source=source)
