"""Whether a text is in the one of two languages that it should be in: by its letters, else by its function words."""

from __future__ import annotations

import re
from typing import NamedTuple

from cscl_data.text.languages import Language, language
from cscl_data.text.protected import protected_spans
from cscl_data.text.scripts import letters_by_script, letters_of, script_name
from cscl_data.text.word_rules.spaced import word_lists

VERSION = 1
"""Raised whenever another text is refused."""
FEWEST_LETTERS, OWN_SHARE = 8, 0.3
"""A text with fewer letters says nothing of its script; below this share of its own script it is in another one."""
FEWEST_WORDS, FOREIGN_SHARE = 5, 0.15
"""Function words of the other language that a text of so many words may have at most, if it has fewer of its own."""
KANA_FROM, KANA_SHARE = 20, 0.1
"""Letters from which Japanese has kana, and the share of kana that Chinese has not. All of these are our default."""
_WORD = re.compile(r"[^\W\d_]+")


class Foreign(NamedTuple):
    """Why a text is not in its language: a reject reason and a detail."""

    reason: str
    detail: str


def foreign(text: str, expected: str, other: str) -> Foreign | None:
    """Tell whether a text is in another language than it should be.

    Code, links and placeholders are left out. A text that is too short to tell passes. Between languages of one script
    it is told by words that only one of them uses all the time, where lists of both are at hand.

    Args:
        text: the text.
        expected: tag of the language it should be in.
        other: tag of the one it may be in instead.

    Returns:
        Why it is refused, None if it is not.

    Raises:
        ConfigError: a tag is malformed.
    """
    own, theirs = language(expected), language(other)
    return _by_script(text, own) or (_by_words(text, own, theirs) if own.script == theirs.script else None)


def _by_script(text: str, own: Language) -> Foreign | None:
    counts = letters_by_script([text])
    letters = sum(counts.values())
    if letters < FEWEST_LETTERS or (not own.known and f"-{own.script}" not in own.tag):
        return None
    ours = letters_of(own.script)
    share = sum(counts[script] for script in ours) / letters
    if share < OWN_SHARE:
        most = max(counts, key=counts.__getitem__)
        return Foreign(
            "guard_script", f"{share:.0%} of its letters are {script_name(own.script)}, most are {script_name(most)}"
        )
    kana = counts["Kana"] / letters
    if own.script == "Jpan" and letters >= KANA_FROM and not kana:
        return Foreign("guard_language", "no kana: this is not Japanese")
    if ours == {"Hani"} and kana > KANA_SHARE:
        return Foreign("guard_language", "kana: this is Japanese")
    return None


def _by_words(text: str, own: Language, theirs: Language) -> Foreign | None:
    if own.primary == theirs.primary:
        return None
    mine, other = word_lists(own.primary).function, word_lists(theirs.primary).function
    words = _WORD.findall(_unprotected(text).lower())
    if len(words) < FEWEST_WORDS or not (mine and other):
        return None
    ours = sum(word in mine - other for word in words) / len(words)
    foreign_share = sum(word in other - mine for word in words) / len(words)
    if foreign_share < FOREIGN_SHARE or ours >= foreign_share:
        return None
    return Foreign("guard_language", f"{foreign_share:.0%} of its words are function words of {theirs.tag} alone")


def _unprotected(text: str) -> str:
    parts: list[str] = []
    at = 0
    for start, end in protected_spans(text):
        parts.append(text[at:start])
        at = end
    return " ".join([*parts, text[at:]])
