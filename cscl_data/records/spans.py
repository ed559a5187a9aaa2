"""Half-open code-point spans into untouched text."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """`text[start:end]`: 0-based code points, `start` included, `end` not."""

    start: int
    end: int


def spans_are_ordered(spans: list[Span] | tuple[Span, ...], length: int) -> bool:
    """Tell whether the spans are non-empty, in order, without overlap, and inside `[0, length)`."""
    at = 0
    for start, end in spans:
        if not at <= start < end <= length:
            return False
        at = end
    return True
