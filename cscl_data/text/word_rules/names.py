"""Which capitalised words of spaced languages are names, and where one goes on."""

from __future__ import annotations

from cscl_data.text.english import entry
from cscl_data.text.word_rules.base import CONTENT, FUNCTION, NONE, PROTECTED, Word

_ENDS = frozenset(".!?…:。！？")
_OPENERS = frozenset("\"'“‘«„([{*-–—•#>")
_NAME_PARTICLES = frozenset("de del della la las los le du da dos di von van der den ten al el bin ibn".split())  # noqa: SIM905
_NUMERALS = frozenset(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "  # noqa: SIM905
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion".split()
)


def with_names(
    text: str, words: list[Word], no_names: frozenset[str], *, noun_capitals: bool, english: bool = False
) -> list[Word]:
    """Mark capitalised words as names, except where a capital says nothing: sentence starts, titles, German nouns.

    An English word that opens a sentence is one where the dictionary has no such word in lower case.
    """
    lettered = [w for w in words if w.kind in (CONTENT, FUNCTION)]
    if len(lettered) > 1 and all(text[w.start : w.end].isupper() for w in lettered):
        return words
    open_ended = not words or text[words[-1].end - 1] not in _ENDS
    title = open_ended and len(lettered) > 1 and all(text[w.start].isupper() for w in lettered if w.kind == CONTENT)
    out: list[Word] = []
    initial = True
    for i, w in enumerate(words):
        piece = text[w.start : w.end]
        if w.kind == CONTENT and piece[0].isupper() and piece.lower() not in no_names:
            acronym = len(piece) > 1 and sum(char.isupper() for char in piece) > 1
            tells = not initial or _capital_follows(text, words, i) or (english and _is_unknown(text, w))
            plain = not title and not noun_capitals and tells
            out.append(w._replace(name=True) if acronym or plain else w)
        else:
            out.append(w)
        if w.kind in (CONTENT, FUNCTION) or (w.kind == PROTECTED and piece[0] != "<"):
            initial = False
        elif set(piece) & _ENDS or piece == "[":
            initial = True
        elif w.kind == NONE and initial:
            initial = all(char in _OPENERS or not char.isalnum() for char in piece) or i == 0
    return _joined_names(text, out) if english else out


def _is_unknown(text: str, w: Word) -> bool:
    """Tell whether the English dictionary has no such word in lower case; numerals it lacks all the same."""
    lower = text[w.start : w.stem_end].lower()
    known = lower in _NUMERALS or any(entry(form).pos for form in (lower, lower.removesuffix("s")))
    return not known and not any(part in _NUMERALS for part in lower.split("-"))


def _joined_names(text: str, words: list[Word]) -> list[Word]:
    """Mark the names that a particle of Romance, Germanic or Arabic names joins as one (`Bartolomé de las Casas`)."""
    found = list(words)
    for i, w in enumerate(words):
        if not w.name:
            continue
        last = i + 1
        while last < len(words) and text[words[last].start : words[last].end] in _NAME_PARTICLES:
            last += 1
        run = range(i + 1, last + 1)
        if last == i + 1 or last == len(words) or not words[last].name:
            continue
        if all(words[k].start == words[k - 1].end + 1 for k in run):
            for k in run:
                found[k] = found[k]._replace(continues=True)
    return found


def _capital_follows(text: str, words: list[Word], i: int) -> bool:
    """Tell whether the next word, one space on, is a capitalised content word too (`Barack Obama said`)."""
    if i + 1 == len(words) or words[i + 1].start != words[i].end + 1:
        return False
    following = words[i + 1]
    return following.kind == CONTENT and text[following.start].isupper()
