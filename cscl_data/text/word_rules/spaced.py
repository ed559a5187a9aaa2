"""Words of languages that put spaces between them, and single units for those that do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import cast
from unicodedata import category

import yaml

from cscl_data.text.languages import Language
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.protecting import PROTECTED_POS
from cscl_data.text.word_rules.base import (
    CONTENT,
    FUNCTION,
    NONE,
    PROTECTED,
    Word,
    has_letter,
    is_measure,
    word,
)
from cscl_data.text.word_rules.names import with_names

BOUND = "ADP"
_LINKS = frozenset("-‐‑'’ʼ·_&.")
_APOSTROPHES = str.maketrans("’ʼ‘", "'''")
_JOINING = frozenset({"Mn", "Mc", "Cf"})
_HARD = frozenset('*[](){}<>"/|=+~^“”')
_HARD_PARTS = re.compile(r"[*\[\](){}<>\"/|=+~^“”]|[^*\[\](){}<>\"/|=+~^“”]+")
_ELIDING = frozenset({"fr", "it", "ca", "oc", "lij", "vec", "fur", "lmo", "scn"})
_NOUN_CAPITALS = frozenset({"de", "lb"})


@dataclass(frozen=True, slots=True)
class Lists:
    """Closed-class words, frequent adverbs and quantifiers, capitalised words that are no names; lowercased.

    `clitics` are endings that stay where they are when the word before them is switched. `bound` are closed-class words
    that cannot be switched alone, `phrases` pairs of words (with `_` between them) that are one, `verb_particles` what
    belongs to a verb before it.
    """

    function: frozenset[str]
    open: frozenset[str] = frozenset()
    not_names: frozenset[str] = frozenset()
    clitics: tuple[str, ...] = ()
    bound: frozenset[str] = frozenset()
    phrases: frozenset[str] = frozenset()
    verb_particles: frozenset[str] = frozenset()


def spaced_rule(lang: Language) -> Callable[[str, list[Token]], list[Word]]:
    """Return the rule that builds a language's words from its tokens."""
    lists = word_lists(lang.primary)
    cased = lang.cased
    noun_capitals = lang.primary in _NOUN_CAPITALS
    elides = lang.primary in _ELIDING
    no_names = lists.not_names | lists.open

    def rule(text: str, tokens: list[Token]) -> list[Word]:
        words = [_kind(text, start, end, lists) for start, end in _groups(text, list(_cut(text, tokens)), elides)]
        words = _with_bound(text, words, lists)
        if not cased:
            return words
        return with_names(text, words, no_names, noun_capitals=noun_capitals, english=lang.primary == "en")

    return rule


def single_rule(lang: Language) -> Callable[[str, list[Token]], list[Word]]:
    """Return the rule that takes every token for a word, for scripts without spaces."""
    lists = word_lists(lang.primary)

    def rule(text: str, tokens: list[Token]) -> list[Word]:
        return [_kind(text, t.start, -t.end if t.pos == PROTECTED_POS else t.end, lists) for t in tokens]

    return rule


@cache
def word_lists(primary: str) -> Lists:
    """Return the lists of a language: our own; else spaCy's stop words as its closed-class words, or none."""
    if has_own_lists(primary):
        lists = {name: frozenset(words.split()) for name, words in _own_lists()[primary].items()}
        clitics = tuple(sorted(lists.pop("clitics", frozenset())))
        return Lists(**lists, clitics=clitics)
    try:
        stop_words = import_module(f"spacy.lang.{primary}.stop_words").STOP_WORDS
    except (ImportError, AttributeError):
        return Lists(frozenset())
    return Lists(frozenset(entry.lower() for entry in stop_words))


def has_own_lists(primary: str) -> bool:
    """Tell whether the closed-class words of a language are in a list of our own."""
    return primary in _own_lists()


@cache
def _own_lists() -> dict[str, dict[str, str]]:
    lists = yaml.safe_load(files("cscl_data.assets").joinpath("function_words.yaml").read_text(encoding="utf-8"))
    return cast(dict[str, dict[str, str]], lists)


def _cut(text: str, tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens, those with brackets or operators inside taken apart there (`me-*render`)."""
    for token in tokens:
        piece = text[token.start : token.end]
        if len(piece) == 1 or token.pos == PROTECTED_POS or _HARD.isdisjoint(piece):
            yield token
            continue
        at = token.start
        for match in _HARD_PARTS.finditer(piece):
            yield Token(at + match.start(), at + match.end())


def _groups(text: str, tokens: list[Token], elides: bool) -> list[tuple[int, int]]:
    """Join what no switch may part: contractions, hyphenated words, letters with their combining marks.

    An elided article (`l'`, `qu'`) is a word of its own where the tokenizer cut it off. A protected piece comes back as
    `(start, -end)`.
    """
    groups: list[tuple[int, int]] = []
    open_group = False
    for i, token in enumerate(tokens):
        start, end = token.start, token.end
        if token.pos == PROTECTED_POS:
            groups.append((start, -end))
            open_group = False
            continue
        piece = text[start:end]
        wordlike = any(char.isalnum() or category(char) in _JOINING for char in piece)
        touches = open_group and groups[-1][1] == start
        if elides and touches and text[start - 1] in "'’" and wordlike and len(piece) > 1:
            touches = False
        if touches and (wordlike or (piece in _LINKS and _letter_follows(text, tokens, i))):
            groups[-1] = (groups[-1][0], end)
        else:
            groups.append((start, end))
            open_group = wordlike
    return groups


def _letter_follows(text: str, tokens: list[Token], i: int) -> bool:
    if i + 1 == len(tokens) or tokens[i + 1].start != tokens[i].end or tokens[i + 1].pos == PROTECTED_POS:
        return False
    return text[tokens[i + 1].start].isalnum()


def _kind(text: str, start: int, end: int, lists: Lists) -> Word:
    if end < 0:
        return word(start, -end, PROTECTED)
    piece = text[start:end]
    if not has_letter(piece) or is_measure(piece):
        return word(start, end, NONE)
    if _is_function(piece, lists.function):
        return word(start, end, FUNCTION)
    clitic = next((mark for mark in lists.clitics if piece.lower().translate(_APOSTROPHES).endswith(mark)), "")
    return word(start, end, CONTENT)._replace(stem_end=end - len(clitic))


def _with_bound(text: str, words: list[Word], lists: Lists) -> list[Word]:
    """Mark what no switch may take alone: closed-class words that cannot stand alone, and both words of a pair."""
    found = list(words)
    for i, w in enumerate(words):
        lowered = text[w.start : w.end].lower()
        if w.kind == FUNCTION and lowered in lists.bound:
            found[i] = w._replace(pos=BOUND)
        if i + 1 == len(words) or text[w.end : words[i + 1].start] != " ":
            continue
        following = words[i + 1]
        behind = text[following.start : following.end].lower()
        if f"{lowered}_{behind}" in lists.phrases:
            found[i], found[i + 1] = (one._replace(kind=FUNCTION, pos=BOUND) for one in (w, following))
        elif w.kind == CONTENT and behind in lists.verb_particles:
            found[i] = w._replace(kind=FUNCTION, pos=BOUND)
    return found


def _is_function(piece: str, function: frozenset[str]) -> bool:
    lowered = piece.lower().translate(_APOSTROPHES)
    if lowered in function:
        return True
    head, apostrophe, tail = lowered.partition("'")
    if not apostrophe:
        return False
    if tail == "t" and head.endswith("n"):
        return True
    return head in function and (f"'{tail}" in function or tail in function)
