"""What kind of word a unit is about, finer than parts of speech: whether the words of both sides are of one kind."""

from __future__ import annotations

import unicodedata

from cscl_data.generators.item import Side
from cscl_data.generators.reading import ADJ, ADV, NAME, NOUN, VERB, reading_of
from cscl_data.text.english import entry
from cscl_data.text.languages import language
from cscl_data.text.surface import opens_with_suru
from cscl_data.text.word_rules.base import CONTENT
from cscl_data.text.word_rules.spaced import word_lists

FUNCTION = "function"
QUANTIFIER, ORDINAL, COMPARED, ORIGIN = "quantifier", "ordinal", "compared", "origin"
ADJECTIVAL, VERBAL, TIME, RELATION, POSSESSED = "adjectival", "verbal", "time", "relation", "possessed"
VAGUE, EITHER, UNKNOWN = "vague", "either", "unknown"


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TIMES = _listed("""
    올해 지난해 작년 내년 금년 오늘 어제 내일 현재 당시 최근 하루 이번 지금
    今年 昨年 来年 去年 今日 昨日 明日 現在 当時 最近 今回 今 今月 先月 今週 先週
""")
_PREDICATIVE = _listed("필요 가능 불가능 必要 可能 不可能")
_ORDINALS = _listed("""
    first second third fourth fifth sixth seventh eighth ninth tenth last next own same such other certain
""")
_VAGUE = _listed("""
    time times way ways part parts end case fact number lot lots bit kind sort type place point use rest side
""")
_GRADES = _listed("best better worst worse more most less least further")
_RELATIONS = tuple("後中前内時上間")
_INDONESIAN_VERBS = ("me", "ber", "di", "ter")


def class_of(side: Side, i: int) -> str:
    """Return the class of a word: a Universal POS tag, or one of the names above.

    English by its dictionary and the words beside it: `origin` is `Korean` or `Martian`, `compared` is `higher`,
    `vague` nouns mean what the words beside them say (`at the same time`), `either` has several tags left. Korean and
    Japanese by their analysers and endings: `adjectival` nouns end in 적 or 的, `verbal` ones have 하다 or する behind
    them, `time` nouns hold a `this` or `last` besides (`올해`), `relation` ones what English says with a preposition
    (`試合後`). Other languages by their lists; in Indonesian `possessed` ends in -nya.

    Args:
        side: the side that it stands on.
        i: its 0-based index.
    """
    word = side.words[i]
    if word.kind != CONTENT:
        return FUNCTION
    primary = language(side.lang_of(i)).primary
    if primary == "en":
        return _english(side, i)
    if primary in ("ko", "ja") and word.pos:
        return _analysed(side, i, primary)
    return (
        NAME if word.name else _by_list(side.text[word.start : word.stem_end].lower(), primary) or word.pos or UNKNOWN
    )


def _english(side: Side, i: int) -> str:
    word = side.words[i]
    text = side.text[word.start : word.stem_end].replace("’", "'")
    lower = text.lower()
    if lower in word_lists("en").open:
        return QUANTIFIER
    if lower in _ORDINALS:
        return ORDINAL
    if lower in _VAGUE:
        return VAGUE
    plain = entry(lower)
    if ADJ in entry(text[:1].upper() + text[1:]).pos and plain.pos <= {ADJ, NOUN}:
        return ORIGIN
    if word.name:
        return NAME
    known = plain if plain.pos else entry(text)
    if lower in _GRADES or (known.inflected & {ADJ, ADV} and NOUN not in known.pos):
        return COMPARED
    left = (known.pos & reading_of(side.text, side.words, i).allowed) or known.pos
    if ADV in left and NOUN not in left and (lower.endswith("ly") or ADJ not in left):
        return ADV
    kinds = [tag for tag in (NOUN, VERB, ADJ) if tag in left]
    return kinds[0] if len(kinds) == 1 else EITHER if left else UNKNOWN


def _analysed(side: Side, i: int, primary: str) -> str:
    word = side.words[i]
    text = unicodedata.normalize("NFC", side.text[word.start : word.stem_end])
    if text in _TIMES:
        return TIME
    if text in _PREDICATIVE:
        return ADJ
    if word.name or word.pos == NAME:
        return NAME
    if word.pos == VERB:
        return VERBAL if word.stem_end < word.end else VERB
    if word.pos != NOUN:
        return word.pos
    if len(text) > 1 and text.endswith(("적", "的")):
        return ADJECTIVAL
    if primary == "ko":
        return NOUN
    if len(text) > 2 and text.endswith(_RELATIONS):
        return RELATION
    for behind in side.words[i + 1 : i + 2]:
        if behind.start == word.end and behind.kind == FUNCTION and opens_with_suru(side.text[word.end : behind.end]):
            return VERBAL
    return NOUN


def _by_list(word: str, primary: str) -> str:
    if word in word_lists(primary).open:
        return QUANTIFIER
    if primary != "id" or len(word) <= 5:
        return ""
    return POSSESSED if word.endswith("nya") else VERB if word.startswith(_INDONESIAN_VERBS) else ""
