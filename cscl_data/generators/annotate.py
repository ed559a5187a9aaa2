"""Token-level annotation: words stay, and their translations stand in brackets behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from random import Random
from typing import NamedTuple

from cscl_data.generators.candidates import Candidate
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.constraints import NONE
from cscl_data.generators.item import STAGE, Made, Side, SwitchItem
from cscl_data.generators.selection import FREE
from cscl_data.generators.substitution import Replacement
from cscl_data.generators.token import chosen_units, notes_of
from cscl_data.generators.writing import lifted, row_of, shifted
from cscl_data.records import NO_LANGUAGE, Reject, TaggedToken
from cscl_data.text.languages import Language, language

__all__ = ["METHOD", "STAGE", "annotations_of", "generate"]

METHOD = "annotate.3"
"""Name and version of the method; the version rises when the text it generates changes."""

_FULL_WIDTH = frozenset({"Jpan", "Hans", "Hant"})


class Brackets(NamedTuple):
    """What stands before and behind a translation: the opening one with its space, if any, and the closing one."""

    opening: str
    closing: str


def generate(item: SwitchItem, config: TokenCsConfig, rng: Random) -> Made | Reject:
    """Make a row in which words have their translations behind them; see `item.Generate`.

    The units and their number are those of `token.generate`, with two differences: only content words are annotated,
    for a translation of `the` tells nobody anything; and predicates of any form are, after all others, for nothing is
    switched inside a word (`free-morpheme` holds of itself).

    Source:
        wang-etal-2025-investigating (token-level annotation, there written by an LLM). Deviations: units come from word
        alignments; which ones are annotated, and the form of the brackets, are our default.
    """
    by = config.amount.ratio_by
    if not config.amount.switches:
        return Made(row_of(item, [], by=by))
    keep = partial(_holds_content, item)
    chosen = chosen_units(item, _within_words(config), rng, keep=keep, write=annotations_of, orders=FREE)
    if isinstance(chosen, Reject):
        return chosen
    row = row_of(item, chosen.units, by=by, write=annotations_of)
    return Made(row, notes_of(chosen, config))


def annotations_of(units: Sequence[Candidate], frame: Side, other: Side) -> list[Replacement]:
    """Turn units into insertions behind the matrix words: behind the stem where a Korean particle follows it.

    The particle keeps its form, for what it follows when it is read aloud is still the matrix word.

    Args:
        units: in matrix order, without overlap.
        frame: the side that is annotated.
        other: the side that the translations come from.
    """
    opening, closing = brackets_of(language(frame.lang))
    found: list[Replacement] = []
    for cand in units:
        at = frame.words[cand.last].stem_end
        start, end, text, words = lifted(cand, other, opens_result=False)
        n, behind = len(opening), len(opening) + len(text)
        tokens = (
            TaggedToken(n - 1, n, NO_LANGUAGE, False),
            *shifted(words, n),
            TaggedToken(behind, behind + len(closing), NO_LANGUAGE, False),
        )
        found.append(Replacement(at, at, start, end, opening + text + closing, tokens))
    return found


def brackets_of(lang: Language) -> Brackets:
    """Return the brackets of a language: full width in Japanese and Chinese, elsewhere a space before them.

    Korean has no space there either. Our default, from how each language is set in print.

    Example:
        >>> from cscl_data.text.languages import language
        >>> ["".join(brackets_of(language(tag))) for tag in ("en", "ko", "ja")]
        [' ()', '()', '（）']
    """
    if lang.script in _FULL_WIDTH:
        return Brackets("（", "）")
    return Brackets("(" if lang.script == "Hang" else " (", ")")


def _holds_content(item: SwitchItem, cand: Candidate) -> bool:
    sides = (
        item.frame.words[cand.first : cand.last + 1],
        item.other.words[cand.emb_first : cand.emb_last + 1],
    )
    return all(any(word.kind == "content" for word in words) for words in sides)


@lru_cache(maxsize=8)
def _within_words(config: TokenCsConfig) -> TokenCsConfig:
    kept = tuple(name for name in config.constraints if name != "free-morpheme")
    return replace(config, constraints=kept or (NONE,))
