"""The numbers of a text and of its translation: the same digits, or the same value in the words for large numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

_NUMBER = re.compile(r"\d+(?:[.,．，]\d+)*")
_MARKS = re.compile(r"[.,．，]")
_GROUPED = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))")
_SCALES = {
    "thousand ribu हज़ार हज़ार हजार 천 千": 3,
    "만 万 萬": 4,
    "십만 十万 十萬 लाख": 5,
    "million millions millionen millones juta 백만 百万 百萬": 6,
    "천만 千万 千萬 करोड़ करोड़": 7,
    "억 億 亿": 8,
    "billion billions miliar milyar milliarde milliarden milliard milliards 십억 十億 十亿": 9,
    "백억 百億 百亿": 10,
    "천억 千億 千亿": 11,
    "trillion trillions triliun 조 兆 万亿": 12,
}
"""Words for powers of ten that may stand behind digits, by the power; a billion is that of English."""
_POWERS = {word: power for words, power in _SCALES.items() for word in words.split()}
_SCALE = re.compile(
    r"[\s-]?("
    + "|".join(rf"{word}\b" if word.isascii() else word for word in sorted(_POWERS, key=len, reverse=True))
    + ")",
    re.IGNORECASE,
)
_LONGEST = 18
"""Digits beyond which a number is compared by its digits alone."""
_UNSPOKEN = "00"
"""The minutes of a full hour, which nobody says."""


class _Numbers(NamedTuple):
    """The numbers of a text, as digits without marks.

    `counts` tells how often each stands there, `parts` the same where marks divide numbers, without zeros before them,
    `pieces` what marks divide each into, and `values` what each may be worth: with the word behind it, its last mark a
    point or not.
    """

    counts: Counter[str]
    parts: Counter[str]
    pieces: dict[str, tuple[str, ...]]
    values: dict[str, frozenset[Decimal]]


def numbers_difference(source_text: str, text: str) -> tuple[str, bool]:
    """Compare the numbers of two texts, whatever their digits and the marks in them.

    A number is there if its digits are, or if its value is: `1.2 million` is `120万`. Minutes `00` need not be.

    Returns:
        What the translation lacks, empty if nothing, and whether it has numbers that the source has not: `two` may have
        become `2`.

    Example:
        >>> numbers_difference("3 men in 1,200 boats", "1200척의 배에 3명, 2015년")
        ('', True)
        >>> numbers_difference("10 billion won, 4 men", "100억 원")
        ('the number 4 is missing', False)
    """
    before, after = _readings(source_text), _readings(text)
    if before[0].counts == after[0].counts:
        return "", False
    lost = min((_lacking(one, after) for one in before), key=len)
    more = min((_lacking(one, before) for one in after), key=len)
    return ", ".join(f"the number {number} is missing" for number in lost), bool(more)


def _lacking(these: _Numbers, readings: list[_Numbers]) -> list[str]:
    """Return the numbers that stand in no reading of the other text as often, nor their values instead."""
    return [
        number
        for number, count in these.counts.items()
        if number != _UNSPOKEN and not any(_has(those, number, count, these) for those in readings)
    ]


def _has(those: _Numbers, number: str, count: int, these: _Numbers) -> bool:
    if max(those.counts[number], those.parts[_bare(number)]) >= count:
        return True
    pieces = these.pieces[number]
    if len(pieces) > 1 and all(those.parts[_bare(piece)] for piece in pieces):
        return True
    return any(these.values[number] & values for other, values in those.values.items() if other != number)


def _readings(text: str) -> list[_Numbers]:
    """Return the numbers of a text as it stands, and with spaces taken for marks where they may group digits."""
    joined = _GROUPED.sub("", text)
    return [_numbers(text)] if joined == text else [_numbers(text), _numbers(joined)]


@lru_cache(maxsize=1 << 12)
def _numbers(text: str) -> _Numbers:
    found = _Numbers(Counter(), Counter(), {}, {})
    for match in _NUMBER.finditer(text):
        pieces = tuple(_digits(piece) for piece in _MARKS.split(match.group()))
        number = "".join(pieces)
        scale = _SCALE.match(text, match.end())
        power = _POWERS[scale[1].lower()] if scale else 0
        found.counts[number] += 1
        found.parts.update(map(_bare, pieces))
        found.pieces[number] = pieces
        found.values[number] = found.values.get(number, frozenset()) | _worth(pieces, power)
    return found


def _worth(pieces: tuple[str, ...], power: int) -> frozenset[Decimal]:
    """Return what a number may be worth: its marks group digits, or the last one is a point."""
    if sum(map(len, pieces)) > _LONGEST:
        return frozenset()
    whole = "".join(pieces)
    pointed = f"{''.join(pieces[:-1])}.{pieces[-1]}" if len(pieces) > 1 else whole
    return frozenset(Decimal(reading).scaleb(power).normalize() for reading in (whole, pointed))


def _bare(digits: str) -> str:
    """Return digits without zeros before them: `8:46` is `08.46`."""
    return digits.lstrip("0") or "0"


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(char)) for char in text)
