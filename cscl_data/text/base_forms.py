"""What a word may be an inflection of, in the words of a dictionary: candidates, by spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from cscl_data.text.irregular import PASTS, PLURALS

NOUN, VERB = "NOUN", "VERB"
_PAST = PASTS | {"went": "go", "bore": "bear", "drunk": "drink"}
_DOUBLED = re.compile(r"([bdfgklmnprtvz])\1$")
_TAKES_ES = ("ses", "xes", "zes", "ches", "shes", "oes")
_VOWEL = re.compile(r"[aeiouy]+")
_INFLECTED_VERB = re.compile(r"[a-z]{2}(?:ed|ing)$|[^sui]s$")
_WITHOUT_E = re.compile(
    r"(?:ea|oa|ee|ie|oo|ou|au|ai|ei|oi|ui)[bdfklmnprt]$|ion$|[a-z]{3}en$|[hwxy]$|ee$|[io]ng$|(?:ll|ss|ff|zz)$|[^aeiou](?:[bdfkmnpt]|rl)$|[^aeiou]er$"
    r"|[bcdfgklmprtsv](?:it|op|el|om|on)$|[gk]et$"
)
"""Stems of English verbs that lose no `e` before -ed and -ing: a rule of thumb."""
_WITH_E = frozenset(
    "acquir cit compet complet creat delet excit inquir invit not quot requir unit vot writ".split()  # noqa: SIM905
)
_ODD = {
    "open": "open",
    "focus": "focus",
    "add": "add",
    "dy": "die",
    "ly": "lie",
    "ty": "tie",
    "be": "be",
    "agree": "agree",
}
_INDONESIAN_CLITIC = re.compile(r"(?:nya|lah|kah|pun)$")


class BaseForm(NamedTuple):
    """A dictionary form, and the parts of speech that the inflection leaves open; none where it says nothing."""

    form: str
    pos: tuple[str, ...] = ()


@lru_cache(maxsize=65_536)
def base_forms(word: str, primary: str) -> tuple[BaseForm, ...]:
    """Return what a word may be an inflection of, the likeliest first; the word itself is not among them.

    English: plurals and the forms of verbs, by rule and from a list of irregular ones; no comparatives, for what they
    say is not in their base. Indonesian: clitics and doubled words. Other languages: none; the analysers of Korean and
    Japanese tell dictionary forms. Many of the candidates are no words (`making`: `mak`, `make`): a dictionary has to
    choose.

    Args:
        word: in lower case.
        primary: primary subtag of its language.

    Example:
        >>> [found.form for found in base_forms("studies", "en")], [found.form for found in base_forms("went", "en")]
        (['study', 'studie'], ['go'])
    """
    rule = _RULES.get(primary)
    found = dict.fromkeys(rule(word)) if rule else {}
    return tuple(base for base in found if base.form != word and len(base.form) > 1)


def verb_base(word: str) -> str | None:
    """Return the base of an inflected English verb, where its spelling leaves no doubt; None otherwise.

    Args:
        word: one word, in lower case.

    Example:
        >>> [verb_base(word) for word in ("told", "joining", "preserves", "stopped", "organized", "tea")]
        ['tell', 'join', 'preserve', 'stop', 'organize', None]
    """
    if word in _PAST:
        return _PAST[word]
    if not word.isalpha() or len(word) < 4 or not _INFLECTED_VERB.search(word):
        return None
    if word.endswith(("ied", "ies")):
        stem = word[:-3] + "y"
        return _ODD.get(stem, stem)
    if word.endswith("s"):
        return word[:-2] if word.endswith(("sses", "xes", "zzes", "ches", "shes", "oes")) else word[:-1]
    stem = word.removesuffix("ed").removesuffix("ing")
    if stem in _ODD:
        return _ODD[stem]
    if not _VOWEL.search(stem):
        return None
    if _DOUBLED.search(stem) and not (stem.endswith("ll") and len(_VOWEL.findall(stem)) == 1):
        return stem[:-1]
    return stem if stem not in _WITH_E and _WITHOUT_E.search(stem) else stem + "e"


def _english(word: str) -> Iterator[BaseForm]:
    if word in _PAST:
        yield BaseForm(_PAST[word], (VERB,))
    if word in PLURALS:
        yield BaseForm(PLURALS[word], (NOUN,))
    if len(word) < 4:
        return
    yield from _in_s(word)
    if word.endswith("ied"):
        yield BaseForm(word[:-3] + "y", (VERB,))
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            yield from _stems(word.removesuffix(ending), (VERB,))


def _in_s(word: str) -> Iterator[BaseForm]:
    pos = (NOUN, VERB)
    if not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return
    if word.endswith("ies"):
        yield BaseForm(word[:-3] + "y", pos)
    if word.endswith("ves"):
        yield BaseForm(word[:-3] + "f", (NOUN,))
        yield BaseForm(word[:-3] + "fe", (NOUN,))
    yield BaseForm(word[:-1], pos)
    if word.endswith(_TAKES_ES):
        yield BaseForm(word[:-2], pos)


def _stems(stem: str, pos: tuple[str, ...]) -> Iterator[BaseForm]:
    """Yield the stem with a consonant that was doubled taken off, as it is, and with the e that was lost."""
    if _DOUBLED.search(stem):
        yield BaseForm(stem[:-1], pos)
    yield BaseForm(stem, pos)
    yield BaseForm(stem + "e", pos)


def _indonesian(word: str) -> Iterator[BaseForm]:
    bare = _INDONESIAN_CLITIC.sub("", word)
    yield BaseForm(bare)
    first, dash, second = bare.partition("-")
    if dash and first == second:
        yield BaseForm(first)


_RULES: dict[str, Callable[[str], Iterator[BaseForm]]] = {"en": _english, "id": _indonesian, "ms": _indonesian}
