"""Korean words: eojeol, each with the tail that stays behind when its stem is replaced."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.protecting import PROTECTED_POS
from cscl_data.text.word_rules.base import CONTENT, FUNCTION, NONE, PROTECTED, Word, has_letter, word
from cscl_data.text.word_rules.korean_light import light_tail

_NOMINAL = frozenset(
    {"NNG", "NNP", "NNB", "NNBC", "NR", "NP", "XR", "SL", "SH", "SN", "XPN", "XSN", "MAG", "MM", "IC", "UNKNOWN", "UNA"}
)
_CLOSED = frozenset({"NNB", "NNBC", "NP", "MM", "MAJ", "VX", "XSN", "XPN"})
_TAIL_HEADS = ("J", "XSV", "XSA", "VCP")
_CONTENT = frozenset({"NNG", "NNP", "NP", "NR", "XR", "SL", "VV", "VA", "MAG", "MAJ", "MM"})
_LEANING = frozenset({"위하다", "대하다", "관하다", "통하다", "따르다", "의하다", "인하다"})
_LIGHT = frozenset({"하다", "되다", "있다", "않다", "이다"})
_PREDICATES = {"XSV": "VERB", "XSA": "ADJ", "VV": "VERB", "VA": "ADJ", "VCN": "ADJ"}
_PREDICATE = frozenset(_PREDICATES.values())
_TAGS = {"NNP": "PROPN", "NP": "PRON", "NR": "NUM", "MAG": "ADV", "MM": "DET", "IC": "INTJ", "SL": "X"}
_TAGS |= dict.fromkeys(("NNG", "XR", "XSN", "NNB"), "NOUN")
_RELATING = {
    "XSN": frozenset({"상", "별", "씩", "쯤", "경", "가량"}),
    "NNB": frozenset({"씨", "측", "내", "중", "간", "상", "별", "후"}),
    "NNG": frozenset({"후", "중", "내"}),
}
"""What stays with the particles behind a noun: suffixes of relation and titles, by the tags analysers give them."""
_ADJECTIVAL = "적"
_INNER = frozenset("-·'’.,")


def korean_rule(text: str, tokens: list[Token]) -> list[Word]:
    """Build eojeol from morphemes.

    An eojeol is what stands between spaces, less punctuation at its ends and protected spans in it. Its tail begins at
    the particles, the copula, or the 하다/되다 behind a nominal stem, and takes in a suffix of relation or a title
    before them (`국가별로`, `배튼씨는`); a verb or an adjective has none, nor has a noun that 적 makes an adjective
    or an adverb (`과학적인`, `물리적으로`). A postposition made of a verb (`에대한`, `을통해`) written without its
    space is a word of its own.
    """
    return [made for eojeol in _eojeol(text, tokens) for made in _words(text, eojeol)]


def _eojeol(text: str, tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield runs of touching morphemes; a symbol or a protected piece is a run of its own."""
    run: list[Token] = []
    for i, token in enumerate(tokens):
        apart = token.pos == PROTECTED_POS or (_is_symbol(text, token) and not _links(text, tokens, i, run))
        if run and (apart or run[-1].end != token.start):
            yield run
            run = []
        if apart:
            yield [token]
        else:
            run.append(token)
    if run:
        yield run


def _is_symbol(text: str, token: Token) -> bool:
    return (token.pos[:1] == "S" and token.pos[:2] not in {"SL", "SH", "SN"}) or not _has_word_char(text, token)


def _has_word_char(text: str, token: Token) -> bool:
    return any(char.isalnum() for char in text[token.start : token.end])


def _links(text: str, tokens: list[Token], i: int, run: list[Token]) -> bool:
    """Tell whether a symbol joins two parts of one word (`e-메일`, `3.5`)."""
    token = tokens[i]
    if not run or run[-1].end != token.start or text[token.start : token.end] not in _INNER or i + 1 == len(tokens):
        return False
    following = tokens[i + 1]
    if following.start != token.end or following.pos == PROTECTED_POS or not text[following.start].isalnum():
        return False
    before, mark, after = text[token.start - 1], text[token.start], text[following.start]
    if mark in ",.":
        return before.isdigit() and after.isdigit()
    return mark not in "'’" or (before.isascii() and after.isascii())


def _words(text: str, run: list[Token]) -> Iterator[Word]:
    start, end = run[0].start, run[-1].end
    if run[0].pos == PROTECTED_POS:
        yield word(start, end, PROTECTED)
        return
    if not any(_has_word_char(text, token) for token in run):
        yield word(start, end, NONE)
        return
    stem = 0
    while stem < len(run) and (_head(run[stem]) in _NOMINAL or (stem and run[stem].pos[:1] in ("", "S"))):
        stem += 1
    again = _content_again(run, stem)
    if again is not None and run[again].lemma in _LEANING:
        yield from _words(text, run[:again])
        yield from _words(text, run[again:])
        return
    if again is not None:
        # Two contents in one eojeol: mostly a foreign name that the analyser took apart (마이크+로+소프트).
        stem = again + 1 if _head(run[again]) in _NOMINAL else len(run)
    kind = _kind(text, run, stem)
    made = _adjectival(text, run, stem)
    if made:
        light = "한" if made == "ADJ" else ""
        yield Word(start, end, end, kind, False, made, light, "")
        return
    relates = kind == CONTENT and again is None and _relates(text, run, stem)
    stem -= relates
    has_tail = 0 < stem < len(run) and (relates or _head(run[stem]).startswith(_TAIL_HEADS))
    stem_end = run[stem].start if has_tail and kind != NONE else end
    is_name = _head(run[0]) == "NNP" and (has_tail or stem == len(run))
    pos = _pos(run, stem) if kind == CONTENT else _bound_pos(run, stem) if kind == FUNCTION else ""
    light = light_tail(text, run) if pos in _PREDICATE and not stem else ""
    yield Word(start, end, stem_end, kind, is_name, pos, light, _lemma(text, run, stem) if pos in _PREDICATE else "")


def _adjectival(text: str, run: list[Token], stem: int) -> str:
    """Return the tag of a noun that 적 makes an adjective (`과학적인`) or an adverb (`물리적으로`), else empty."""
    if stem < 2 or stem == len(run) or _composed(text, run[stem - 1].start, run[stem - 1].end) != _ADJECTIVAL:
        return ""
    return {"인": "ADJ", "으로": "ADV"}.get(_composed(text, run[stem].start, run[-1].end), "")


def _relates(text: str, run: list[Token], stem: int) -> bool:
    """Tell whether the last morpheme of a stem is a suffix of relation, or a title, behind a noun."""
    if stem < 2 or _head(run[stem - 2]) not in {"NNG", "NNP", "SL", "XSN"}:
        return False
    last = run[stem - 1]
    return _composed(text, last.start, last.end) in _RELATING.get(_head(last), ())


def _composed(text: str, start: int, end: int) -> str:
    return unicodedata.normalize("NFC", text[start:end])


def _content_again(run: list[Token], stem: int) -> int | None:
    """Find the last content morpheme that stands behind a particle of the same eojeol."""
    found = None
    seen_particle = False
    for i in range(stem, len(run)):
        head = _head(run[i])
        if seen_particle and head in _CONTENT and run[i].end - run[i].start + len(run[i].lemma) > 1:
            found = i
            if run[i].lemma in _LEANING:
                return i
        seen_particle = seen_particle or (head.startswith("J") and i > 0)
    return found


def _kind(text: str, run: list[Token], stem: int) -> str:
    heads = [_head(token) for token in run[:stem]]
    if not heads:
        first = run[0]
        closed = _head(first) in _CLOSED or _head(first)[:1] in {"J", "E"} or first.pos.startswith(_TAIL_HEADS)
        return FUNCTION if closed or first.lemma in _LIGHT else CONTENT
    if heads[0] in {"SN", "NR"} and all(
        head in {"SN", "NR", "NNBC", "NNB", "XSN"} or head[:1] == "S" for head in heads
    ):
        return NONE if not has_letter(text[run[0].start : run[0].end]) else FUNCTION
    return FUNCTION if all(head in _CLOSED for head in heads) else CONTENT


def _pos(run: list[Token], stem: int) -> str:
    """Return the Universal POS tag of an eojeol: what its stem is, made a predicate by a 하다 behind it."""
    if stem < len(run) and _head(run[stem]) in _PREDICATES:
        return _PREDICATES[_head(run[stem])]
    return _TAGS.get(_head(run[stem - 1] if stem else run[0]), "")


def _lemma(text: str, run: list[Token], stem: int) -> str:
    """Return the dictionary form of a predicate: of a verb, or of a nominal stem with 하다 or 되다."""
    return text[run[0].start : run[stem].start] + run[stem].lemma if stem < len(run) else ""


def _bound_pos(run: list[Token], stem: int) -> str:
    """Return the tag of a function word that cannot stand alone, empty for others.

    `ADP` for a particle, `AUX` for an auxiliary, an ending or a bound noun (`수`, `때문`).
    """
    first = _head(run[0])
    if stem:
        return "AUX" if all(_head(token) in {"NNB", "NNBC"} for token in run[:stem]) else ""
    return "ADP" if first.startswith("J") else "" if first in _CLOSED - {"VX"} else "AUX"


def _head(token: Token) -> str:
    return token.pos.split("+", 1)[0]
