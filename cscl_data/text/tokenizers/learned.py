"""Words cut into pieces that were learned from a corpus, where words hold much and no analyser is at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

from cscl_data.errors import missing_package
from cscl_data.records import Span
from cscl_data.text.clusters import EXTENDERS
from cscl_data.text.normal import nfc_view
from cscl_data.text.tokenizers.base import Token, Tokenizer
from cscl_data.text.tokenizers.cover import covering
from cscl_data.text.tokenizers.protecting import PROTECTED_POS

VOCABULARY = 8_000
"""Pieces of one language, beside single characters (our default, see `docs/methods.md`)."""
LEARNED = "learned"
ENDING_POS = "cscl:ending"
"""Tag of a piece that stands behind the stem of its word."""
MAX_CHARS = 1_000
"""Longer words are cut there first (our default)."""

_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{EXTENDERS}])*")


@dataclass(frozen=True, slots=True)
class LearnedTokenizer:
    """Cuts the words of another tokenizer by a unigram model of pieces, see `learning`.

    Every boundary of the words stays, and only words of letters alone are cut, never inside what is read as one
    character, nor in protected spans. The model reads a composed, lowercased view; spans are those of the raw text.

    Args:
        words: the tokenizer whose words are cut.
        stems: whether a word is cut at most once, before its last piece where that is no longer than what stands
            before it, and then has the tag `ENDING_POS`; else it is cut into all its pieces, for text without spaces.
        model: what `learning.PieceCounts.learn` gave; with an empty one, words stay whole.

    Source:
        kudo-2018-subword; one cut a word is our default.
    """

    words: Tokenizer
    stems: bool
    model: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        """Name as it stands in `sig`: `learned`, the size of the vocabulary, and the tokenizer of the words."""
        return f"{LEARNED}-{VOCABULARY}-{self.words.name}"

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the pieces in order.

        Raises:
            BackendError: sentencepiece is not installed.
        """
        words = self.words.tokens(text)
        if not self.model:
            return words
        found: list[Token] = []
        for token in words:
            start, end = token.start, token.end
            if token.pos == PROTECTED_POS or not is_word(text[start:end]):
                found.append(token)
                continue
            cuts = _cuts(self.model, text[start:end], self.stems)
            pos = ENDING_POS if self.stems else ""
            found.append(Token(start, start + cuts[0]))
            found += [Token(start + low, start + high, pos) for low, high in pairwise(cuts)]
        return tuple(found)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the pieces."""
        return tuple(Span(token.start, token.end) for token in self.tokens(text))


def is_word(text: str) -> bool:
    """Tell whether a token is letters alone, with their marks."""
    return _WORD.fullmatch(text) is not None


def view_of(word: str) -> tuple[str, Sequence[int]]:
    """Return how pieces see a word, composed and lowercased, and the raw offset of each character (and of the end)."""
    composed, offsets = nfc_view(word)
    return "".join(low if len(low := char.lower()) == 1 else char for char in composed), offsets


@lru_cache(maxsize=65_536)
def _cuts(model: bytes, word: str, stems: bool) -> tuple[int, ...]:
    """Return the ends of the pieces of a word, the word's own last; offsets into it, from 0."""
    view, offsets = view_of(word)
    starts = range(0, len(view), MAX_CHARS)
    pieces = [piece for at in starts for piece in _load(model).encode(view[at : at + MAX_CHARS], out_type=str)]
    lengths = [len(piece) for piece in pieces]
    if stems:
        ending = lengths[-1]
        stem = len(view) - ending
        lengths = [stem, ending] if stem >= ending else [len(view)]
    ends = list(accumulate(lengths))
    found = [Token(offsets[low], offsets[high]) for low, high in pairwise([0, *ends])]
    return tuple(token.end for token in covering(word, found))


@lru_cache(maxsize=4)
def _load(model: bytes) -> Any:
    try:
        from sentencepiece import SentencePieceProcessor
    except ImportError as error:
        raise missing_package("segmenter", LEARNED, "sentencepiece") from error
    return SentencePieceProcessor(model_proto=model)
