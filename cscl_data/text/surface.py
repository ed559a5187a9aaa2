"""What a switched-in word asks of its surroundings: a Korean particle's form, a capital, a space at the joint."""

from __future__ import annotations

import re
import unicodedata

from cscl_data.text.irregular import PASTS

CONSONANT, VOWEL, RIEUL = "consonant", "vowel", "rieul"

_PARTICLES = {
    # after a consonant: after a vowel
    "으로": "로",
    "이나마": "나마",
    "이라도": "라도",
    "이라고": "라고",
    "이라는": "라는",
    "이든지": "든지",
    "이나": "나",
    "이란": "란",
    "이든": "든",
    "이랑": "랑",
    "이며": "며",
    "은": "는",
    "이": "가",
    "을": "를",
    "과": "와",
    "아": "야",
}
_FOLLOWERS = r"(?:서|써|부터|는|도|만|의|까지|조차|마저|나마|밖에|선|썬)*"
_TAIL = re.compile(rf"({'|'.join([*_PARTICLES, *_PARTICLES.values()])})({_FOLLOWERS})")
_LETTER_SOUND = {"l": RIEUL, "r": RIEUL, "m": CONSONANT, "n": CONSONANT}
_DIGIT_SOUND = dict.fromkeys("2459", VOWEL) | dict.fromkeys("178", RIEUL) | dict.fromkeys("036", CONSONANT)
_SURU = re.compile(r"す(?:る|れ|べ)|し(?:$|[たてまなよろつ])|さ(?:れ|せ)|せ(?:よ|ず)|でき|出来|いたし|致し|なさ")
_INFLECTED = re.compile(r"[a-z]{2}(?:ed|ing)$|[^sui]s$|[a-z]{3}ly$")
_NO_NOUN = re.compile(r"[a-z]{3}(?:ly|[^e]ed|ous|ful|less|ical|ible|etary|iest)$")
_AS_CONSONANT = (
    *("book", "notebook", "cook", "look", "foot", "good"),
    *("club", "pub", "web", "job", "bag", "big", "europe"),
)
_AS_VOWEL = ("set", "hit", "net", "jet", "pet", "chile")
_KNOWN_SOUND = dict.fromkeys(_AS_CONSONANT, CONSONANT) | dict.fromkeys(_AS_VOWEL, VOWEL)
"""Words that Korean writes otherwise than the rules by spelling say (`북`, `세트`)."""
_SHORT_STOP = re.compile(r"(?:^|[^aeiouy])[aeiou](?:ck|[ptk])$")


def final_sound(word: str) -> str | None:
    """Return how a word ends when it is read aloud in Korean: `consonant`, `vowel`, `rieul`, or None if unknown.

    Hangul by its final letter, digits by their Sino-Korean reading, acronyms by the name of the last letter, other
    Latin words by spelling (an approximation).

    Source:
        Standard Korean grammar; the spelling rules for Latin words are our default.
    """
    letters = "".join(char for char in unicodedata.normalize("NFC", word) if char.isalnum())
    if not letters:
        return None
    last = letters[-1]
    if "가" <= last <= "힣":
        final = (ord(last) - 0xAC00) % 28
        return VOWEL if final == 0 else RIEUL if final == 8 else CONSONANT
    if last in _DIGIT_SOUND:
        return _DIGIT_SOUND[last]
    run = re.search(r"[A-Za-z]+$", letters)
    return _latin_sound(run.group()) if run else None


def fit_particle(tail: str, word: str) -> str:
    """Return what stands behind `word` for the particles in `tail`; only the first one has two forms.

    Args:
        tail: what followed the replaced stem, for example `을` or `으로는`.
        word: the word that now stands before it.

    Example:
        >>> fit_particle("을", "factor"), fit_particle("는", "system"), fit_particle("으로", "school")
        ('를', '은', '로')
    """
    found = _TAIL.fullmatch(unicodedata.normalize("NFC", tail))
    sound = final_sound(word)
    if found is None or sound is None:
        return tail
    particle, rest = found.groups()
    for after_consonant, after_vowel in _PARTICLES.items():
        if particle in (after_consonant, after_vowel):
            as_vowel = sound == VOWEL or (sound == RIEUL and after_consonant == "으로")
            fitted = (after_vowel if as_vowel else after_consonant) + rest
            return fitted if unicodedata.normalize("NFC", tail) != fitted else tail
    return tail


def fits_place(word: str, *, predicate: bool, marked: bool) -> bool:
    """Tell whether an embedded word can stand before what stays of a Korean or Japanese one.

    Before 하다, 되다 and する an English word stands in its base form (`call하는`, never `called하는`); before a
    particle it is no adverb in -ly, no past form, and no adjective that its ending tells. Words in other letters always
    fit. Our default.

    Args:
        word: the embedded word or words.
        predicate: whether 하다, 되다 or する follows.
        marked: whether anything follows: a particle, a copula.
    """
    lower = word.lower()
    if not lower.isascii() or not (predicate or marked):
        return True
    return not ((_INFLECTED if predicate else _NO_NOUN).search(lower) or lower.split()[-1] in PASTS)


def opens_with_suru(text: str) -> bool:
    """Tell whether a Japanese word is a form of する, or of what stands for it (できる, いたす, なさる).

    Example:
        >>> [word for word in ("しました", "は", "できる", "すぐ") if opens_with_suru(word)]
        ['しました', 'できる']
    """
    return _SURU.match(text) is not None


def needs_space(left: str, right: str) -> bool:
    """Tell whether two characters that now touch belong to words that spaces divide (`machine` + `learning`)."""
    return _divides_words(left) and _divides_words(right)


def recased(text: str, *, opens_source: bool, opens_result: bool, is_name: bool) -> str:
    """Give the first letter the case it has in its new place.

    Args:
        text: the words as they stand in the sentence they come from.
        opens_source: whether they opened that sentence.
        opens_result: whether they open the new one.
        is_name: whether the first word is a name and keeps its capital.
    """
    if not text or opens_source == opens_result:
        return text
    if opens_result:
        return text[0].upper() + text[1:] if len(text[0].upper()) == 1 else text
    first_word = re.match(r"\w+", text)
    plain = first_word is not None and not is_name and first_word.group()[1:].islower()
    return text[0].lower() + text[1:] if plain and len(text[0].lower()) == 1 else text


def _latin_sound(word: str) -> str:
    if word.isupper():
        return _LETTER_SOUND.get(word[-1].lower(), VOWEL)
    lower = word.lower()
    if lower in _KNOWN_SOUND:
        return _KNOWN_SOUND[lower]
    if lower.endswith(("l", "le")):
        return RIEUL
    if re.search(r"(?:m|n|ng|mb|[aeiou]me|[aeiou]ne|[aeiou]c)$", lower) or _SHORT_STOP.search(lower):
        return CONSONANT
    return VOWEL


def _divides_words(char: str) -> bool:
    if not char.isalnum():
        return False
    name = unicodedata.name(char, "")
    return not name.startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "MYANMAR", "KHMER", "TIBETAN"))
