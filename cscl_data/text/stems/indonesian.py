"""Indonesian affixes taken off: prefixes with their nasals, suffixes, circumfixes and doubled words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_PLAIN = re.compile(r"[a-z]{4,}(?:-[a-z]+)?")
_VOWEL = re.compile(r"[aeiou]")
_CLITIC = re.compile(r"(?:nya|(?<=\w{5})(?:lah|kah|ku|mu))\Z")
_PREFIXED = re.compile(r"ber|ter|per|me|pe|di|ke|se")
_GRAMMAR = """
    dengan jangan mereka menurut mengapa mengenai melalui kemudian ketika kepada dimana sedang sedangkan sementara
    beberapa begini begitu berapa beliau tetapi terhadap tersebut setelah januari februari
"""
"""Words of grammar and names that look as if they had affixes."""
_INITIAL = """
    beri berikut berapa belakang besar bentuk periksa perintah perlu pernah perangkat percaya pergi peran terima terap
    terbit terjemah terus terang direktori dinamis kembali kemas kenal kerja kepala keluar
"""
"""Beginnings of roots that look like prefixes."""
_INITIAL_M = "makan makna mint mul mil mat mas main moh mua muda mungkin muncul maaf malu"
_INITIAL_N = "naik nila nant nama nikm nyala nyata"
"""Beginnings of roots that keep their own nasal behind meN- and peN-."""
_INITIAL_K = """
    irim erja embal embang etik etahu ontrol umpul urang elola enal endali unjung ejar ecil uasa atak onfirmasi onversi
    onfigur ompil unci eluar eluh osong
"""
"""Beginnings of roots in k- behind meng- and peng-, which swallow it; before other vowels nothing is missing."""
_WHOLE = frozenset(_GRAMMAR.split())
_ROOTS, _NASAL_M, _NASAL_N = (tuple(words.split()) for words in (_INITIAL, _INITIAL_M, _INITIAL_N))
_LOST_K = tuple(_INITIAL_K.split())


@lru_cache(maxsize=65_536)
def indonesian_stem(word: str) -> str:
    """Return the lowercased word without its affixes, a root of at least four letters or what is left of one.

    A prefix goes first: meN- and peN- with the sound that they swallow (`menulis`: `tulis`, `memakai`: `pakai`), di-,
    ber-, ter-, per-, and ke- where -an follows; then per- or ber- behind another one; then -kan, -an, -i. -nya, -lah,
    -kah, -ku and -mu go before. Of a doubled word one half is left. The rules are those of the grammar, without a
    dictionary: some roots lose a syllable, but in all their forms (our default).

    Source:
        adriani-etal-2007-stemming (the affixes and their order). Deviation: no dictionary.

    Example:
        >>> words = ("menulis", "penulisan", "diperbaiki", "memberikan", "anak-anaknya", "keamanan", "dengan")
        >>> [indonesian_stem(word) for word in words]
        ['tulis', 'tulis', 'baik', 'beri', 'anak', 'aman', 'dengan']
    """
    word = word.lower()
    if word in _WHOLE or not _PLAIN.fullmatch(word):
        return word
    first, dash, second = word.partition("-")
    if dash:
        one, other = indonesian_stem(first), indonesian_stem(second)
        return other if one == other or one.endswith(other) or first in second else word
    bare = _CLITIC.sub("", word)
    if len(bare) >= 4 and (word.endswith("nya") or not _PREFIXED.match(word)):
        word = bare
    inner = _without_prefix(word)
    noun = inner != word and word.startswith(("pe", "ke")) and word.endswith("an")
    if inner != word and inner.startswith(("per", "ber")):
        inner = _without_prefix(inner)
    return _without_suffix(_without_suffix(inner, noun), noun)


def _without_prefix(word: str) -> str:
    if word.startswith(_ROOTS):
        return word
    return next((root for root in _candidates(word) if len(root) >= 4 and _VOWEL.search(root)), word)


def _candidates(word: str) -> Iterator[str]:
    """Yield what the prefixes that the spelling allows would leave."""
    kind, rest = word[:2], word[2:]
    if kind in ("me", "pe"):
        if re.match("ny[aeiou]", rest):
            yield "s" + rest[2:]
        elif re.match("ng[aeioughk]", rest):
            yield "k" + rest[2:] if rest[2:].startswith(_LOST_K) else rest[2:]
        elif re.match("m[aeiou]", rest):
            yield rest if rest.startswith(_NASAL_M) else "p" + rest[1:]
        elif re.match("n[aeiou]", rest):
            yield rest if rest.startswith(_NASAL_N) else "t" + rest[1:]
        elif re.match("m[bpfv]|n[dcjsz]", rest):
            yield rest[1:]
        elif re.match("[lwy][aeiou]|ker" if kind == "pe" else "[lrwy][aeiou]", rest):
            yield rest
    if word.startswith(("ber", "ter", "per")):
        yield word[3:]
    if kind == "di" or (kind == "ke" and word.endswith("an")) or word.startswith("beker"):
        yield rest


def _without_suffix(word: str, noun: bool) -> str:
    for suffix in ("an",) if noun else ("kan", "an", "i"):
        root = word.removesuffix(suffix)
        if root != word and len(root) >= 4 and not (suffix == "i" and root[-1] in "aeious"):
            return root
    return word
