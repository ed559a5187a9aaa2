"""Which stretches of several words are phrases: a noun with what belongs to it, not the half of one, nor a clause.

Alignment blocks of several words are closed, but they need not be constituents: `카이로의 이집트` of `카이로의 이집트
박물관`, or a verb without its object. A phrase reads well in the other language's sentence where it is a noun phrase on
both sides. The rules are our own, by the tags of the Korean and Japanese analysers, and by lists and endings for
English and Indonesian.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cscl_data.generators.item import Side
from cscl_data.generators.reading import NOUN, VERB, reading_of
from cscl_data.text.irregular import PASTS
from cscl_data.text.languages import language
from cscl_data.text.word_rules.base import CONTENT, FUNCTION, Word
from cscl_data.text.word_rules.spaced import word_lists

_NOUNS = frozenset({"NOUN", "PROPN", "X"})
_NOMINAL = _NOUNS | {"ADJ", "NUM", ""}


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_KO_INSIDE = _listed("""
    한 모든 첫 두 세 네 새 및 다른 각 여러 이 그 저 이런 그런 이러한 그러한 몇 몇몇 내 제 우리 어떤
""")
_KO_JOINING = frozenset({"", "의", "와", "과", "이나", "나"})
_KO_RELATING = _listed("같다 있다 없다")
_JA_INSIDE = _listed("の と や な 及び および 大きな 小さな")
_JA_FIRST = _listed("この その あの こうした そうした 私 彼 彼女 彼ら 私たち あなた 自分 多く すべて")
_EN_INSIDE = _listed("of and or the in on at for from 's")
_EN_FIRST = _listed("the a an this that these those my your his her its our their some any no")
_EN_QUANTIFIERS = _listed("each every all both half many much more most several other others another")
_ID_INSIDE = _listed("dan atau dari di")
_ID_VERBS = ("me", "ber", "di", "ter")


class Role(NamedTuple):
    """Whether a word may open a phrase of several words, stand inside one, or close one; alone it closes one."""

    opens: bool = False
    inside: bool = False
    closes: bool = False


class Phrases:
    """Tells phrases of one side of a pair; every word is looked at once, however many phrases it may be part of."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._rules = _rules_of(side)
        self._roles: dict[int, Role] = {}
        self._goes_on: dict[int, bool] = {}

    def is_phrase(self, first: int, last: int) -> bool:
        """Tell whether the words `[first, last]`, 0-based and inclusive, are a noun with what belongs to it.

        Of a language without rules here, it is any run of content words, or by the tags of a spaCy pipeline one that
        has a noun, and no verb or adverb.
        """
        if self._rules not in _ROLES:
            return _content_only(self._side.words[first : last + 1])
        if not self._role(last).closes:
            return False
        whole = first == last or (self._role(first).opens and all(self._role(i).inside for i in range(first + 1, last)))
        return whole and not self.cuts_term(first, last)

    def cuts_term(self, first: int, last: int) -> bool:
        """Tell whether a run of nouns goes on behind a unit, or began before it, so that the unit is half of a term."""
        if self._rules not in _ROLES:
            return False
        return self._is_tied(last) or (self._rules != "en" and self._is_tied(first - 1))

    def _role(self, i: int) -> Role:
        if i not in self._roles:
            self._roles[i] = _ROLES[self._rules](self._side, i)
        return self._roles[i]

    def _is_tied(self, i: int) -> bool:
        """Tell whether a word and the one behind it are of one term."""
        if not 0 <= i < len(self._side.words) - 1:
            return False
        if i not in self._goes_on:
            goes_on = _joined if self._rules in ("ko", "ja") else _heads_on
            self._goes_on[i] = goes_on(self._side, i, self._rules)
        return self._goes_on[i]


def _rules_of(side: Side) -> str:
    primary = language(side.lang).primary
    if primary in ("ko", "ja"):
        return primary if any(word.pos for word in side.words) else ""
    return primary


def _joined(side: Side, i: int, rules: str) -> bool:
    """Tell whether a word and the next are nouns of one term: Korean without a particle, Japanese that touch."""
    one, other = side.words[i], side.words[i + 1]
    if not all(word.kind == CONTENT and word.pos in _NOUNS for word in (one, other)):
        return False
    gap = side.text[one.end : other.start]
    return not gap if rules == "ja" else gap == " " and one.stem_end == one.end


def _heads_on(side: Side, i: int, rules: str) -> bool:
    """Tell whether the word behind another may be the noun, or the modifier, that it belongs to."""
    one, other = side.words[i], side.words[i + 1]
    if other.kind != CONTENT or one.kind != CONTENT or side.text[one.end : other.start] != " ":
        return False
    word = _lower(side, other)
    if rules == "id":
        verbs = _is_indonesian_verb(word) or _is_indonesian_verb(_lower(side, one))
        return not verbs and word not in word_lists("id").open
    if word in word_lists("en").open or _is_verb_form(word) or word.endswith("ly"):
        return False
    allowed = reading_of(side.text, side.words, i + 1).allowed
    return not allowed or NOUN in allowed


def _korean(side: Side, i: int) -> Role:
    word = side.words[i]
    belongs = _belongs_korean(side, word)
    return Role(opens=belongs, inside=belongs, closes=word.kind == CONTENT and word.pos in _NOUNS)


def _belongs_korean(side: Side, word: Word) -> bool:
    text = side.text[word.start : word.end]
    if word.kind == FUNCTION:
        return text in _KO_INSIDE or text.endswith("의")
    tail = side.text[word.stem_end : word.end]
    if word.pos == "ADJ":
        final = unicodedata.normalize("NFD", text)[-1]
        return final == "ᆫ" and not text.endswith("는") and word.lemma not in _KO_RELATING
    return word.pos in _NOUNS and (tail in _KO_JOINING or text.endswith("적인"))


def _japanese(side: Side, i: int) -> Role:
    word = side.words[i]
    belongs = _belongs_japanese(side, word)
    return Role(
        opens=side.text[word.start : word.end] in _JA_FIRST or (word.kind == CONTENT and belongs),
        inside=belongs,
        closes=word.kind == CONTENT and word.pos in _NOUNS,
    )


def _belongs_japanese(side: Side, word: Word) -> bool:
    text = side.text[word.start : word.end]
    if word.kind == FUNCTION:
        return text in _JA_INSIDE
    return word.pos in _NOUNS or (word.pos == "ADJ" and (text.endswith("い") or not word.lemma.endswith("い")))


def _english(side: Side, i: int) -> Role:
    words = side.words
    word = _lower(side, words[i])
    if words[i].kind == FUNCTION:
        return Role(opens=word in _EN_FIRST, inside=word in _EN_INSIDE)
    if word == "own":  # which belongs to a `his` before it
        return Role(inside=True)
    if word in ("little", "few"):  # which denies, where other languages deny the verb
        return Role()
    is_open = word in word_lists("en").open
    if is_open and word not in _EN_QUANTIFIERS:
        return Role()
    allowed = reading_of(side.text, words, i).allowed
    if allowed and NOUN not in allowed and VERB in allowed:
        return Role()
    if _is_verb_form(word) or word.endswith("ly"):
        modifies = i + 1 < len(words) and words[i + 1].kind == CONTENT
        return Role(opens=modifies and not word.endswith("ing"), inside=modifies)
    return Role(opens=True, inside=True, closes=not is_open)


def _indonesian(side: Side, i: int) -> Role:
    word = _lower(side, side.words[i])
    if side.words[i].kind == FUNCTION:
        return Role(inside=word in _ID_INSIDE)
    fits = word not in word_lists("id").open and not _is_indonesian_verb(word)
    return Role(fits, fits, fits)


def _content_only(words: Sequence[Word]) -> bool:
    if any(word.tagged for word in words):
        tags = {word.pos for word in words}
        return all(word.kind == CONTENT for word in words) and bool(tags & _NOUNS) and tags <= _NOMINAL
    return all(word.kind == CONTENT for word in words)


def _is_verb_form(word: str) -> bool:
    return word in PASTS or (len(word) > 4 and word.endswith(("ed", "ing")))


def _is_indonesian_verb(word: str) -> bool:
    return len(word) > 5 and word.startswith(_ID_VERBS)


def _lower(side: Side, word: Word) -> str:
    return side.text[word.start : word.end].lower().replace("’", "'")


_ROLES: dict[str, Callable[[Side, int], Role]] = {
    "ko": _korean,
    "ja": _japanese,
    "en": _english,
    "id": _indonesian,
}
