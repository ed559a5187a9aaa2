"""Amounts of tokens as people write them."""

from __future__ import annotations

import re

_TOKENS = re.compile(r"(\d+(?:\.\d+)?)([kmb]?)", re.IGNORECASE)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}


def parse_tokens(text: str) -> int | None:
    """Read `5M`, `200k`, `1.5b` or `20000`; None if the text is no amount, or rounds to none at all.

    Example:
        >>> parse_tokens("200k"), parse_tokens("5T")
        (200000, None)
    """
    found = _TOKENS.fullmatch(text)
    if found is None:
        return None
    return round(float(found[1]) * _FACTORS[found[2].lower()]) or None
