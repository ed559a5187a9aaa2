"""Which text of a document stands where: its sentences, and the translations that two of the modes add."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random
from typing import NamedTuple

from cscl_data.generators.sentence.config import SentenceCsConfig
from cscl_data.generators.sentence.sides import (
    drawn,
    first_language,
    languages_of,
    number_of,
    translates_neighbour,
)
from cscl_data.records import Bead, shuffled


class Place(NamedTuple):
    """One text of a document to be written: its bead (from 0), its language and its role."""

    bead: int
    lang: str
    role: str = "text"


class Unplaced(NamedTuple):
    """Why a document has no places: a reject reason and a detail."""

    reason: str
    detail: str


def places(
    beads: Sequence[Bead],
    langs: Sequence[str],
    config: SentenceCsConfig,
    rng: Random,
    closed: Collection[int] = frozenset(),
) -> list[Place] | Unplaced:
    """Settle which text of each bead stands where, in the order of the row.

    Every bead stands once, in one of its languages; `annotate` and `parallel` add translations, with a role that says
    so. Of the texts only their equality matters: a translation that is still to be made may be empty.

    Args:
        beads: the sentences of a document, each in at least one of the languages.
        langs: the source language, then the target languages.
        config: how to switch.
        rng: the document's own generator.
        closed: numbers, from 0, of the beads that `annotate` puts nothing behind: code, tables.

    Returns:
        The places; or why there are none: `single_sentence` where there is nothing to switch between, `unaligned`
        where no sentence stands in two languages, `no_candidate` where none that is not closed differs from its
        translation, all repeat their neighbours, or one could only stand beside its own translation.
    """
    if len(beads) < 2:
        return Unplaced("single_sentence", f"{len(beads)} sentence")
    if all(sum(lang in bead.texts for lang in langs) < 2 for bead in beads):
        return Unplaced("unaligned", "no sentence stands in two languages")
    if config.mode == "annotate":
        return _annotated(beads, langs, config, rng, closed)
    if config.mode == "parallel":
        return _parallel(beads, langs, config, rng)
    chosen = languages_of(beads, langs, config, rng)
    if len(set(chosen)) < 2:
        return Unplaced("no_candidate", "every sentence repeats the one before it")
    if translates_neighbour(beads, chosen):
        return Unplaced("no_candidate", "a sentence in one language alone would stand beside its translation")
    return [Place(i, lang) for i, lang in enumerate(chosen)]


def _annotated(
    beads: Sequence[Bead],
    langs: Sequence[str],
    config: SentenceCsConfig,
    rng: Random,
    closed: Collection[int],
) -> list[Place] | Unplaced:
    """Put the document into one language, and translations behind a share of its sentences."""
    first = first_language(langs, config.start_lang, rng)
    chosen = [first if first in bead.texts else _first_of(bead, langs) for bead in beads]
    others = [
        [lang for lang in langs if i not in closed and bead.texts.get(lang, bead.texts[own]) != bead.texts[own]]
        for i, (bead, own) in enumerate(zip(beads, chosen, strict=True))
    ]
    able = [i for i, there in enumerate(others) if there]
    if not able:
        return Unplaced("no_candidate", "no sentence differs from its translation, code and tables left out")
    n = number_of(able, config.share_of_mode, rng, fewest=1, most=len(able))
    annotated = set(shuffled(able, rng)[:n])
    found: list[Place] = []
    for i, lang in enumerate(chosen):
        found.append(Place(i, lang))
        if i in annotated:
            found.append(Place(i, drawn(others[i], rng), "translation"))
    return found


def _parallel(beads: Sequence[Bead], langs: Sequence[str], config: SentenceCsConfig, rng: Random) -> list[Place]:
    """Put the document into one language, then the whole of it into another; what both lack stands in a third."""
    first = first_language(langs, config.start_lang, rng)
    other = drawn([lang for lang in langs if lang != first], rng)
    original: list[Place] = []
    translation: list[Place] = []
    for i, bead in enumerate(beads):
        if first in bead.texts:
            original.append(Place(i, first))
        if other in bead.texts:
            translation.append(Place(i, other, "translation"))
        elif first not in bead.texts:
            original.append(Place(i, _first_of(bead, langs)))
    return [*original, *translation]


def _first_of(bead: Bead, langs: Sequence[str]) -> str:
    return next(lang for lang in langs if lang in bead.texts)
