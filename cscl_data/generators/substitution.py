"""Text with spans replaced: everything outside the edits is copied as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cscl_data.records import Edit, TaggedToken


class Replacement(NamedTuple):
    """What is to stand for `matrix[matrix_start:matrix_end]`.

    `text` is the whole new text, adaptations included. `words` are the spans of its tokens, relative to `text`, with
    language and switched flag; `embedded_start` and `embedded_end` say where the words come from.
    """

    matrix_start: int
    matrix_end: int
    embedded_start: int
    embedded_end: int
    text: str
    words: tuple[TaggedToken, ...]


def substitute(
    matrix_text: str, tokens: Iterable[TaggedToken], replacements: Sequence[Replacement]
) -> tuple[str, tuple[TaggedToken, ...], tuple[Edit, ...]]:
    """Replace spans of a text and carry its tokens along.

    Args:
        matrix_text: the untouched text.
        tokens: its tokens in order; of one that overlaps a replaced span, what lies before and behind the span is kept
            (a Korean particle; a stem and its particle, where something is put between them).
        replacements: in order, without overlap; an empty span puts text in.

    Returns:
        The new text, its tokens, and one edit per replacement; spans are 0-based half-open code points.
    """
    parts: list[str] = []
    new_tokens: list[TaggedToken] = []
    edits: list[Edit] = []
    left = list(tokens)
    at = shift = taken = 0
    for item in replacements:
        while taken < len(left) and left[taken].end <= item.matrix_start:
            new_tokens.append(_moved(left[taken], shift))
            taken += 1
        if taken < len(left) and left[taken].start < item.matrix_start:
            new_tokens.append(_moved(left[taken]._replace(end=item.matrix_start), shift))
            left[taken] = left[taken]._replace(start=item.matrix_start)
        parts += [matrix_text[at : item.matrix_start], item.text]
        start = item.matrix_start + shift
        new_tokens += [_moved(word, start) for word in item.words]
        edits.append(
            Edit(
                start,
                start + len(item.text),
                item.matrix_start,
                item.matrix_end,
                item.embedded_start,
                item.embedded_end,
            )
        )
        shift += len(item.text) - (item.matrix_end - item.matrix_start)
        at = item.matrix_end
        while taken < len(left) and left[taken].start < item.matrix_end:
            tail = left[taken]
            taken += 1
            if tail.end > item.matrix_end:
                new_tokens.append(_moved(tail._replace(start=item.matrix_end), shift))
    new_tokens += [_moved(token, shift) for token in left[taken:]]
    return "".join([*parts, matrix_text[at:]]), tuple(new_tokens), tuple(edits)


def _moved(token: TaggedToken, by: int) -> TaggedToken:
    if not by:
        return token
    start, end, lang, switched = token
    return TaggedToken(start + by, end + by, lang, switched)
