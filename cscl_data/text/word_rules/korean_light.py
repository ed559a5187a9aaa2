"""하다 for a foreign stem: what stands behind an embedded verb or adjective in the place of a Korean one.

`부르는` with its stem replaced is `call하는`, `높습니다` is `high합니다`, `받았다` is `receive했다`.
"""

from __future__ import annotations

import unicodedata

from cscl_data.text.tokenizers.base import Token

_STEMS = frozenset({"VV", "VA"})
_MERGED = {"았": "했", "었": "했", "였": "했"}
_FIRST_SYLLABLES = {"은": "한", "을": "할", "음": "함", "습": "합", "아": "해", "어": "해", "여": "해", "으": "하"}
_FINALS = {"ᆫ": "한", "ᆯ": "할", "ᆷ": "함", "ᆸ": "합"}
_JOINED = (
    ("ᆸ", "합", ("니다", "니까", "시다", "니다만")),
    ("ᆫ", "한", ("다", "다고", "다는", "다면", "다며", "다거나", "데", "데도", "지", "지도")),
    ("ᆯ", "할", ("지", "지도", "수록", "까", "게", "래", "뿐")),
)
"""What follows a stem that took the first consonant of its ending: `간다고`, `갈지`, `갑니다`."""
_WHOLE = ("면서", "니까", "려고", "므로", "면", "려", "러", "며")
"""Endings that open with a vowel behind a consonant, and come in one morpheme with the stem (`걸으면서`)."""
_OF_DECLARATIONS = ("다", "단", "대")
_OPEN_VOWELS = frozenset("ᅡᅥᅧᅢᅦᅪᅯᅫ")
_EP, _ADNOMINAL, _NOMINAL, _CONNECTIVE, _FINAL = "EP", "ETM", "ETN", "EC", "EF"


def light_tail(text: str, run: list[Token]) -> str:
    """Return the 하다 form that keeps the endings of a predicate; empty where it is none, or has no known form.

    Args:
        text: the raw text.
        run: the morphemes of one eojeol, with the tags of mecab-ko; the first is a verb or an adjective.

    Source:
        Standard Korean grammar: 하다 is regular but for 하 + 아/어 = 해 and 하 + 았/었 = 했.
    """
    first, rest = run[0], run[1:]
    parts = first.pos.split("+")
    if parts[0] not in _STEMS or any(token.pos[:1] != "E" for token in rest):
        return ""
    tail = "".join(text[token.start : token.end] for token in rest)
    tail = unicodedata.normalize("NFC", tail)
    if len(parts) == 1:
        return _behind_a_bare_stem(parts[0], rest[0].pos, tail) if rest else ""
    head = _contracted(unicodedata.normalize("NFC", text[first.start : first.end]), parts[1:])
    return head + tail if head else ""


def _behind_a_bare_stem(stem: str, pos: str, tail: str) -> str:
    if pos.startswith(_EP) and tail[0] in _MERGED:
        return _MERGED[tail[0]] + tail[1:]
    if tail.startswith("는") and (tail[1:2] in _OF_DECLARATIONS or (stem == "VA" and pos.startswith(_ADNOMINAL))):
        return "한" + tail[1:]  # 닫는다: close한다; 쓸모없는: useless한
    return _FIRST_SYLLABLES.get(tail[0], f"하{tail[0]}") + tail[1:]


def _contracted(surface: str, endings: list[str]) -> str:
    """Return the form for a stem that has run together with its first endings (`갈`, `갔`, `갑니다`, `봐`)."""
    final = unicodedata.normalize("NFD", surface[-1])[-1]
    if endings == [_EP]:
        return "했" if final == "ᆻ" else ""
    if endings in ([_ADNOMINAL], [_NOMINAL]):
        return _with_consonant(surface) or _FINALS.get(final, "")
    if endings in ([_CONNECTIVE], [_FINAL]):
        return _run_together(surface, final)
    return ""


def _run_together(surface: str, final: str) -> str:
    whole = next((tail for tail in _WHOLE if surface.endswith(tail) and len(surface) > len(tail)), "")
    return _with_consonant(surface) or (f"하{whole}" if whole else "해" if final in _OPEN_VOWELS else "")


def _with_consonant(surface: str) -> str:
    """Return the form for a stem that took the first consonant of its ending, empty for others."""
    for batchim, form, tails in _JOINED:
        for tail in tails:
            before = surface[: len(surface) - len(tail)]
            if before and surface.endswith(tail) and unicodedata.normalize("NFD", before)[-1] == batchim:
                return form + tail
    return ""
