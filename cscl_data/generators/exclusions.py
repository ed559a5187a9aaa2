"""What the user keeps from being switched: parts of speech, stop words, anything that matches a pattern."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from importlib import import_module

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.generators.amount import counts
from cscl_data.generators.candidates import Candidate, head_pos
from cscl_data.text.words import Word

UPOS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "SCONJ", "VERB", "X",
)  # fmt: skip
"""Universal POS tags of words; those of the analysers are mapped to them."""


def check_pos(tags: Collection[str]) -> None:
    """Check tags.

    Raises:
        ConfigError: one is no Universal POS tag.
    """
    for tag in tags:
        if tag not in UPOS:
            raise unknown_name("part of speech", tag, UPOS)


def check_patterns(patterns: Collection[str]) -> None:
    """Check regular expressions.

    Raises:
        ConfigError: one cannot be read, or matches the empty string.
    """
    for pattern in patterns:
        try:
            empty = re.compile(pattern).search("") is not None
        except re.error as error:
            raise ConfigError(f"--protect {pattern!r}: {error}") from error
        if empty:
            raise ConfigError(f"--protect {pattern!r}: matches the empty string, and so everything")


def has_pos(cand: Candidate, matrix: Sequence[Word], embedded: Sequence[Word], tags: Collection[str]) -> bool:
    """Tell whether the word that a unit is about has one of the tags, on every side whose tags are known."""
    sides = matrix[cand.first : cand.last + 1], embedded[cand.emb_first : cand.emb_last + 1]
    known = {head for head in map(head_pos, sides) if head}
    return bool(known) and known <= set(tags)


def holds_stop_word(text: str, words: Sequence[Word], lang: str) -> bool:
    """Tell whether one of the words is a stop word of spaCy's list for a language (by its primary subtag)."""
    listed = stop_words(lang)
    return any(text[word.start : word.stem_end].lower() in listed for word in words)


def may_stand(text: str, word: Word, lang: str, *, pos: Collection[str], exclude_stopwords: bool) -> bool:
    """Tell whether a word may be drawn by itself: one that counts, with the tag and no stop word where that is asked.

    Args:
        text: the text that the word stands in.
        word: the word.
        lang: primary subtag of its language.
        pos: Universal POS tags, of which it must have one if its own is known; none means any.
        exclude_stopwords: whether it may not be a stop word.
    """
    if not counts(word) or word.stem_end == word.start:
        return False
    if pos and (word.kind != "content" or word.pos not in ("", *pos)):
        return False
    return not (exclude_stopwords and holds_stop_word(text, [word], lang))


def protect(text: str, words: Sequence[Word], patterns: Collection[str]) -> tuple[Word, ...]:
    """Return the words with those that a pattern touches made `protected`."""
    spans = [match.span() for pattern in patterns for match in re.finditer(pattern, text)]
    return tuple(
        word._replace(kind="protected", stem_end=word.end)
        if any(word.start < end and start < word.end for start, end in spans)
        else word
        for word in words
    )


@cache
def stop_words(lang: str) -> frozenset[str]:
    """Return spaCy's stop words of a language, lowercased.

    Raises:
        ConfigError: it has none.
    """
    try:
        return frozenset(word.lower() for word in import_module(f"spacy.lang.{lang}.stop_words").STOP_WORDS)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"--exclude-stopwords: spaCy has no list for {lang!r}") from error
