"""Emoji as a reader counts them: with their skin tones, joiners, flags and keycaps."""

from __future__ import annotations

import re

from cscl_data.records import Span

_BASE = (
    "[\U0001f004\U0001f0cf\U0001f170-\U0001f251\U0001f300-\U0001faff\u231a\u231b\u23cf\u23e9-\u23f3\u23f8-\u23fa"
    "\u25fd\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299]"
)
_ONE = f"{_BASE}[\ufe0f\ufe0e]?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})*")


def emoji_spans(text: str) -> tuple[Span, ...]:
    """Find emoji and other pictographs.

    Returns:
        One span for each that a reader sees, in order.

    Example:
        >>> [text[s:e] for text in ["Hi 👋🏽! 🇰🇷👩‍👩‍👧 ok ✅"] for s, e in emoji_spans(text)]
        ['👋🏽', '🇰🇷', '👩‍👩‍👧', '✅']

    Source:
        unicode-2024-uts51 for the form of a sequence. Deviations: whole blocks of pictographs count, and single
        regional letters do not.
    """
    if text.isascii():
        return ()
    return tuple(Span(*match.span()) for match in _EMOJI.finditer(text))
