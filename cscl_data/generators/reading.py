"""What part of speech an English word has where it stands, told by the words beside it, so far as they tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cscl_data.text.irregular import PASTS
from cscl_data.text.word_rules.base import CONTENT, Word

NOUN, VERB, ADJ, ADV, NUM, NAME = "NOUN", "VERB", "ADJ", "ADV", "NUM", "PROPN"


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BEFORE_NOUNS = _listed("""
    the a an this these those my your his its our their whose no some any each every another both many much
    few several more most all such which what one other
""")
_PREPOSITIONS = _listed("""
    of in on at for with from by about into onto through during between among against under over without
    within above across after before behind beside beyond despite except inside near outside per since than
    toward towards until upon via as like
""")
_BEFORE_VERBS = _listed("""
    will would shall should can could may might must cannot do does did don't doesn't didn't won't can't
    couldn't wouldn't shouldn't let's i we they he she who
""")
_BE = _listed("""
    am is are was were be been being isn't aren't wasn't weren't it's that's
""")
_HAVE = _listed("""
    have has had having haven't hasn't hadn't
""")
_BEHIND_NOUNS = _listed("""
    of is are was were has have had will would can could
""")
_BEHIND_VERBS = _listed("""
    the a an this these those my your his its our their him them me us it each every another itself themselves
""")
_SKIPPED = _listed("""
    very so too quite rather also just only not never always often still already even almost
""")


LIGHT_VERBS = _listed("""
    be have do make get take give go come put set keep let turn run bring hold look leave break fall pass draw call
""")
"""English verbs whose meaning is mostly that of the words behind them (`make sure`, `give way`, `turn into`)."""


class Reading(NamedTuple):
    """The Universal POS tags that a word may have; and those of them that come first, where a word has several.

    Both are empty where the words beside it tell nothing.
    """

    allowed: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()


_last: list[tuple[Sequence[Word], dict[int, Reading]]] = [((), {})]
"""The words that were read last, kept so that nothing else can be taken for them, with what was told of them."""


def reading_of(text: str, words: Sequence[Word], i: int) -> Reading:
    """Tell what an English word may be from its ending and the words on both sides of it.

    Rules, not a tagger: behind `the` stands no verb, behind `will` no noun, before `of` a noun, and so on. Our default.
    The answers for the last words are kept, for phrases and classes ask for the same ones.

    Args:
        text: the text.
        words: its words.
        i: 0-based index of the word.
    """
    known = _last[0]
    if known[0] is not words:
        known = _last[0] = (words, {})
    if i not in known[1]:
        known[1][i] = _read(text, words, i)
    return known[1][i]


def _read(text: str, words: Sequence[Word], i: int) -> Reading:
    word = _lower(text, words[i])
    if words[i].name:
        return _of(NAME, NOUN, ADJ)
    before, behind = _before(text, words, i), _behind(text, words, i)
    participle = word.endswith(("ing", "ed")) or word in PASTS
    heads_on = bool(behind) and _touches(text, words[i], words[i + 1]) and words[i + 1].kind == CONTENT
    if before in _BEFORE_NOUNS or before in _PREPOSITIONS or before.endswith("'s"):
        allowed = {NOUN, ADJ, NUM, NAME, *({VERB} if participle else ())}
        if heads_on:
            return Reading(frozenset(allowed), frozenset({ADJ}))
        return Reading(frozenset(allowed - {ADJ}) if before in _BEFORE_NOUNS else frozenset(allowed), frozenset({NOUN}))
    if before in _BEFORE_VERBS:
        return _of(VERB, ADV)
    if behind in _BEHIND_VERBS:
        return _of(VERB, ADV)
    if before == "to":
        return Reading(frozenset({VERB, NOUN, NAME, ADV}), frozenset({VERB}))
    if before in _BE:
        return Reading(
            frozenset({ADJ, ADV, NOUN, *({VERB} if participle else ())}), frozenset({VERB if participle else ADJ})
        )
    if before in _HAVE:
        return Reading(frozenset({NOUN, ADJ, ADV, VERB}), frozenset({VERB if participle else NOUN}))
    if behind in _BEHIND_NOUNS and not participle:
        return _of(NOUN, NUM, NAME)
    return Reading()


def _of(*tags: str) -> Reading:
    return Reading(frozenset(tags))


def _before(text: str, words: Sequence[Word], i: int) -> str:
    """Return the word before, adverbs of degree passed over; empty at the beginning and behind punctuation."""
    while i > 0 and _touches(text, words[i - 1], words[i]):
        i -= 1
        found = _lower(text, words[i])
        if found not in _SKIPPED and not (found.endswith("ly") and len(found) > 4):
            return found
    return ""


def _behind(text: str, words: Sequence[Word], i: int) -> str:
    follows = i + 1 < len(words) and _touches(text, words[i], words[i + 1])
    return _lower(text, words[i + 1]) if follows else ""


def _touches(text: str, first: Word, second: Word) -> bool:
    return text[first.end : second.start] == " "


def _lower(text: str, word: Word) -> str:
    return text[word.start : word.end].lower().replace("’", "'")
