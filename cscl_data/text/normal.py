"""Texts made alike: composed views with offsets into the raw text, and words as a dictionary is asked for them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache


def nfc_view(text: str) -> tuple[str, Sequence[int]]:
    """Compose a text and say where each of its code points came from.

    Args:
        text: any text; one in NFC comes back as it is.

    Returns:
        The text in NFC, and `offsets` with one entry more than it has code points: `nfc[i:j]` stands for
        `text[offsets[i] : offsets[j]]`. The offsets never fall; a boundary inside a composed character points at
        its nearest raw one.

    Example:
        >>> nfc_view("e\u0301a")
        ('éa', [0, 2, 3])
    """
    if unicodedata.is_normalized("NFC", text):
        return text, range(len(text) + 1)
    parts: list[str] = []
    offsets: list[int] = []
    start, n = 0, len(text)
    while start < n:
        end = start + 1
        while end < n and _joins(text[end]):
            end += 1
        part = unicodedata.normalize("NFC", text[start:end])
        shift = (end - start) - len(part)
        offsets.append(start)
        offsets.extend(max(start, min(start + k + shift, end)) for k in range(1, len(part)))
        parts.append(part)
        start = end
    offsets.append(n)
    return "".join(parts), offsets


def _joins(char: str) -> bool:
    """Tell whether a character may compose with, or move around, the one before it."""
    return "\u1160" <= char <= "\u11ff" or (char > "\u02ff" and unicodedata.category(char)[0] == "M")


@lru_cache(maxsize=65_536)
def lookup_form(text: str) -> str:
    """Return words as a dictionary is asked for them: NFKC, lower case, straight apostrophes, single spaces.

    Example:
        >>> lookup_form(" Don’t  Panic")
        "don't panic"
    """
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").lower().split())


def folded(text: str) -> str:
    r"""Return a text composed (NFC), with single spaces and none around it: texts that differ in these are the same.

    Example:
        >>> folded(" Cafe\u0301\u3000au  lait\n")
        'Café au lait'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())
