"""What the statistical aligner sees of a token: a key that joins its inflected forms.

The stored text never changes; only the counting is done on keys. Rules, by the script of the token:

- digits, code and anything else that is not a plain word: the lowercased string itself; of inline code neither the
  role before it nor the number of its backticks counts;
- punctuation: its plain Latin mark, so that a full stop is the same string in every script;
- Hangul from a morphological analyser, or a learned ending: the morpheme (its dictionary form, if known) and its class;
- Hangul without analysis: the first two syllables of a word, which drops most particles and endings;
- kana and Han characters: the dictionary form if there is one, else the string;
- every other alphabet: the first six letters.

Cutting words is our default; on English-Korean it gains as much as a hundred thousand more pairs do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.protecting import PROTECTED_POS
from cscl_data.text.word_rules.base import has_letter

PREFIX_LETTERS = 6
PREFIX_SYLLABLES = 2
SUFFIX_LETTERS = 3
CAPITAL = "C"
"""Class of a word with a capital."""
_WORD = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*[.'’]?")
_CODE = re.compile(r"(?::[\w+.:-]+:)?`+(?P<code>[^`]+)`+_*")
_MARKS_OF_CODE = frozenset("`{}$%<&\\")
_MARKS = {"。": ".", "।": ".", "۔": ".", "、": ",", "،": ",", "؛": ";", "؟": "?"}
_MARKS |= dict.fromkeys("「」『』《》〈〉«»“”„", '"') | dict.fromkeys("‘’‚", "'") | dict.fromkeys("–—―‒", "-")
_PLAIN_MARKS = str.maketrans(_MARKS)
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
    if pos == PROTECTED_POS:
        code = _CODE.fullmatch(word)
        return f"`{code['code']}`" if code else word
    if not _WORD.fullmatch(word):
        return word.translate(_PLAIN_MARKS)
    if _HANGUL.fullmatch(word):
        return f"{word}/{pos[0]}" if pos else word[:PREFIX_SYLLABLES]
    if _CJK.search(word):
        return word
    return word[:PREFIX_LETTERS]


def is_verbatim(key: str) -> bool:
    """Tell whether a key is a number, a piece of code, a placeholder or an address: what translations copy.

    Example:
        >>> [key for key in ("2004", "foo_bar", "{{path}}", "`!`", "v2", "transl", "(", "번역/N") if is_verbatim(key)]
        ['2004', 'foo_bar', '{{path}}', '`!`', 'v2']
    """
    if any(character.isdigit() for character in key):
        return True
    word = key.partition("/")[0] if _HANGUL.match(key) else key
    if len(word) < 2 or _WORD.fullmatch(word):
        return False
    return any(character.isalnum() or character in _MARKS_OF_CODE for character in word)


def word_class(surface: str, pos: str, *, opens: bool) -> str:
    """Return the class of a word: the analyser's tag if there is one, else what the word looks like.

    Args:
        surface: the word as it stands in the text.
        pos: the analyser's tag, empty without one.
        opens: whether it opens its sentence, so that a capital says nothing.

    Example:
        >>> [word_class(word, "", opens=False) for word in ("Seoul", "nation", "tea", "1,200", "!")]
        ['C', 'ion', '=3', '#', '.']
        >>> word_class("물", "NNG", opens=True)
        'NNG'
    """
    if pos:
        return pos.partition("+")[0]
    if not any(map(str.isalpha, surface)):
        return "#" if any(map(str.isdigit, surface)) else "."
    if surface[0].isupper() and not opens:
        return CAPITAL
    return surface[-SUFFIX_LETTERS:].lower() if len(surface) > SUFFIX_LETTERS + 1 else f"={len(surface)}"


class KeyNumbers:
    """Numbers the keys of tokens in the order in which they first appear; it remembers words, for they repeat.

    Args:
        keys: keys that have numbers already, from 0.

    Attributes:
        keys: every key, at the place of its number.
        forms: for every key, the first word that had it, as it stood in the text; the key itself where none did.
        classes: for every key, the class of that word, see `word_class`; of a later word without a capital, if that
            one had one; empty where none did.
    """

    __slots__ = ("_numbers", "_words", "classes", "forms", "keys")

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self.keys = list(keys)
        self.forms = list(self.keys)
        self.classes = [""] * len(self.keys)
        self._numbers = {key: number for number, key in enumerate(self.keys)}
        self._words: dict[tuple[str, str, str], int] = {}

    def numbers(self, text: str, tokens: tuple[Token, ...]) -> list[int]:
        """Return the numbers of the tokens of one side."""
        words = self._words
        numbers = []
        for start, end, pos, lemma in tokens:
            word = (text[start:end], pos, lemma)
            number = words.get(word)
            if number is None:
                number = words[word] = self.number(key_of(*word), word[0])
                if self.classes[number] in ("", CAPITAL):
                    self.classes[number] = word_class(word[0], pos, opens=not has_letter(text[tokens[0].start : start]))
            numbers.append(number)
        return numbers

    def number(self, key: str, form: str | None = None) -> int:
        """Return the number of a key, a new one if it has none; `form` is a word that has it."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.keys)
            self.keys.append(key)
            self.forms.append(key if form is None else form)
            self.classes.append("")
        return number
