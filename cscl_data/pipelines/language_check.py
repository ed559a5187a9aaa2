"""Notices a language that is not in the table, and text that is not in the language given: swapped or mistyped.

The first rows of each side are looked at, by script; two languages of one script are told apart by function words,
where English or Indonesian is one of them.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from cscl_data.errors import ConfigError, InputError
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.records import Pair
from cscl_data.text.languages import Language, language
from cscl_data.text.scripts import letters_by_script, letters_of, script_name
from cscl_data.text.word_rules.spaced import word_lists

logger = logging.getLogger(__name__)

SAMPLED_ROWS = 300
"""Rows looked at. Our default."""
FOREIGN_BELOW, OTHER_ABOVE = 0.3, 0.6
"""A side looks foreign if less than this share of its letters is of its script, and more than that of one other.

Our defaults, far from both: in 65 bitexts of two scripts, documentation full of code among them, windows of 300 rows
have 0.85 or more of their own script, and 0.16 or less of the other language's.
"""
HARDLY_ANY = 0.02
"""A side that looks foreign while the other does not is refused below this share of its own script, else warned of."""
FEWEST_LETTERS, FEWEST_TO_WARN = 200, 40
"""Letters that a refusal and a warning need at least. Our defaults."""
_SHARED = frozenset({"Latn", "Cyrl", "Arab", "Deva"})
"""Scripts in which other languages than their own are written too: romanised Hindi, Serbian in Latin letters."""
_ONE_WAY = frozenset({"Hang", "Jpan", "Hans", "Hant"})
"""Scripts whose languages are not usually written in another one."""
_JAPANESE_FROM = 0.25
_LISTED = ("en", "id")
_LISTED_HERE, _LISTED_THERE, _FEWEST_WORDS = 0.1, 0.2, 200
"""Share of function words below which a side lacks them and above which it has them; in 70 bitexts of one script the
right side has 0.22 or more, the other 0.06 or less. Our defaults."""
_MOST_CHARS = 2_000
_COUNTRIES = {"kr": "ko", "jp": "ja", "cn": "zh-Hans", "vn": "vi", "ua": "uk", "cz": "cs", "gr": "el", "dk": "da"}
"""Codes of countries that are often written for languages."""
_WORD = re.compile(r"[^\W\d_]+")


class Side(NamedTuple):
    """One side of the input: the option that gave its language, the language's tag, and texts of it."""

    flag: str
    tag: str
    texts: Sequence[str]


class _Look(NamedTuple):
    """What a side looks like: letters seen, the share of its own script, and the other script it seems to be in."""

    letters: int
    own: float
    foreign: str


def settle(*tags: str) -> list[str]:
    """Return language tags in their usual form; one that is not in the table is warned of, once.

    Raises:
        ConfigError: a tag is malformed, or two are the same.
    """
    found = [language(tag) for tag in tags]
    twice = next((lang.tag for lang, count in Counter(found).items() if count > 1), None)
    if twice is not None:
        raise ConfigError(f"two languages are needed, and both are {twice}", hint="see --src-lang and --tgt-lang")
    for lang in dict.fromkeys(found):
        if not lang.known:
            meant = _COUNTRIES.get(lang.tag)
            logger.warning(
                "warning: language %s is not in the table; it runs on the rules of its script (%s)%s",
                lang.tag,
                script_name(lang.script),
                f" (hint: the language is {meant}, {lang.tag} a country)" if meant else "",
            )
    return [lang.tag for lang in found]


def check_bitext(spec: BitextSpec) -> None:
    """Look at the first rows of a bitext; see `check_sides`.

    Raises:
        InputError: a side is clearly not in its language, or the input cannot be read.
    """
    bitext = Bitext(spec)
    pairs = [item for item in islice(bitext, SAMPLED_ROWS) if isinstance(item, Pair)]
    sides = (
        Side("--src-lang", spec.src_lang, [pair.src_text for pair in pairs]),
        Side("--tgt-lang", spec.tgt_lang, [pair.tgt_text for pair in pairs]),
    )
    check_sides(sides, bitext.sources[0].given)


def check_sides(sides: Sequence[Side], given: str) -> None:
    """Refuse text that is clearly in another script than its language; warn where that is likely but not sure.

    Args:
        sides: one or two, each with up to `SAMPLED_ROWS` texts.
        given: what the input is called.

    Raises:
        InputError: the sides are swapped, or one is in a script that its language is not written in.
    """
    looks = [_look(language(side.tag), side.texts) for side in sides]
    if len(sides) == 2 and _swapped(sides, looks):
        first, second = sides
        seen = f" ({'; '.join(_says(side, look) for side, look in zip(sides, looks, strict=True))})"
        message = f"{given}: the two languages look swapped{seen if looks[0].foreign else ''}"
        hint = f"{first.flag} {second.tag} {second.flag} {first.tag}, or the two columns or files the other way round"
        _tell(message, hint, sure=min(look.letters for look in looks) >= FEWEST_LETTERS)
        return
    for side, look in zip(sides, looks, strict=True):
        if look.foreign:
            romanised = f"; romanised text is {language(side.tag).primary}-Latn" if look.foreign == "Latn" else ""
            _tell(
                f"{given}: {_says(side, look)}",
                f"{side.flag} takes the language that the text is in{romanised}; or name another column",
                sure=look.letters >= FEWEST_LETTERS and look.own < HARDLY_ANY and _is_odd(side, look),
            )


def _look(lang: Language, texts: Iterable[str]) -> _Look:
    counts = letters_by_script(text[:_MOST_CHARS] for text in texts)
    letters = sum(counts.values())
    if letters < FEWEST_TO_WARN or (not lang.known and f"-{lang.script}" not in lang.tag):
        return _Look(letters, 1.0, "")
    ours = letters_of(lang.script)
    own = sum(counts[script] for script in ours) / letters
    kana = counts["Kana"] / letters
    if ours == {"Hani"} and kana > _JAPANESE_FROM:
        return _Look(letters, 0.0, "Jpan")
    others = Counter({script: n for script, n in counts.items() if script not in ours})
    japanese = others.pop("Kana", 0) + others.pop("Hani", 0)
    others["Jpan" if kana > HARDLY_ANY else "Hani"] = japanese
    [(foreign, count)] = others.most_common(1)
    return _Look(letters, own, foreign if own < FOREIGN_BELOW and count > OTHER_ABOVE * letters else "")


def _swapped(sides: Sequence[Side], looks: Sequence[_Look]) -> bool:
    first, second = (language(side.tag) for side in sides)
    if first.script != second.script:
        return all(look.foreign for look in looks)
    if first.primary == second.primary:
        return False
    words = [_WORD.findall(" ".join(text[:_MOST_CHARS] for text in side.texts).lower()) for side in sides]
    if min(map(len, words)) < _FEWEST_WORDS:
        return False
    told = [
        (_share(words[here], lang), _share(words[1 - here], lang))
        for here, lang in enumerate((first, second))
        if lang.primary in _LISTED
    ]
    return bool(told) and all(own < _LISTED_HERE and other > _LISTED_THERE for own, other in told)


def _share(words: Sequence[str], lang: Language) -> float:
    """Return the share of words that are function words, or frequent adverbs, of a language."""
    lists = word_lists(lang.primary)
    known = lists.function | lists.open
    return sum(word in known for word in words) / len(words)


def _is_odd(side: Side, look: _Look) -> bool:
    return look.foreign not in _SHARED or language(side.tag).script in _ONE_WAY


def _says(side: Side, look: _Look) -> str:
    return f"the text of {side.flag} {side.tag} looks like {script_name(look.foreign)}"


def _tell(message: str, hint: str, *, sure: bool) -> None:
    if sure:
        raise InputError(message, hint=hint)
    logger.warning("warning: %s (hint: %s)", message, hint)
