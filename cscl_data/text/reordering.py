"""The words of a text in the order of another language's words; everything between them stays where it is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from cscl_data.records import Span


def reordered(text: str, words: Sequence[Span], places: Sequence[float | None], sentences: Sequence[Span]) -> str:
    """Sort the words of each sentence by where their translations stand.

    Punctuation and spaces between the words stay, and the words change places among themselves. A word without a place
    stays with its left neighbour, one at the beginning of a sentence at the beginning.

    Args:
        text: what the words stand in.
        words: their spans, in order; what is in none of them does not move.
        places: for each word the mean index of the source words that it translates, None for one without.
        sentences: spans within which words may move; a word outside of them stays.

    Returns:
        A text with the same words and the same characters between them.

    Source:
        singh-etal-2024-three, the rule of word order. Deviations: words do not leave their sentence, and punctuation
        does not move (our default).
    """
    kept: list[int] = list(range(len(words)))
    for _, members in groupby(range(len(words)), key=lambda i: _sentence_of(words[i], sentences)):
        order = list(members)
        if _sentence_of(words[order[0]], sentences) is not None:
            kept[order[0] : order[-1] + 1] = _sorted(order, places)
    parts: list[str] = []
    at = 0
    for slot, chosen in zip(words, kept, strict=True):
        parts += [text[at : slot.start], text[words[chosen].start : words[chosen].end]]
        at = slot.end
    return "".join([*parts, text[at:]])


def _sorted(order: Sequence[int], places: Sequence[float | None]) -> list[int]:
    keys: dict[int, float] = {}
    last = -1.0
    for i in order:
        place = places[i]
        last = last if place is None else place
        keys[i] = last
    return sorted(order, key=keys.__getitem__)


def _sentence_of(word: Span, sentences: Sequence[Span]) -> int | None:
    return next((n for n, sentence in enumerate(sentences) if sentence.start <= word.start < sentence.end), None)
