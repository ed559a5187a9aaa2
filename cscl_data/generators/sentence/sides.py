"""Which language each sentence of a document stands in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from cscl_data.generators.sentence.config import SentenceCsConfig
from cscl_data.records import Bead, shuffled

T = TypeVar("T")


def languages_of(beads: Sequence[Bead], langs: Sequence[str], config: SentenceCsConfig, rng: Random) -> list[str]:
    """Return the language of each bead; at least two occur where the beads allow it.

    A bead that the mode would put into a language it lacks stands in the first one that it has. One that repeats the
    bead before it (`Yes.` `Yes.`) stands in its language, or it would be a translation of its neighbour.

    Args:
        beads: two or more, of which at least one stands in two languages.
        langs: the source language, then the target languages.
        config: how to switch.
        rng: the document's own generator.
    """
    return _apart(beads, _by_mode(beads, langs, config, rng))


def _by_mode(beads: Sequence[Bead], langs: Sequence[str], config: SentenceCsConfig, rng: Random) -> list[str]:
    if config.mode == "random":
        return _random(beads, langs, config, rng)
    first = first_language(langs, config.start_lang, rng)
    if config.mode == "alternate":
        chosen = _alternate(beads, langs, first)
    else:
        planned = _blocks if config.mode == "block" else _chain
        wanted = planned(len(beads), langs, first, config, rng)
        chosen = [
            lang if lang in bead.texts else _has(bead, langs)[0] for bead, lang in zip(beads, wanted, strict=True)
        ]
    if len(set(chosen)) > 1:
        return chosen
    movable = [i for i, bead in enumerate(beads) if len(_has(bead, langs)) > 1]
    at = drawn([i for i in movable if i] or movable, rng)
    other = drawn([lang for lang in _has(beads[at], langs) if lang != chosen[at]], rng)
    return [
        other if i >= at and other in bead.texts else lang
        for i, (bead, lang) in enumerate(zip(beads, chosen, strict=True))
    ]


def _apart(beads: Sequence[Bead], chosen: Sequence[str]) -> list[str]:
    """Give beads that repeat each other one language, where either has the text of the other.

    It is that of the first; where a later one lacks it, it is that of the later one, for all that it repeats.
    """
    found = list(chosen[:1])
    for at in range(1, len(beads)):
        last, lang = found[-1], chosen[at]
        if last != lang and _repeats(beads, at, last, lang):
            if last in beads[at].texts:
                lang = last
            else:
                _turn_back(beads, found, lang)
        found.append(lang)
    return found


def _turn_back(beads: Sequence[Bead], found: list[str], lang: str) -> None:
    """Put the last bead into a language, and those before it that it would then translate."""
    for at in range(len(found) - 1, -1, -1):
        found[at] = lang
        before = found[at - 1] if at else lang
        if before == lang or lang not in beads[at - 1].texts or not _repeats(beads, at, before, lang):
            return


def translates_neighbour(beads: Sequence[Bead], chosen: Sequence[str]) -> bool:
    """Tell whether a bead stands behind its own translation, since neither has the language of the other."""
    return any(
        chosen[at - 1] != chosen[at] and _repeats(beads, at, chosen[at - 1], chosen[at]) for at in range(1, len(beads))
    )


def _repeats(beads: Sequence[Bead], at: int, last: str, lang: str) -> bool:
    """Tell whether a bead has the text of the one before it, in one of the languages that the two would stand in."""
    return any(_same(beads[at - 1], beads[at], one) for one in (last, lang))


def _same(one: Bead, other: Bead, lang: str) -> bool:
    """Tell whether two beads have the same text in a language; one that is still to be made is none."""
    text = one.texts.get(lang, "").strip().casefold()
    return bool(text) and text == other.texts.get(lang, "").strip().casefold()


def first_language(langs: Sequence[str], start_lang: str, rng: Random) -> str:
    """Return the language that a document starts in."""
    return {"src": langs[0], "tgt": langs[1]}.get(start_lang) or drawn(langs, rng)


def drawn(items: Sequence[T], rng: Random) -> T:
    """Return one of the items, each with the same probability."""
    return items[math.floor(rng.random() * len(items))]


def number_of(items: Sequence[T], share: float, rng: Random, *, fewest: int, most: int) -> int:
    """Return a share of the number of items, exact within one, but at least `fewest` and at most `most`."""
    exact = share * len(items)
    n = math.floor(exact) + (rng.random() < exact - math.floor(exact))
    return min(most, max(fewest, n))


def _has(bead: Bead, langs: Sequence[str]) -> list[str]:
    return [lang for lang in langs if lang in bead.texts]


def _random(beads: Sequence[Bead], langs: Sequence[str], config: SentenceCsConfig, rng: Random) -> list[str]:
    """Draw the beads that stand in a target language among those that can stand in the source language too."""
    targets = [[lang for lang in langs[1:] if lang in bead.texts] for bead in beads]
    free = [i for i, bead in enumerate(beads) if langs[0] in bead.texts and targets[i]]
    bound_to_source = any(not there for there in targets)
    bound_to_target = len(free) + sum(not there for there in targets) < len(beads)
    n = number_of(
        free, config.share_of_mode, rng, fewest=int(not bound_to_target), most=len(free) - int(not bound_to_source)
    )
    order = shuffled(free, rng)
    if config.start_lang != "random":
        order.sort(key=lambda i: (i == 0) == (config.start_lang == "src"))
    chosen = set(order[: max(0, n)])
    found = [
        drawn(there, rng) if there and (i in chosen or langs[0] not in bead.texts) else langs[0]
        for i, (bead, there) in enumerate(zip(beads, targets, strict=True))
    ]
    if config.start_lang == "tgt" and 0 in chosen and langs[1] in targets[0]:
        found[0] = langs[1]
    return found


def _alternate(beads: Sequence[Bead], langs: Sequence[str], first: str) -> list[str]:
    """Go round the languages; a bead that lacks the next one takes the one after it."""
    chosen: list[str] = []
    at = langs.index(first)
    for bead in beads:
        turn = [*langs[at:], *langs[:at]]
        chosen.append(_has(bead, turn)[0])
        at = (langs.index(chosen[-1]) + 1) % len(langs)
    return chosen


def _blocks(n: int, langs: Sequence[str], first: str, config: SentenceCsConfig, rng: Random) -> list[str]:
    wanted: list[str] = []
    lang = first
    while len(wanted) < n:
        run = config.min_run + math.floor(rng.random() * (config.max_run - config.min_run + 1))
        wanted += [lang] * (run if wanted else min(run, n - 1))
        lang = drawn([other for other in langs if other != lang], rng)
    return wanted[:n]


def _chain(n: int, langs: Sequence[str], first: str, config: SentenceCsConfig, rng: Random) -> list[str]:
    wanted = [first]
    while len(wanted) < n:
        changes = rng.random() < config.switch_probability
        wanted.append(drawn([other for other in langs if other != wanted[-1]], rng) if changes else wanted[-1])
    return wanted
