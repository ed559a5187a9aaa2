"""Token-level code-switching by alignment: words of one sentence stand for those they are aligned to in the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

from cscl_data.generators.amount import CHAR, CMI, SPF, TOKEN, Goal, how_many, size
from cscl_data.generators.candidates import Candidate
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.item import FEW_UNITS, RISKY, STAGE, Made, Part, SwitchItem
from cscl_data.generators.placement import units_of
from cscl_data.generators.selection import (
    KEPT,
    PREFERRED,
    Chosen,
    Orders,
    choose_until,
    choose_words,
    in_order,
    interleaved,
)
from cscl_data.generators.substitution import substitute
from cscl_data.generators.writing import Write, replacements_of, row_of, tagged
from cscl_data.records import Reject, TaggedToken, cmi, spf

__all__ = ["METHOD", "STAGE", "chosen_units", "enough_of", "few_units", "generate", "notes_of"]

METHOD = "align.6"
"""Name and version of the method; the version rises when the text it generates changes."""

MORE_RISK = 2.0
"""Factor for the highest risk of a row whose text is there already, so that a variant finds another (our default)."""


def generate(item: SwitchItem, config: TokenCsConfig, rng: Random) -> Made | Reject:
    """Make one code-switched row from an aligned pair; see `item.Generate`.

    Returns:
        The row; or a reject: `no_candidate` when no word may be switched, or what `alignment.skipped` says. Where
        nothing is to be switched, the matrix text comes back as it is, and no alignment is needed.
    """
    if not config.amount.switches:
        return Made(row_of(item, [], by=config.amount.ratio_by))
    chosen = chosen_units(item, config, rng)
    if isinstance(chosen, Reject):
        return chosen
    row = row_of(item, chosen.units, by=config.amount.ratio_by)
    return Made(row, notes_of(chosen, config))


def chosen_units(
    item: SwitchItem,
    config: TokenCsConfig,
    rng: Random,
    *,
    keep: Callable[[Candidate], bool] | None = None,
    write: Write = replacements_of,
    orders: Orders | None = None,
) -> Chosen | Reject:
    """Draw the units to switch.

    Args:
        item: what the row is made from.
        config: how to switch.
        rng: the row's own generator.
        keep: which units may be drawn; None for all.
        write: see `enough_of`.
        orders: see there; None for those of the method, in which neighbours always keep their order where risky units
            stay, and else where there are enough units.

    Returns:
        The units, or a reject when there is none, or no alignment.
    """
    parts = item.parts
    if not parts:
        if item.alignment is None or item.alignment.skipped:
            reason = item.alignment.skipped if item.alignment and item.alignment.skipped else "unaligned"
            return item.reject(reason, "the pair was not aligned")
        parts = (Part(item.other, item.alignment, 0),)
    goal = config.amount.goal(rng)
    drawn = [in_order(_units_of(part, item, config, keep), rng, mixed=item.anew) for part in parts]
    if not any(drawn):
        detail = f"{sum(len(part.alignment.links) for part in parts)} links, none of them a unit that may be switched"
        return item.reject("no_candidate", detail)
    orders = orders or (KEPT if config.risk_limit < math.inf else PREFERRED)
    limit = config.risk_limit * (MORE_RISK if item.anew else 1.0)
    return enough_of(interleaved(drawn, rng), item, goal, rng, write=write, orders=orders, max_risk=limit)


def _units_of(
    part: Part, item: SwitchItem, config: TokenCsConfig, keep: Callable[[Candidate], bool] | None
) -> list[Candidate]:
    """List the units of one embedded language, over the words of the whole other side."""
    found = units_of(part.alignment, item.frame, part.other, matrix=item.matrix, config=config)
    if part.first_word:
        found = [
            cand._replace(emb_first=cand.emb_first + part.first_word, emb_last=cand.emb_last + part.first_word)
            for cand in found
        ]
    return found if keep is None else [*filter(keep, found)]


def notes_of(chosen: Chosen, config: TokenCsConfig) -> tuple[str, ...]:
    """Return what is to be counted of a row: less than was asked for, where an amount was; more risk than the limit."""
    few = few_units(chosen, config)
    return (*few, RISKY) if any(cand.risk > config.risk_limit for cand in chosen.units) else few


def few_units(chosen: Chosen, config: TokenCsConfig) -> tuple[str, ...]:
    """Return what is to be counted of a row of a method whose units have no limit of risk: `FEW_UNITS` or nothing."""
    return (FEW_UNITS,) if chosen.too_few and config.amount.is_asked else ()


def enough_of(
    drawn: Sequence[Candidate],
    item: SwitchItem,
    goal: Goal,
    rng: Random,
    *,
    write: Write = replacements_of,
    orders: Orders = PREFERRED,
    max_risk: float = math.inf,
) -> Chosen:
    """Take units until what was asked for is reached; fewer than that: all of them.

    By words, their number is floor(r n) plus one with probability frac(r n), at least 1, with n the matrix words
    (punctuation, digits, symbols and protected spans left out). By another measure, units are taken until it is
    reached, see `choose_until`.

    Args:
        drawn: at least one, in order of preference.
        item: what the row is made from.
        goal: what the row is to reach.
        rng: the row's own generator.
        write: how units are written, for a measure of the text that they make.
        orders: see `choose_words`.
        max_risk: see there.
    """
    if goal.measure != TOKEN:
        return choose_until(drawn, _measure(item, goal, write), goal.value, rng, orders=orders, max_risk=max_risk)
    wanted = how_many(goal.value, size(item.frame.words, TOKEN), rng)
    return choose_words(drawn, wanted, orders=orders, max_risk=max_risk)


def _measure(item: SwitchItem, goal: Goal, write: Write) -> Callable[[list[Candidate]], float]:
    """Return what tells how much is switched when some units are, by the measure of a goal."""
    if goal.measure == CHAR:
        whole = size(item.frame.words, CHAR)
        return lambda units: sum(size(item.frame.words[u.first : u.last + 1], CHAR) for u in units) / whole
    tokens = tagged(item.frame)
    score: Callable[[tuple[TaggedToken, ...]], float] = {CMI: cmi, SPF: spf}[goal.measure]
    return lambda units: score(substitute(item.frame.text, tokens, write(units, item.frame, item.other))[1])
