"""What a spaCy pipeline knows of words: names that are one whatever stands inside them, and parts of speech."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from cscl_data.records import Span
from cscl_data.text.languages import Language
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.word_rules.base import CONTENT, FUNCTION, NONE, Word
from cscl_data.text.word_rules.spaced import BOUND, has_own_lists

ANALYSED = frozenset({"ko", "ja"})
"""Languages whose own analysers tell parts of speech."""
CLOSED = frozenset({"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"})
"""Universal POS tags of function words."""
_ALONE = frozenset({"CCONJ", "PRON", "SCONJ"})
"""Those of them that may be switched alone, for function words (our default)."""
_NO_WORDS = frozenset({"PUNCT", "SYM", "SPACE", ""})
_NAME = "PROPN"
_ENDS = frozenset(".!?…:。！？")


class Marks(NamedTuple):
    """What a pipeline says of a text: the spans of names, in order, and tokens with their Universal POS tags."""

    names: tuple[Span, ...] = ()
    tags: tuple[Token, ...] = ()


def marked(text: str, words: Sequence[Word], marks: Marks, lang: Language) -> list[Word]:
    """Return the words, none of them cut or joined, with what a pipeline says of them.

    A word has the tag of the last content word that the pipeline's tokens see in its stem (`NOUN` for `Haus-Tür`); one
    in which they see function words alone is a function word, and one that a stop list holds is none if they say so.
    English and Indonesian lists are finer than tags: what is a function word, they say. Korean and Japanese words keep
    the tags of their analysers.

    Every word of a name is a content word of it, also `of` in `Bank of England`. An article before a name (`the United
    Nations`) is no part of it, but where a capital says that it is (`in The Hague`).

    Args:
        text: the text.
        words: its words, in order.
        marks: what the pipeline says of the text.
        lang: the text's language.
    """
    found = list(words)
    analysed = lang.primary in ANALYSED
    if not analysed:
        listed = has_own_lists(lang.primary)
        found = [
            _tagged(word, tags, listed=listed) for word, tags in zip(words, _tags_of(words, marks.tags), strict=True)
        ]
    starts = [word.start for word in words]
    for name in marks.names:
        first = max(0, bisect_right(starts, name.start) - 1)
        last = bisect_right(starts, name.end - 1) - 1
        inside = [i for i in range(first, last + 1) if found[i].stem_end > name.start]
        _mark_name(text, found, inside, analysed=analysed)
    return found


def _tags_of(words: Sequence[Word], tokens: Sequence[Token]) -> list[list[str]]:
    """Return the tags of the tokens that each word's stem has a part of, those of punctuation left out."""
    found: list[list[str]] = []
    at = 0
    for word in words:
        while at < len(tokens) and tokens[at].end <= word.start:
            at += 1
        own: list[str] = []
        for token in tokens[at:]:
            if token.start >= word.stem_end:
                break
            own.append(token.pos)
        found.append([tag for tag in own if tag not in _NO_WORDS])
    return found


def _tagged(word: Word, tags: Sequence[str], *, listed: bool) -> Word:
    if word.kind not in (CONTENT, FUNCTION) or not tags or (listed and word.kind == FUNCTION):
        return word
    content = [tag for tag in tags if tag not in CLOSED]
    if content or listed:
        return word._replace(kind=CONTENT, pos=(content or tags)[-1], tagged=True)
    return word._replace(kind=FUNCTION, pos="" if tags[-1] in _ALONE else BOUND)


def _mark_name(text: str, words: list[Word], inside: list[int], *, analysed: bool) -> None:
    while inside and _is_edge(text, words, inside[0]):
        del inside[0]
    while inside and _is_edge(text, words, inside[-1]):
        del inside[-1]
    for i in inside:
        word = words[i]._replace(continues=i > inside[0])
        if word.kind in (CONTENT, FUNCTION):
            word = word._replace(name=True)
            if not analysed:
                known = word.kind == CONTENT and word.pos not in CLOSED and word.pos
                word = word._replace(kind=CONTENT, pos=word.pos if known else _NAME, tagged=True)
        words[i] = word


def _is_edge(text: str, words: Sequence[Word], i: int) -> bool:
    """Tell whether a word at the border of a name is no part of it: punctuation, or a word like `the`."""
    piece = text[words[i].start : words[i].end]
    if words[i].kind == NONE:
        return not any(char.isalnum() for char in piece)
    if words[i].kind != FUNCTION:
        return False
    acronym = sum(char.isupper() for char in piece) > 1
    opens = i == 0 or text[words[i - 1].end - 1] in _ENDS
    return not acronym and (opens or not piece[0].isupper())
