"""Which morphemes lean on another one: endings, auxiliaries, suffixes and counters, and the morpheme that bears them.

An aligner finds the stem of a predicate; what inflects it has no partner of its own. With the heads from here it can
share the stem's links (`aligners.attachment`), so that a link covers the whole predicate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.korean import has_korean_tags
from cscl_data.text.tokenizers.learned import ENDING_POS, LEARNED

_Heads = tuple[int | None, ...]

_KOREAN_LEANING = ("E", "XS", "VX", "VCP")
_KOREAN_MARKERS = ("J", *_KOREAN_LEANING, "SF")
_KOREAN_STEMLESS = ("J", "SF", "SE", "SSO", "SSC", "SC", "SY")

_GERUND = frozenset({"て", "で", "ちゃ", "じゃ"})
_ATTRIBUTIVE = frozenset({"な", "に"})
_LIGHT = frozenset({"する", "為る", "できる", "出来る", "いたす", "致す", "なさる", "為さる", "くださる", "下さる"})
_SUFFIXES = {
    "形状詞的": "adjectival suffix",
    "動詞的": "verb suffix",
    "形容詞的": "verb suffix",
    "サ変": "action suffix",
}
_VERBAL = frozenset({"verb", "gerund", "adjective"})


def heads_of(text: str, tokens: Sequence[Token], tokenizer: str) -> _Heads:
    """Return, for each token, the 0-based index of the token it leans on; None for one that stands by itself.

    A head stands before what leans on it and never leans on another. Korean (mecab-ko, kiwi): endings, the copula,
    auxiliary verbs and derivational suffixes written on their stem; particles stand by themselves. Japanese (sudachi):
    auxiliaries, て, the verbs and adjectives behind it, する behind a noun of action, な and に behind an adjectival
    noun, suffixes, counters. Learned pieces: the ending, on its stem. Our default; see `docs/methods.md`.

    Args:
        text: the raw text.
        tokens: its tokens, with the tokenizer's tags.
        tokenizer: the tokenizer's name; there are rules for `mecab-ko`, `kiwi`, `sudachi-A`, `-B`, `-C`
            and `learned-...`.

    Example:
        >>> from cscl_data.text.tokenizers import tokenizer_for
        >>> ja = tokenizer_for("ja")
        >>> heads_of("本を読んでいた", ja.tokens("本を読んでいた"), ja.name)
        (None, None, None, 2, 2, 2)
    """
    rule = _rule(tokenizer)
    return rule(text, tokens) if rule else (None,) * len(tokens)


def has_heads(tokenizer: str) -> bool:
    """Tell whether there are rules for the tags of a tokenizer."""
    return _rule(tokenizer) is not None


def only_marks(token: Token, tokenizer: str) -> bool:
    """Tell whether a token is a particle, an ending, a suffix or a stop: it marks the word that it is a part of.

    Known of Korean (mecab-ko, kiwi) and of learned endings.
    """
    return token.pos == ENDING_POS or (has_korean_tags(tokenizer) and token.pos.startswith(_KOREAN_MARKERS))


def _rule(tokenizer: str) -> Callable[[str, Sequence[Token]], _Heads] | None:
    if has_korean_tags(tokenizer):
        return _korean
    if tokenizer.startswith("sudachi"):
        return _japanese
    return _learned if tokenizer.startswith(LEARNED) else None


def _learned(_text: str, tokens: Sequence[Token]) -> _Heads:
    return tuple(i - 1 if token.pos == ENDING_POS else None for i, token in enumerate(tokens))


def _korean(text: str, tokens: Sequence[Token]) -> _Heads:
    heads: list[int | None] = []
    stem: int | None = None
    for i, (token, touches) in enumerate(zip(tokens, _touching(text, tokens, ""), strict=True)):
        if not touches:
            stem = None
        leans = stem is not None and token.pos.startswith(_KOREAN_LEANING)
        heads.append(stem if leans else None)
        if not leans:
            stem = None if token.pos.startswith(_KOREAN_STEMLESS) else i
    return tuple(heads)


def _japanese(text: str, tokens: Sequence[Token]) -> _Heads:
    heads: list[int | None] = []
    head: int | None = None
    state = ""
    for i, (token, touches) in enumerate(zip(tokens, _touching(text, tokens, " "), strict=True)):
        role = _japanese_role(text[token.start : token.end], token.pos)
        leans, state = _japanese_step(role, token.lemma, state if touches else "")
        if not leans:
            head = i
        heads.append(head if leans else None)
    return tuple(heads)


@lru_cache(maxsize=65_536)
def _japanese_role(piece: str, pos: str) -> str:
    """Name what the morpheme does, by Sudachi's tag."""
    if pos.startswith("助動詞"):
        return "attributive" if piece in _ATTRIBUTIVE else "auxiliary"
    if pos.startswith("助詞"):
        return "gerund" if piece in _GERUND and pos.startswith("助詞-接続助詞") else ""
    if pos.startswith("接尾辞"):
        return next((name for tag, name in _SUFFIXES.items() if tag in pos), "noun suffix")
    if pos.startswith(("動詞", "形容詞")):
        kind = "verb" if pos.startswith("動詞") else "adjective"
        return f"bound {kind}" if "非自立可能" in pos else kind
    if pos.startswith("名詞"):
        if pos.startswith("名詞-数詞"):
            return "number"
        if "助数詞" in pos:
            return "counter"
        return "action" if "サ変" in pos else "adjectival" if "形状詞可能" in pos else "noun"
    if pos.startswith("形状詞"):
        return "adjectival"
    return "noun" if pos.startswith("代名詞") else ""


def _japanese_step(role: str, lemma: str, state: str) -> tuple[bool, str]:
    """Return whether a morpheme of this role leans on what stands before it, and the state behind it.

    The state is "" (nothing may lean), or what the last word is: a number, a counted number, a noun of one of three
    kinds, a verb, a gerund, an adjective.
    """
    match role:
        case "auxiliary":
            leans = state in _VERBAL
            return leans, "verb" if leans else ""
        case "attributive":
            return state in _VERBAL or state == "adjectival", "verb" if state in _VERBAL else ""
        case "gerund":
            leans = state in {"verb", "adjective"}
            return leans, "gerund" if leans else ""
        case "bound verb":
            return state == "gerund" or (state == "action" and lemma in _LIGHT), "verb"
        case "bound adjective":
            return state in {"verb", "gerund"}, "adjective"
        case "adjectival suffix" | "verb suffix" | "action suffix":
            return state != "", role.removesuffix(" suffix")
        case "noun suffix":
            return state != "", "counted" if state in {"number", "counted"} else "noun"
        case "counter":
            leans = state == "number"
            return leans, "counted" if leans else "noun"
        case _:
            return False, role


def _touching(text: str, tokens: Sequence[Token], gap: str) -> Iterator[bool]:
    """Yield, for each token, whether nothing (or only `gap`) stands between it and the one before it."""
    end = -1
    for token in tokens:
        yield token.start == end or (end >= 0 and text[end : token.start] == gap)
        end = token.end
