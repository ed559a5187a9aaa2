"""Cheap checks of one translated text against its source: what no good translation does."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import NamedTuple

from cscl_data.text.protected import protected_spans

MIN_LENGTH_RATIO, MAX_LENGTH_RATIO = 0.2, 5.0
"""Width of a translation over the width of its source; outside, it is suspicious. Our default: loose on purpose."""
MIN_JUDGED_WIDTH = 20
"""Below this width of the longer of both, length says nothing. Our default."""
UNREADABLE = "\ufffd"
"""What decoders put where bytes are no character."""
LOOP_COUNT, LOOP_SHARE = 3, 0.3
"""A word 4-gram that comes this often and covers this share of the text is a loop. Our default."""

_RUN = re.compile(r"(\S.{1,39}?)\1{3,}|([^\W\d_])\2{4,}", re.DOTALL)
_NAME = re.compile(r"(?!www\.)(?!\()(?!.*://)(?![^@]+@)[\w@#~./\\:*+=()-]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Verdict(NamedTuple):
    """What the guards say: `reason` is empty where the text may stand, else a reject reason; `flags` only warn."""

    reason: str = ""
    detail: str = ""
    flags: tuple[str, ...] = ()


def judge(source_text: str, text: str, *, protect: bool) -> Verdict:
    """Check a translation.

    Refused: nothing at all (`empty_side`), bytes that spell no character (`guard_script`), a loop that the source does
    not have (`guard_repetition`), a suspicious length (`guard_length`), with `protect` a lost or invented URL, e-mail
    address, placeholder or code span (`guard_protected`). Only flagged: `numbers`, where digits of the source are not
    all there (they may be words now), and `copy`, where the translation is the source.
    """
    if not text.strip():
        return Verdict("empty_side", "the translation is blank")
    if UNREADABLE in text and UNREADABLE not in source_text:
        return Verdict("guard_script", "bytes that are no character (U+FFFD)")
    if has_loop(text) and not has_loop(source_text):
        return Verdict("guard_repetition", "the translation repeats itself")
    here, there = width(source_text), width(text)
    if max(here, there) >= MIN_JUDGED_WIDTH and not MIN_LENGTH_RATIO * here <= there <= MAX_LENGTH_RATIO * here:
        return Verdict("guard_length", f"width {there} for a source of width {here}")
    if protect:
        kept = protected_difference(source_text, text)
        if kept:
            return Verdict("guard_protected", kept)
    return Verdict(flags=flags_of(source_text, text))


def width(text: str) -> int:
    """Return the columns a text takes: East Asian wide characters count two, so that lengths compare over scripts."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def has_loop(text: str) -> bool:
    """Tell whether a text says the same again and again: a run of one string, or a dominant 4-gram of words."""
    if _RUN.search(text):
        return True
    words = text.split()
    grams = Counter(zip(words, words[1:], words[2:], words[3:], strict=False))
    if not grams:
        return False
    count = max(grams.values())
    return count >= LOOP_COUNT and 4 * count >= LOOP_SHARE * len(words)


def protected_difference(source_text: str, text: str) -> str:
    """Return what was lost, doubled or invented of the parts that must come back as they are; empty if nothing was.

    These are URLs, e-mail addresses, placeholders, code in backticks, markup and math. Names of files and things in
    programs are not among them: languages rightly differ there.
    """
    must, said = hard_spans(source_text), []
    for literal in sorted(must):
        before, after = source_text.count(literal), text.count(literal)
        if before != after:
            said.append(f"{literal!r} came back {after} times instead of {before}")
    said += [f"invented {literal!r}" for literal in sorted(hard_spans(text) - must) if literal not in source_text]
    return "; ".join(said)


def hard_spans(text: str) -> frozenset[str]:
    """Return the protected parts of a text that a translation must hold character by character."""
    found = (text[start:end] for start, end in protected_spans(text))
    return frozenset(literal for literal in found if not _NAME.fullmatch(literal))


def flags_of(source_text: str, text: str) -> tuple[str, ...]:
    """Return what is worth a warning: `numbers` (digits of the source are not all there), `copy` (it is the source)."""
    flags = []
    if _numbers(source_text) - _numbers(text):
        flags.append("numbers")
    if source_text.strip().casefold() == text.strip().casefold():
        flags.append("copy")
    return tuple(flags)


def _numbers(text: str) -> Counter[str]:
    normal = unicodedata.normalize("NFKC", text)
    return Counter(re.sub(r"[.,]", "", match.group()) for match in _NUMBER.finditer(normal))
