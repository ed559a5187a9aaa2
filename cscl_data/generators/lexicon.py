"""Token-level code-switching by a bilingual lexicon: for text that has no translation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from cscl_data.generators.amount import counts
from cscl_data.generators.candidates import LAST_TIER, Candidate, cuts_name, tier_of
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.item import STAGE, Made, Offer, Side, SwitchItem
from cscl_data.generators.placement import permitted
from cscl_data.generators.selection import FREE, Chosen, in_matrix_order, in_order
from cscl_data.generators.token import enough_of, few_units
from cscl_data.generators.writing import row_of
from cscl_data.records import Reject

__all__ = ["METHOD", "STAGE", "generate"]

METHOD = "lexicon.3"
"""Name and version of the method; the version rises when the text it generates changes."""
LAST_BEHIND = 0.4
"""By how much function words and what hardly fits stand behind other words of their score (our default)."""


def generate(item: SwitchItem, config: TokenCsConfig, rng: Random) -> Made | Reject:
    """Make a row in which words stand in the translations that a lexicon offers; see `item.Generate`.

    The embedded side of the row is the translations used, in matrix order, one a line. With the policy `best` each
    word has one offer; units, amount, order and surface are those of `token.generate`, but for links: an offer scores
    by how sure its sense is. With `random` every word that has offers takes one of them, drawn at random, with the
    probability that the ratio says, whatever it is.

    Source:
        qin-etal-2020-cosda for `random`. Deviations: one target language; every sentence takes part; where chance
        leaves a sentence alone, one of its words is drawn.
    """
    by = config.amount.ratio_by
    if not config.amount.switches:
        return Made(row_of(item, [], by=by))
    goal = config.amount.goal(rng)
    listed = [offer for offer in item.offers if _asked_for(offer, item.frame, config)]
    offered = item._replace(other=_side_of(listed, item.other.lang))
    units = _units(listed, item.frame, offered.other)
    if config.lexicon_policy == "random":
        units = permitted(units, item.frame, offered.other, config=_WITHOUT_CONSTRAINTS, links={})
        chosen = Chosen(_drawn(units, item.frame, goal.value, rng), too_few=False) if units else None
    else:
        units = permitted(units, item.frame, offered.other, config=config, links={})
        drawn = in_order([*map(_with_risk, units)], rng, mixed=item.anew)
        chosen = enough_of(drawn, offered, goal, rng, orders=FREE) if drawn else None
    if chosen is None:
        return item.reject(
            "no_candidate", f"{len(item.offers)} translations sure enough, none of a word that may be switched"
        )
    kept, used = _compacted(chosen.units, listed)
    other = _side_of(used, item.other.lang)
    row = row_of(item._replace(pair=replace(item.pair, tgt_text=other.text), other=other), kept, by=by)
    return Made(row, few_units(chosen, config))


_WITHOUT_CONSTRAINTS = TokenCsConfig(constraints=("none",))


def _asked_for(offer: Offer, frame: Side, config: TokenCsConfig) -> bool:
    if config.lexicon_policy == "random":
        return True
    if config.unit == "word" and offer.last > offer.first:
        return False
    if config.pos and offer.pos not in config.pos:
        return False
    return not cuts_name(frame.words, offer.first, offer.last)


def _side_of(offers: Sequence[Offer], lang: str) -> Side:
    """Return the embedded side of offers: their texts, one a line."""
    words = []
    at = 0
    for offer in offers:
        words += [
            word._replace(start=word.start + at, end=word.end + at, stem_end=word.stem_end + at) for word in offer.words
        ]
        at += len(offer.text) + 1
    return Side(lang, "\n".join(offer.text for offer in offers), tuple(words), running=False)


def _units(offers: Sequence[Offer], frame: Side, other: Side) -> list[Candidate]:
    """Return one unit an offer, in the order of the offers, over the words of the side that they make."""
    found: list[Candidate] = []
    at = 0
    for offer in offers:
        end = at + len(offer.words)
        tier = tier_of(frame.words[offer.first : offer.last + 1], other.words[at:end])
        found.append(Candidate(offer.first, offer.last, at, end - 1, tier, offer.score))
        at = end
    return found


def _with_risk(unit: Candidate) -> Candidate:
    """Return a unit with the risk that its sense is another one."""
    return unit._replace(risk=min(1.0, 1.0 - unit.score + (LAST_BEHIND if unit.tier >= LAST_TIER else 0.0)))


def _drawn(units: Sequence[Candidate], frame: Side, ratio: float, rng: Random) -> list[Candidate]:
    """Draw each word with the same probability, and one of its units; where none is drawn, one unit of all."""
    found: list[Candidate] = []
    for i, word in enumerate(frame.words):
        if counts(word) and rng.random() < ratio:
            own = [unit for unit in units if unit.first == i]
            found += [own[int(rng.random() * len(own))]] if own else []
    return found or [units[int(rng.random() * len(units))]]


def _compacted(units: Sequence[Candidate], offers: Sequence[Offer]) -> tuple[list[Candidate], list[Offer]]:
    """Number the units anew over a side that has their offers alone, in matrix order."""
    by_start: dict[int, Offer] = {}
    at = 0
    for offer in offers:
        by_start[at] = offer
        at += len(offer.words)
    kept: list[Candidate] = []
    used: list[Offer] = []
    at = 0
    for unit in in_matrix_order(units):
        offer = by_start[unit.emb_first]
        kept.append(unit._replace(emb_first=at, emb_last=at + len(offer.words) - 1))
        used.append(offer)
        at += len(offer.words)
    return kept, used
