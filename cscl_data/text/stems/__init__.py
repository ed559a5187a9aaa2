"""Light stemmers, by language: what an inflected word is an inflection of, so far as rules can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cscl_data.text.stems.english import english_stem
from cscl_data.text.stems.indonesian import indonesian_stem

Stemmer = Callable[[str], str]
STEMMERS: dict[str, Stemmer] = {"en": english_stem, "id": indonesian_stem}
"""Stemmer by primary language. Korean and Japanese have analysers, which know better."""


def stemmer_for(primary: str) -> Stemmer | None:
    """Return the stemmer of a language, given its primary subtag; None if there is none."""
    return STEMMERS.get(primary)


def stemmers_of(primaries: Iterable[str]) -> tuple[Stemmer, ...]:
    """Return the stemmers of those languages that have one."""
    return tuple(STEMMERS[primary] for primary in primaries if primary in STEMMERS)
