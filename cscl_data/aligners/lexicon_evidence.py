"""A bilingual lexicon as evidence beside the corpus: pseudo-counts for the pairs of keys that it gives as translations.

The words of a lexicon have no part of speech that an analyser would give, and stand in their dictionary form. So a word
matches every key that is cut from it or from its stem, every morpheme of its spelling, and what is left of it without
an ending that makes verbs or adjectives of nouns. A Korean, Japanese or Chinese word that is no key of its own is cut
in two that are, as an analyser may have cut it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from cscl_data.aligners.keys import key_of
from cscl_data.text.stems import stemmers_of

LEXICON_COUNT = 3.0
"""Pseudo-count of a pair of keys that translate each other, as if their pair were three more pairs of the corpus. Our
default; 1, 3 and 6 differ little."""
MAX_WORDS = 3
"""Words of an entry's side; longer ones are explanations. Our default."""
_ENDINGS = ("하다", "되다", "시키다", "하게", "한", "적", "的な", "する", "な", "の", "に")
_VERB_ENDINGS = ("하다", "する")
_MORPHEME = re.compile(r"([가-힣]+)/.")
_UNSPACED = re.compile(r"[가-힣぀-ヿ㐀-鿿]+")


def lexicon_counts(
    entries: Iterable[tuple[str, str]],
    src_keys: Sequence[str],
    tgt_keys: Sequence[str],
    languages: tuple[str, str] = ("", ""),
) -> dict[tuple[str, str], float]:
    """Return the pseudo-counts of the pairs of keys that a lexicon gives as translations.

    Each translation of a word gets the full `LEXICON_COUNT`. The words of an entry of several words count if all of
    them are there, each pair of them `LEXICON_COUNT` divided by the number of words of the longer side; so do the two
    parts of a word that is no key. The columns may stand the other way round.

    Args:
        entries: (word, translation), see `io.lexicon.read_lexicon`; sides of more than `MAX_WORDS` are left out.
        src_keys: the corpus's source keys, as `keys.key_of` makes them.
        tgt_keys: its target keys.
        languages: primary subtags of both sides, for their stemmers; empty where they are not known.

    Returns:
        Pseudo-count by (source key, target key), in the order of the entries.

    Example:
        >>> lexicon_counts([("translate", "번역하다"), ("blood type", "혈액형")], ["transl", "blood"], ["번역/N"])
        {('transl', '번역/N'): 3.0}
    """
    entries = list(entries)
    src, tgt = _Keys(src_keys, languages[0]), _Keys(tgt_keys, languages[1])
    if _is_flipped(entries, src, tgt):
        entries = [(translation, word) for word, translation in entries]
    counts: dict[tuple[str, str], float] = {}
    for word, translation in entries:
        src_found, n_src = src.find(word)
        tgt_found, n_tgt = tgt.find(translation) if src_found else ([], 0)
        for src_key in src_found:
            for tgt_key in tgt_found:
                count = LEXICON_COUNT / max(n_src, n_tgt)
                counts[src_key, tgt_key] = max(count, counts.get((src_key, tgt_key), 0.0))
    return counts


def _is_flipped(entries: Iterable[tuple[str, str]], src: _Keys, tgt: _Keys) -> bool:
    """Tell whether the first column is the target language: whether more words are found that way round."""
    more = 0
    for word, translation in entries:
        more += src.has(translation) + tgt.has(word) - src.has(word) - tgt.has(translation)
    return more > 0


class _Keys:
    """The keys of one side of the corpus, by what a lexicon may call them."""

    def __init__(self, keys: Iterable[str], lang: str) -> None:
        self._keys = frozenset(keys)
        self._stemmers = stemmers_of((lang,))
        self._morphemes: dict[str, list[str]] = {}
        for key in sorted(self._keys):
            morpheme = _MORPHEME.fullmatch(key)
            if morpheme:
                self._morphemes.setdefault(morpheme[1], []).append(key)

    def has(self, word: str) -> bool:
        """Tell whether a word is a key as it stands."""
        return word in self._morphemes or not self._keys.isdisjoint(self._cut(word))

    def find(self, text: str) -> tuple[list[str], int]:
        """Return the keys of one side of an entry and the number of its words or parts; none if one has no key."""
        words = unicodedata.normalize("NFKC", text).lower().split()
        if len(words) > MAX_WORDS:
            return [], 0
        found = [self._of_word(word) for word in words]
        if len(words) == 1 and not found[0] and _UNSPACED.fullmatch(words[0]):
            found = self._parts(words[0])
        if not all(found):
            found = []
        return list(dict.fromkeys(key for keys in found for key in keys)), len(found)

    def _parts(self, word: str) -> list[list[str]]:
        """Return the keys of both parts of a word, each of two letters or more, the first as long as may be."""
        for end in range(len(word) - 2, 1, -1):
            first = self._of_word(word[:end])
            second = self._of_word(word[end:]) if first else []
            if second:
                return [first, second]
        return []

    def _of_word(self, word: str) -> list[str]:
        found: list[str] = []
        for form in _forms(word):
            found += self._morphemes.get(form, ())
            found += [key for key in self._cut(form) if key in self._keys]
        return found

    def _cut(self, word: str) -> list[str]:
        """Return the keys of a word and of its stem."""
        return [key_of(word), *(key_of(word, lemma=stem(word)) for stem in self._stemmers)]


def _forms(word: str) -> list[str]:
    """Return the word, and what is left of it without an ending."""
    forms = [word]
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > (0 if ending in _VERB_ENDINGS else 1):
            forms.append(stem)
    return forms
