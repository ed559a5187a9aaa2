"""What a reader sees as one character: a letter with its marks, an emoji with its joiners, a decomposed syllable."""

from __future__ import annotations

from itertools import chain
from unicodedata import category

_MARKED_BLOCKS = (
    *((0x0300, 0x2000), (0x20D0, 0x2100), (0x2CE0, 0x2E00), (0x3020, 0x30A0), (0xA660, 0xAC00), (0xFB10, 0xFB20)),
    *((0xFE00, 0xFE30), (0x10000, 0x12000), (0x16000, 0x17000), (0x1BC00, 0x1BD00), (0x1CF00, 0x1D300)),
    *((0x1DA00, 0x1E960), (0xE0100, 0xE01F0)),
)
"""Where Unicode keeps its marks; looking there alone takes two milliseconds."""

MARKS = "".join(
    chr(code)
    for code in chain.from_iterable(range(*block) for block in _MARKED_BLOCKS)
    if category(chr(code))[0] == "M"
)
"""Characters that combine with the one before them (general category M), to stand inside `[...]` of a pattern."""

JOINER = "\u200d"
EXTENDERS = (
    MARKS + "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u1160-\u11ff\ud7b0-\ud7ff"
)
"""Marks, joiners, sara am, halfwidth voicing marks, skin tones, flag tags, vowels and finals of decomposed Hangul; to
stand inside `[...]` too.

Source:
    unicode-2024-uax29 (extended grapheme clusters). Deviations: what follows a zero-width joiner always belongs to it,
    a mark belongs to a control character before it too, and a virama binds without a look at what it stands on.
"""

_SINGLE = frozenset(MARKS + "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f")
_RANGES = (("\u1160", "\u11ff"), ("\ud7b0", "\ud7ff"), ("\U0001f3fb", "\U0001f3ff"), ("\U000e0020", "\U000e007f"))
_WEIGHTLESS = frozenset(JOINER + "\uff9e\uff9f")
_VIRAMAS = frozenset("\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\u1039\u17d2")
"""Marks that make one sign of two consonants of their block (128 code points)."""
_FLAGS = ("\U0001f1e6", "\U0001f1ff")
_MAX_FLAG_LETTERS = 100
"""How far back flags are counted, two letters each (our default): a longer row of them is no text."""


def is_inside_cluster(text: str, at: int) -> bool:
    """Tell whether a cut before `text[at]` (0-based code points) would part what is read as one character.

    Nothing joins whitespace, and neither end of the text is inside anything.

    Example:
        >>> is_inside_cluster("e\u0301a", 1), is_inside_cluster("e\u0301a", 2)
        (True, False)
    """
    if not 0 < at < len(text):
        return False
    char, before = text[at], text[at - 1]
    if before == JOINER:
        return not char.isspace()
    if char < "\u0300" or before.isspace():
        return False
    if _takes_no_space(before) and char.isalpha() and _is_bound(text, at):
        return True
    if char in _SINGLE or any(low <= char <= high for low, high in _RANGES):
        return True
    if not _is_flag_letter(char):
        return False
    run = 0
    while run < min(at, _MAX_FLAG_LETTERS) and _is_flag_letter(text[at - 1 - run]):
        run += 1
    return run % 2 == 1


def _is_bound(text: str, at: int) -> bool:
    """Tell whether a virama of its block binds the letter `text[at]`, with only weightless marks between them."""
    place = at - 1
    while place > 0 and text[place] not in _VIRAMAS and _takes_no_space(text[place]):
        place -= 1
    return text[place] in _VIRAMAS and ord(text[at]) >> 7 == ord(text[place]) >> 7


def _takes_no_space(char: str) -> bool:
    return (
        category(char) in ("Mn", "Me") or char in _WEIGHTLESS or any(low <= char <= high for low, high in _RANGES[2:])
    )


def _is_flag_letter(char: str) -> bool:
    return _FLAGS[0] <= char <= _FLAGS[1]
