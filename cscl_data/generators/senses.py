"""The senses that a lexicon gives a word, and which of them is meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from cscl_data.io.lexicon import Entry
from cscl_data.text.base_forms import base_forms
from cscl_data.text.normal import lookup_form

POS = {
    **{"n": "NOUN", "noun": "NOUN", "prop": "PROPN", "v": "VERB", "verb": "VERB", "adj": "ADJ", "adv": "ADV"},
    **{"num": "NUM", "numeral": "NUM", "interj": "INTJ", "pron": "PRON", "prep": "ADP", "conj": "CCONJ"},
    **{"determiner": "DET", "article": "DET", "particle": "PART", "contraction": "X", "proverb": "X", "phrase": "X"},
    **{"abbr": "NOUN", "initialism": "NOUN", "acronym": "NOUN"},
}
"""What lexicons call parts of speech -> the Universal POS tag. Prefixes and suffixes are no words and not in it."""

BY_GLOSS = 0.8
"""Score of a translation that is chosen by its gloss, if its senses give it no more (our default)."""

Trust = Callable[[str, str], float | None]
"""How usual a translation is for a word, in [0, 1]; None where that is not known."""


class Sense(NamedTuple):
    """One entry as it is looked up: its `gloss` has content words only, `pos` is a Universal POS tag or empty."""

    word: str
    translation: str
    pos: str
    gloss: tuple[str, ...]


class Choice(NamedTuple):
    """A translation that was chosen, its part of speech, and how sure it is, in [0, 1]."""

    translation: str
    pos: str
    score: float


def sense_of(entry: Entry, function_words: frozenset[str]) -> Sense | None:
    """Return the sense of an entry; None where its part of speech is that of no word (a prefix, a suffix)."""
    pos = POS.get(entry.pos.lower(), "") if entry.pos else ""
    if entry.pos and not pos:
        return None
    words = (word.strip(".:!?\"'") for word in lookup_form(entry.gloss).split())
    gloss = tuple(dict.fromkeys(word for word in words if word.isalpha() and word not in function_words))
    return Sense(entry.word, entry.translation, pos, gloss)


def best_choice(
    senses: Sequence[Sense],
    *,
    around: frozenset[str],
    own: frozenset[str],
    primary: str,
    trust: Trust,
    uses: Mapping[str, int],
) -> Choice:
    """Choose among the translations of some senses.

    The most trusted comes first, then the one whose gloss shares more words with the sentence, then the one that stands
    for more of the senses, then for more words of the lexicon, then the first. The score is the trust in it; where
    nothing is known, the share of the senses that it stands for, and at least `BY_GLOSS` where a gloss has decided.

    Args:
        senses: at least one, in the order of the lexicon.
        around: words of the sentence, with their base forms.
        own: those of the word itself, which count for nothing.
        primary: primary subtag of the words' language.
        trust: what else is known of translations.
        uses: how many entries a translation stands in.

    Source:
        lesk-1986-automatic (overlap of glosses with the sentence). The rest is our default.
    """
    order = list(dict.fromkeys(sense.translation for sense in senses))
    glosses = {text: {sense.gloss or (text,) for sense in senses if sense.translation == text} for text in order}
    trusted: dict[str, float | None] = {}
    for sense in senses:
        trusted.setdefault(sense.translation, trust(sense.word, sense.translation))
    shared = dict.fromkeys(order, 0)
    if len(order) > 1:
        shared = {text: max(_overlap(gloss, around, own, primary) for gloss in glosses[text]) for text in order}
    best = max(
        order,
        key=lambda text: (trusted[text] or 0.0, shared[text], len(glosses[text]), uses[text], -order.index(text)),
    )
    score = trusted[best]
    if score is None:
        score = len(glosses[best]) / len(set().union(*glosses.values()))
        if shared[best] > max((shared[text] for text in order if text != best), default=shared[best]):
            score = max(score, BY_GLOSS)
    return Choice(best, next(sense.pos for sense in senses if sense.translation == best), score)


def same_capitals(text: str, word: str, *, name: bool, at_start: bool) -> bool:
    """Tell whether a word of a text can be the lexicon's word: `Polish` is not `polish`, nor `IT` `it`.

    Args:
        text: the word as the text has it.
        word: as the lexicon has it.
        name: whether it is a name in the text.
        at_start: whether it opens the text, so that its capital says nothing.
    """
    if not (word[0].isupper() or word[0].islower()):
        return True
    if name and len(text) > 1 and text.isupper():
        return word.isupper()
    if name:
        return word[0].isupper()
    return at_start or word[0].islower() or not text[0].islower()


@lru_cache(maxsize=65_536)
def with_bases(form: str, primary: str) -> frozenset[str]:
    """Return a word with what it may be an inflection of."""
    return frozenset({form, *(base.form for base in base_forms(form, primary))})


def _overlap(gloss: tuple[str, ...], around: frozenset[str], own: frozenset[str], primary: str) -> int:
    forms = (with_bases(word, primary) for word in gloss)
    return sum(own.isdisjoint(found) and not around.isdisjoint(found) for found in forms)
