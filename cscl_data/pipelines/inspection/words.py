"""The words of a row made of tokens: a stem of one language and the particle of another are one word."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from cscl_data.errors import ConfigError
from cscl_data.records import NO_LANGUAGE, TaggedToken
from cscl_data.text.languages import language

MIXED_WORD = "mul"
"""BCP-47's tag for several languages: a word that holds two."""


def word_tags(tokens: Iterable[TaggedToken]) -> list[str]:
    """Return the language of each word, `MIXED_WORD` where it holds two.

    Tokens that touch are one word. A token without a language parts words, as corpora tagged by hand part punctuation
    from them; so does a language written without spaces, where tokens touch all the time.

    Example:
        >>> ship, particle = TaggedToken(0, 5, "en", switched=True), TaggedToken(5, 6, "ko", switched=False)
        >>> word_tags([ship, particle, TaggedToken(7, 9, "ko", False)])
        ['mul', 'ko']

    Source: our default.
    """
    tags: list[str] = []
    end = -1
    for token in tokens:
        touches = token.start == end and bool(tags)
        if touches and _spaced(token.lang) and _spaced(tags[-1]):
            tags[-1] = tags[-1] if tags[-1] == token.lang else MIXED_WORD
        else:
            tags.append(token.lang)
        end = token.end
    return tags


def without_mixed(words: Iterable[str]) -> list[str]:
    """Return the tags of words with mixed ones taken for words without a language."""
    return [NO_LANGUAGE if word == MIXED_WORD else word for word in words]


@cache
def _spaced(lang: str) -> bool:
    """Whether words of this language are written apart; what has no language is no part of a word."""
    if lang == NO_LANGUAGE:
        return False
    try:
        return language(lang).spaced
    except ConfigError:
        return True
