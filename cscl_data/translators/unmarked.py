"""Texts joined with nothing between them, and apart again by counting sentences: the control without indicators."""

from __future__ import annotations

from collections.abc import Sequence

from cscl_data.text.sentences import sentence_spans
from cscl_data.translators.bundles import Split

UNMARKED = "none"
"""What stands for no indicator, in `--indicators` and in rows."""


def split_unmarked(output: str, texts: Sequence[str], source: str, target: str) -> Split:
    """Take the translation of texts joined by spaces apart: as many sentences for a text as its source has.

    Args:
        output: the translated sequence.
        texts: the source components.
        source: language tag of the components.
        target: language tag of the output.

    Returns:
        The parts; none where the number of sentences is another one. Without a marker, `strict` is `lenient`, and a
        sentence that moved to another component is not noticed.

    Source:
        our default, as a control for moon-etal-2024-translation; how the paper takes such sequences apart, if it does,
        is not known.

    Example:
        >>> split_unmarked("그가 달린다. 누군가 본다.", ["He runs.", "Somebody looks."], "en", "ko").parts
        ('그가 달린다.', '누군가 본다.')
    """
    wanted = [max(1, len(sentence_spans(text, source))) for text in texts]
    spans = sentence_spans(output, target)
    if len(spans) != sum(wanted):
        return Split(None, False, False, f"{len(spans)} sentences came back for {sum(wanted)}")
    parts, at = [], 0
    for count in wanted:
        parts.append(output[spans[at].start : spans[at + count - 1].end])
        at += count
    return Split(tuple(parts), True, True)
