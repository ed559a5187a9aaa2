"""Word salad: random words of the other sentence at random places, a control for what alignment is worth."""

from __future__ import annotations

from random import Random

from cscl_data.generators.candidates import Candidate
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.exclusions import may_stand
from cscl_data.generators.item import STAGE, Made, Side, SwitchItem
from cscl_data.generators.selection import FREE
from cscl_data.generators.token import enough_of, few_units
from cscl_data.generators.writing import row_of
from cscl_data.records import Reject, shuffled
from cscl_data.text.languages import language

__all__ = ["METHOD", "STAGE", "generate"]

METHOD = "salad.2"
"""Name and version of the method; the version rises when the text it generates changes."""


def generate(item: SwitchItem, config: TokenCsConfig, rng: Random) -> Made | Reject:
    """Make a row in which random matrix words give way to random words of the other side; see `item.Generate`.

    As many words are replaced as `token.generate` would, single ones, all equally likely, each by another word of the
    other side, and written by the same rules: only where a word stands is left to chance. Words of a name of several,
    as a spaCy pipeline tells them, stay. Needs no alignment.

    Source:
        macaroni-2026 (the control `salad`, random word replacement). Its details are not published: that words come
        from the same pair, none of them twice, and that what fits them to their places stays, is our default.
    """
    by = config.amount.ratio_by
    if not config.amount.switches:
        return Made(row_of(item, [], by=by))
    goal = config.amount.goal(rng)
    places, words = (shuffled(_drawable(side, config), rng) for side in (item.frame, item.other))
    drawn = [
        Candidate(i, i, j, j, tier=0, score=1.0)
        for i, j in zip(places, words, strict=False)
        if _stem(item.frame, i) != _stem(item.other, j)
    ]
    if not drawn:
        return item.reject("no_candidate", f"{len(places)} and {len(words)} words that may be drawn")
    chosen = enough_of(drawn, item, goal, rng, orders=FREE)
    return Made(row_of(item, chosen.units, by=by), few_units(chosen, config))


def _drawable(side: Side, config: TokenCsConfig) -> list[int]:
    primary = language(side.lang).primary
    return [
        i
        for i, word in enumerate(side.words)
        if may_stand(side.text, word, primary, pos=config.pos, exclude_stopwords=config.exclude_stopwords)
        and not (word.continues or (i + 1 < len(side.words) and side.words[i + 1].continues))
    ]


def _stem(side: Side, i: int) -> str:
    return side.text[side.words[i].start : side.words[i].stem_end].casefold()
