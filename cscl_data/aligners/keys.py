"""What the statistical aligner sees of a token: a key that joins its inflected forms.

The stored text never changes; only the counting is done on keys. Rules, by the script of the token:

- digits, code and anything else that is not a plain word: the lowercased string itself;
- Hangul from a morphological analyser: the morpheme (its dictionary form, if known) and its class of part of speech;
- Hangul without analysis: the first two syllables of a word, which drops most particles and endings;
- kana and Han characters: the dictionary form if there is one, else the string;
- every other alphabet: the first six letters.

Cutting words is our default; on English-Korean it gains as much as a hundred thousand more pairs do.
"""

from __future__ import annotations

import re
import unicodedata

from cscl_data.aligners.base import TokenizedPair
from cscl_data.text.tokenizers.base import Token

PREFIX_LETTERS = 6
PREFIX_SYLLABLES = 2
_WORD = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*[.'’]?")
_HANGUL = re.compile(r"[가-힣]+")
_CJK = re.compile(r"[぀-ヿㇰ-ㇿ㐀-鿿豈-﫿ｦ-ﾟ々〆ー]")


def key_of(surface: str, pos: str = "", lemma: str = "") -> str:
    """Return the key of one token.

    Args:
        surface: the token as it stands in the text.
        pos: the analyser's tag, empty without one.
        lemma: its dictionary form, empty without one.

    Example:
        >>> key_of("Translations"), key_of("번역하다"), key_of("v2.1"), key_of("을", "JKO")
        ('transl', '번역', 'v2.1', '을/J')
    """
    word = unicodedata.normalize("NFKC", lemma or surface).lower()
    if not _WORD.fullmatch(word):
        return unicodedata.normalize("NFKC", surface).lower() if not pos or not lemma else word
    if _HANGUL.fullmatch(word):
        return f"{word}/{pos[0]}" if pos else word[:PREFIX_SYLLABLES]
    if _CJK.search(word):
        return word
    return word[:PREFIX_LETTERS]


def is_verbatim(key: str) -> bool:
    """Tell whether a key is a number, a piece of code, a placeholder or an address: what translations copy.

    Example:
        >>> [key for key in ("2004", "foo_bar", "{{path}}", "v2", "transl", "(", "번역/N") if is_verbatim(key)]
        ['2004', 'foo_bar', '{{path}}', 'v2']
    """
    if any(character.isdigit() for character in key):
        return True
    word = key.partition("/")[0] if _HANGUL.match(key) else key
    return len(word) > 1 and not _WORD.fullmatch(word) and any(character.isalnum() for character in word)


class KeyMaker:
    """`key_of` with a memory, for corpora: words repeat.

    Attributes:
        forms: for every key, the first word that had it, as it stood in the text.
    """

    __slots__ = ("_known", "forms")

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], str] = {}
        self.forms: dict[str, str] = {}

    def keys(self, text: str, tokens: tuple[Token, ...]) -> list[str]:
        """Return the keys of the tokens of one side."""
        known = self._known
        keys = []
        for start, end, pos, lemma in tokens:
            form = (text[start:end], pos, lemma)
            key = known.get(form)
            if key is None:
                key = known[form] = key_of(*form)
                self.forms.setdefault(key, form[0])
            keys.append(key)
        return keys

    def pair_keys(self, pair: TokenizedPair) -> tuple[list[str], list[str]]:
        """Return the keys of both sides."""
        return self.keys(pair.src_text, pair.src_tokens), self.keys(pair.tgt_text, pair.tgt_tokens)
