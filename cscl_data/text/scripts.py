"""In which script a text is written, told by the names of its letters."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from cscl_data.text.protected import protected_spans

_BY_NAME = {
    "ARABIC": "Arab",
    "ARMENIAN": "Armn",
    "BENGALI": "Beng",
    "CJK": "Hani",
    "CYRILLIC": "Cyrl",
    "DEVANAGARI": "Deva",
    "ETHIOPIC": "Ethi",
    "GEORGIAN": "Geor",
    "GREEK": "Grek",
    "GUJARATI": "Gujr",
    "GURMUKHI": "Guru",
    "HANGUL": "Hang",
    "HEBREW": "Hebr",
    "HIRAGANA": "Kana",
    "KANNADA": "Knda",
    "KATAKANA": "Kana",
    "KHMER": "Khmr",
    "LAO": "Laoo",
    "LATIN": "Latn",
    "MALAYALAM": "Mlym",
    "MYANMAR": "Mymr",
    "OL": "Olck",
    "ORIYA": "Orya",
    "SINHALA": "Sinh",
    "TAMIL": "Taml",
    "TELUGU": "Telu",
    "THAI": "Thai",
    "TIBETAN": "Tibt",
    "TIFINAGH": "Tfng",
}
_HAN = frozenset({"Hani"})
_LETTERS = {"Jpan": _HAN | {"Kana"}, "Hans": _HAN, "Hant": _HAN}
_WIDTHS = frozenset({"FULLWIDTH", "HALFWIDTH"})
_DENSE = frozenset({"Hang", "Hani", "Kana"})


def letters_by_script(texts: Iterable[str]) -> Counter[str]:
    """Count letters by ISO 15924 code, code and links left out; kana count as `Kana`, Han characters as `Hani`.

    A letter of Hangul, Han or kana counts twice, for it says about as much as two of an alphabet. Letters of other
    scripts than those of `text/languages.py` count as `Zyyy`.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        at = 0
        for start, end in (*protected_spans(text), (len(text), len(text))):
            counts.update(_script(char) for char in text[at:start] if char.isalpha())
            at = end
    for script in _DENSE & counts.keys():
        counts[script] *= 2
    return counts


@lru_cache(maxsize=1 << 16)
def _script(char: str) -> str:
    words = unicodedata.name(char, "").split(" ", 2)
    first = words[1] if len(words) > 1 and words[0] in _WIDTHS else words[0]
    return _BY_NAME.get(first, "Zyyy")


def letters_of(script: str) -> frozenset[str]:
    """Return the scripts whose letters the script of a language is made of: Han characters and kana for `Jpan`."""
    return _LETTERS.get(script, frozenset({script}))


@lru_cache(maxsize=1 << 16)
def scripts_in(text: str) -> frozenset[str]:
    """Return the scripts of the letters in a text, as `letters_by_script` names them."""
    return frozenset(_script(char) for char in text if char.isalpha())


def script_name(script: str) -> str:
    """Return what people call a script: `Hangul` for `Hang`; its code where there is no word for it here."""
    words = {code: word.title() for word, code in _BY_NAME.items()}
    return (words | {"Hani": "Han characters", "Kana": "kana", "Jpan": "Japanese", "Olck": "Ol Chiki"}).get(
        script, script
    )
