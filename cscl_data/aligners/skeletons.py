"""Consonant skeletons: how a word sounds, coarse enough to be equal on both sides of a transliteration.

A skeleton is the sequence of a word's consonants as classes that writing systems keep apart: voiced, aspirated and
plain stops are one class, r and l are one, f, v, b and p are one. Vowels are left out, for languages adapt them freely
and put new ones between consonants; only a vowel at the beginning leaves a mark. The idea is that of the loanword
rules of Korean (few finals: a final ㅅ stands for t, ㄹㄹ between vowels for one l) and Japanese (ン before b, m or p
stands for m); the classes and tables are our default.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

K, N, T, L, M, P, S, J, H, VOWEL = range(1, 11)
"""Classes of sound: k g; n ng; t d th; l r; m; p b f v; s sh; ch j z; h; a vowel that begins the word."""
CLASSES = 11
ANY = 63
"""The vowel set of a word whose vowel is not known: every vowel fits."""
_VOWELS = {"a": 1, "e": 2, "i": 4, "o": 8, "u": 16, "ə": 32}


class Skeleton(NamedTuple):
    """What is left of a word.

    Attributes:
        consonants: the classes of its consonants, in order; empty if the word is of no use.
        vowels: what its first vowel may be, as bits; see `ANY`.
        latin: whether it is written in Latin letters.
    """

    consonants: tuple[int, ...]
    vowels: int = ANY
    latin: bool = False


NO_SKELETON = Skeleton(())


def skeleton(form: str) -> Skeleton:
    """Return the skeleton of a word in Latin, Hangul, katakana, Cyrillic or Devanagari letters.

    Any other word, and one of mixed scripts, digits or signs, has an empty skeleton.

    Example:
        >>> [skeleton(name).consonants for name in ("Grafton", "그래프턴", "グラフトン", "Графтон", "ग्राफ्टन")]
        [(1, 4, 6, 3, 2), (1, 4, 6, 3, 2), (1, 4, 6, 3, 2), (1, 4, 6, 3, 2), (1, 4, 6, 3, 2)]
    """
    word = unicodedata.normalize("NFKC", form).lower()
    for letters, read in _READERS:
        if letters.fullmatch(word):
            return read(word)
    return NO_SKELETON


def _bits(vowels: str) -> int:
    return sum(_VOWELS[vowel] for vowel in vowels)


# The longest spelling comes first; what no spelling names (vowels, h after a vowel, signs) is passed over.
_SPELLINGS: tuple[tuple[str, tuple[int, ...]], ...] = (
    (r"tch|ch", (J,)),
    (r"sch|sh|sc(?=[eiy])|t(?=io)|c(?=[eiy])|s", (S,)),
    (r"dg(?=[eiy])|g(?=[eiy])|j|z", (J,)),
    (r"gh", ()),
    (r"ng(?=[aoulr])", (N, K)),
    (r"ng(?![eiy])|n", (N,)),
    (r"ph|b|f|p|v", (P,)),
    (r"ck|qu|c|g|k|q", (K,)),
    (r"th|d|t", (T,)),
    (r"x", (K, S)),
    (r"l|r", (L,)),
    (r"m", (M,)),
    (r"h", (H,)),
)
_SPELLING = re.compile("|".join(f"({pattern})" for pattern, _ in _SPELLINGS))
_DOUBLED = re.compile(r"([bcdfgklmnprstz])\1")
_LATIN_VOWEL = re.compile(r"([aeiou]+|(?!^)y)(r?)")
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "th", "þ": "th", "æ": "e", "œ": "e", "ı": "i"})
_LATIN_VOWELS = {
    "a": _bits("aeo"),
    "e": _bits("eiuə"),
    "i": _bits("ia"),
    "o": _bits("oauə"),
    "u": _bits("uaiə"),
    "y": _bits("ia"),
}


def _latin(word: str) -> Skeleton:
    plain = "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
    plain = _DOUBLED.sub(r"\1", plain.translate(_PLAIN))
    classes = [VOWEL] if plain[0] in "aeiouwy" else []
    for match in _SPELLING.finditer(plain):
        classes += _SPELLINGS[match.lastindex - 1][1] if match.lastindex else ()
    vowel = _LATIN_VOWEL.search(plain)
    vowels = _bits("aə" if vowel[2] else "") if vowel else ANY
    for letter in vowel[1] if vowel else "":
        vowels |= _LATIN_VOWELS[letter]
    return Skeleton(tuple(classes), vowels, latin=True)


_INITIALS = (K, K, N, T, T, L, M, P, P, S, S, 0, J, J, J, K, T, P, H)
_MEDIALS = "aeaeəeəeoaeeouəeiu0ii"  # ㅏ ㅐ ㅑ ... ㅡ ㅢ ㅣ; ㅡ only parts consonants
_FINALS: tuple[tuple[int, ...], ...] = (
    *((), (K,), (K,), (K,), (N,), (N, J), (N,), (T,), (L,), (L, K), (L, M), (L, P), (L, S), (L, T)),
    *((L, P), (L,), (M,), (P,), (P,), (T,), (T,), (N,), (J,), (J,), (K,), (T,), (P,), (H,)),
)


def _hangul(word: str) -> Skeleton:
    classes: list[int] = []
    vowels = ANY
    for at, syllable in enumerate(word):
        initial, rest = divmod(ord(syllable) - 0xAC00, 588)
        medial, final = divmod(rest, 28)
        sound = _INITIALS[initial]
        if not sound and at == 0:
            classes.append(VOWEL)
        elif sound and not (sound == L and classes[-1:] == [L]):
            classes.append(sound)
        classes += _FINALS[final]
        if vowels == ANY and _MEDIALS[medial] != "0":
            vowels = _bits(_MEDIALS[medial])
    return Skeleton(tuple(classes), vowels)


_KANA_ROWS = {
    "アイウエオ": (),
    "カキクケコ": (K,),
    "ガギグゲゴ": (K,),
    "サシスセソ": (S,),
    "ザジズゼゾ": (J,),
    "タチツテト": (T,),
    "ダヂヅデド": (T,),
    "ナニヌネノ": (N,),
    "ハヒフヘホ": (H,),
    "バビブベボ": (P,),
    "パピプペポ": (P,),
    "マミムメモ": (M,),
    "ラリルレロ": (L,),
}
_KANA: dict[str, tuple[int, ...]] = {
    **{letter: classes for row, classes in _KANA_ROWS.items() for letter in row},
    **{"チ": (J,), "ヂ": (J,), "ツ": (T, S), "ヅ": (J,), "フ": (P,), "ヴ": (P,), "ン": (N,)},
    **dict.fromkeys("ヤユヨワヲァィゥェォャュョヮッー・", ()),
}
_KANA_VOWELS = {
    **{letter: _bits(vowel) for row in _KANA_ROWS for letter, vowel in zip(row, "ai0eo", strict=True) if vowel != "0"},
    **{"ウ": _bits("u"), "ヤ": _bits("a"), "ユ": _bits("u"), "ヨ": _bits("o"), "ワ": _bits("a")},
    **{"ト": ANY, "ド": ANY},
}
_SMALL_VOWELS = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ャ": "a", "ュ": "u", "ョ": "o"}


def _katakana(word: str) -> Skeleton:
    classes: list[int] = []
    for at, letter in enumerate(word):
        sounds = _KANA[letter]
        if letter == "ン" and _KANA[word[at + 1 : at + 2] or "ア"][:1] in ((P,), (M,)):
            sounds = (M,)
        classes += sounds or ((VOWEL,) if at == 0 else ())
    small = _SMALL_VOWELS.get(word[1:2])
    return Skeleton(tuple(classes), _bits(small) if small else _KANA_VOWELS.get(word[0], ANY))


def _table(text: str) -> dict[str, tuple[int, ...]]:
    """Read `letters=sounds` fields, the sounds as names of classes."""
    names = {"k": K, "n": N, "t": T, "l": L, "m": M, "p": P, "s": S, "j": J, "h": H}
    fields = [field.partition("=") for field in text.split()]
    return {letter: tuple(names[name] for name in sounds) for letters, _, sounds in fields for letter in letters}


_CYRILLIC = _table("бпвф=p гґкқ=k дт=t жзчџђћ=j сшщ=s ц=ts лрљ=l м=m нњң=n хһ=h")
_DEVANAGARI = _table("कखगघ=k ङञणनँं=n चछजझ=j टठडढतथदध=t पफबभव=p म=m रलळ=l शषस=s ह=h")
_NG = re.compile("(?<=н)г(?=[бвджзкмнпстфхцчшщ])|(?<=ं)ग(?=[क-नप-मवशषसह])")
"""What is written g after n for an English ng before a consonant; it is one sound."""


def _cyrillic(word: str) -> Skeleton:
    return _letters(word, _CYRILLIC)


def _devanagari(word: str) -> Skeleton:
    return _letters(word, _DEVANAGARI)


def _letters(word: str, table: dict[str, tuple[int, ...]]) -> Skeleton:
    classes = [] if word[0] in table else [VOWEL]
    for letter in _NG.sub("", word):
        classes += table.get(letter, ())
    return Skeleton(tuple(classes))


_READERS = (
    (re.compile(r"[a-zß-öø-ɏḁ-ỿ]+"), _latin),
    (re.compile(r"[가-힣]+"), _hangul),
    (re.compile(f"[{''.join(_KANA)}]+"), _katakana),
    (re.compile(r"[а-џґқңһ\u0301]+"), _cyrillic),
    (re.compile(r"[\u0901-\u0963]+"), _devanagari),
)
