"""Links that need no aligner: numbers, code, placeholders and addresses that stand verbatim on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from cscl_data.aligners.base import TokenizedPair
from cscl_data.aligners.keys import is_verbatim, key_of
from cscl_data.records import Alignment, Link
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.protecting import PROTECTED_POS

VERSION = 1
COPY_SCORE = 1.0


def with_copies(pair: TokenizedPair, alignment: Alignment, *, scored: bool = True) -> Alignment:
    """Link every number, code span, placeholder and address to its copy on the other side, whatever the aligner found.

    A token is one of these if its tokenizer protected it or its key is, see `keys.is_verbatim`; copies have the same
    key. Those that the aligner has linked to a copy stay as they are; of the others the first is linked to the first,
    the second to the second, until one side has none left. No link of the aligner is taken away. Our default.

    Args:
        pair: the pair that was aligned.
        alignment: its links; of a pair that was skipped they stay empty.
        scored: whether new links get a score, which is 1.

    Example:
        >>> from cscl_data.aligners.base import alignment_of
        >>> tokens = (Token(0, 2), Token(3, 5))
        >>> pair = TokenizedPair("p", "v1 v2", "v2 v1", tokens, tokens)
        >>> [link[:2] for link in with_copies(pair, alignment_of(pair, ())).links]
        [(0, 1), (1, 0)]
    """
    if alignment.skipped is not None:
        return alignment
    tgt_places = _places(pair.tgt_text, pair.tgt_tokens)
    shared = [
        (src, tgt_places[key]) for key, src in _places(pair.src_text, pair.src_tokens).items() if key in tgt_places
    ]
    if not shared:
        return alignment
    score = COPY_SCORE if scored else None
    found = {link[:2] for link in alignment.links}
    new = [Link(i, j, score) for src, tgt in shared for i, j in _missing(src, tgt, found)]
    return replace(alignment, links=tuple(sorted((*alignment.links, *new), key=lambda link: link[:2])))


def _places(text: str, tokens: tuple[Token, ...]) -> dict[str, list[int]]:
    """Return where the tokens stand that translations copy, by key, in order."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, token in enumerate(tokens):
        surface = text[token.start : token.end]
        if token.pos == PROTECTED_POS or not surface.isalpha():
            key = key_of(surface, token.pos, token.lemma)
            if token.pos == PROTECTED_POS or is_verbatim(key):
                places[key].append(i)
    return places


def _missing(src: list[int], tgt: list[int], found: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pair the tokens that are not linked to a copy yet, in order; one side may have more of them."""
    copies = [(i, j) for i in src for j in tgt if (i, j) in found]
    src_linked, tgt_linked = {i for i, _ in copies}, {j for _, j in copies}
    src_free, tgt_free = [i for i in src if i not in src_linked], [j for j in tgt if j not in tgt_linked]
    return list(zip(src_free, tgt_free, strict=False))
