"""Lexical priors asked about a lexicon: is this the usual translation of the word?"""

from __future__ import annotations

from functools import lru_cache

from cscl_data.aligners.keys import key_of
from cscl_data.aligners.priors import Priors
from cscl_data.text.tokenizers import Tokenizer

KNOWN = 0.1
"""A word whose strongest partner in the priors weighs less than this is not known to them (our default)."""
_MARKERS = ("/J", "/E")
"""Classes of Korean particles and endings: partners of a word that translate its grammar."""


class PriorTrust:
    """How the weight of a translation compares with that of the word's strongest partner in the priors.

    Args:
        priors: from the language of the words into that of the translations.
        src: the tokenizer of the words, whose keys the priors have.
        tgt: that of the translations.
    """

    def __init__(self, priors: Priors, src: Tokenizer, tgt: Tokenizer) -> None:
        self._weights = priors.weights
        self._cutters = src, tgt
        self._strongest: dict[str, float] = {}
        for (word, translation), weight in priors.weights.items():
            if not translation.endswith(_MARKERS):
                self._strongest[word] = max(weight, self._strongest.get(word, 0.0))
        self._keys = lru_cache(maxsize=65_536)(self._cut)

    def __call__(self, word: str, translation: str) -> float | None:
        """Return the share in [0, 1]; None for a word of several tokens, or one that the priors do not know.

        A translation of several tokens weighs the mean of them, particles and endings left out.
        """
        own = self._keys(word, 0)
        strongest = self._strongest.get(own[0], 0.0) if len(own) == 1 else 0.0
        if strongest < KNOWN:
            return None
        theirs = [key for key in self._keys(translation, 1) if not key.endswith(_MARKERS)]
        weight = sum(self._weights.get((own[0], key), 0.0) for key in theirs) / max(1, len(theirs))
        return min(1.0, weight / strongest)

    def _cut(self, text: str, side: int) -> tuple[str, ...]:
        return tuple(
            key_of(text[token.start : token.end], token.pos, token.lemma) for token in self._cutters[side].tokens(text)
        )
