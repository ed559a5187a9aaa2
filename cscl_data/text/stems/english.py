"""English inflections taken off: plurals, -ing and -ed of words that are short enough to be confused otherwise."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 9
"""A longer word is itself; its first six letters join its forms already. Our default."""
_WHOLE = frozenset({"news", "evening", "united", "lens"})
_PLAIN = re.compile(rf"[a-z]{{4,{LONGEST}}}")
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLED = re.compile(r"([bdfgmnprt])\1\Z")
_LOST_E = re.compile(
    r"(?:[^aeo]at|creat|..bl|..iz|dg)\Z"  # update, create, enable, realize, judge
    r"|\A(?:[^aeiou]*|qu)[aeiouy][^aeiouwxy]\Z"  # one syllable, one vowel: make, use
    r"|(?:[^aeiou]|\A)[aeiou][cvz]\Z|[rln][cvs]\Z|[aeiou]{2}[vsz]\Z"  # place, receive, force, please
)


@lru_cache(maxsize=65_536)
def english_stem(word: str) -> str:
    """Return the lowercased word without -s, -ing or -ed, with the final e that -ing and -ed take away.

    A word that is no inflection may lose an ending, too (`ceiling`); what matters is that the forms of one word have
    one stem. The rules follow the first steps of Porter's; the exceptions are ours.

    Source:
        porter-1980-algorithm.

    Example:
        >>> [english_stem(word) for word in ("Cats", "using", "stopped", "tries", "this", "thing", "translations")]
        ['cat', 'use', 'stop', 'try', 'this', 'thing', 'translations']
    """
    word = word.lower()
    if word in _WHOLE or not _PLAIN.fullmatch(word):
        return word
    if word.endswith(("ied", "ies")):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and not word.endswith("eed"):
            return _of_verb(word.removesuffix(ending), word)
    if word.endswith(("sses", "xes", "ches", "shes", "oes", "zzes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _of_verb(base: str, word: str) -> str:
    if len(base) < 2 or not _VOWEL.search(base):
        return word
    if _DOUBLED.search(base) and len(base) > 3:
        return base[:-1]
    return base + "e" if _LOST_E.search(base) else base
