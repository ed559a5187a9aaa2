"""Japanese words: nouns alone, a verb or an adjective with all that inflects it."""

from __future__ import annotations

import re

from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.japanese import joined_view
from cscl_data.text.tokenizers.protecting import PROTECTED_POS
from cscl_data.text.word_rules.base import CONTENT, FUNCTION, NONE, PROTECTED, Word, has_letter, word

_CHAINED_PARTICLES = frozenset({"て", "で", "ば", "たり", "だり", "ながら", "つつ", "ちゃ", "じゃ", "ず"})
_LIGHT = frozenset({"する", "為る", "ある", "有る", "いる", "居る", "なる", "成る", "できる", "出来る", "ない", "無い"})
_LIGHT_AFTER = frozenset(
    {("に", "関する"), ("に", "対する"), ("に", "よる"), ("に", "因る"), ("と", "いう"), ("て", "くださる")}
)
_FORMAL_NOUNS = frozenset(
    {
        "こと",
        "事",
        "もの",
        "物",
        "ため",
        "為",
        "よう",
        "はず",
        "わけ",
        "とおり",
        "まま",
        "ところ",
        "つもり",
        "うち",
        "そう",
    }
)
_HONORIFIC = frozenset({"さん", "様", "さま", "氏", "君", "くん", "ちゃん", "等", "など"})
_RELATING = frozenset({"級", "用", "製", "向け", "同士"})
"""Suffixes that say how a noun relates to the next, beside those tagged as adverbial (`上`, `中`, `後`, `当たり`)."""
_CLOSED = ("助詞", "助動詞", "接続詞", "連体詞", "代名詞", "接尾辞")
_TAGS = {"動詞": "VERB", "形容詞": "ADJ", "副詞": "ADV", "接続詞": "CCONJ", "連体詞": "DET", "感動詞": "INTJ"}
_PREDICATES = frozenset({"VERB", "ADJ"})
_DOTS = frozenset("・＝")
_KATAKANA = re.compile(r"[ァ-ヺー]+")
_SYMBOLS = ("補助記号", "記号", "空白")


def japanese_rule(text: str, tokens: list[Token]) -> list[Word]:
    """Build words from morphemes.

    A verb or adjective takes its auxiliaries, its て and the verbs that lean on it (`食べていました` is one word). A
    noun takes its prefix, its derivational suffixes and its plural ending; する behind it is a function word of its
    own, as are honorifics and suffixes of relation (`サーバー上`), which stay when the noun is replaced. An adjectival
    noun with に is an adverb (`物理的に`). A number takes its counter. Where the text came cut by spaces, a word may
    hold some.
    """
    words: list[Word] = []
    gap = " " if len(joined_view(text)[0]) < len(text) else ""
    previous = ""
    before: Token | None = None
    for i, token in enumerate(tokens):
        piece = text[token.start : token.end]
        touches = before is not None and text[before.end : token.start] in {"", gap}
        if touches and before is not None and before.end < token.start and before[2:] == token[2:] and token.pos:
            # One morpheme that a space had cut.
            words[-1] = words[-1]._replace(end=token.end, stem_end=token.end)
            before = token
            continue
        if touches and piece == "に" and _makes_adverb(words[-1], tokens, i):
            words[-1] = words[-1]._replace(end=token.end, stem_end=token.end, pos="ADV")
            previous, before = "adverb", token
            continue
        role = _role(piece, token, previous if touches else "")
        if touches and _extends(piece, token, role, previous):
            kind = NONE if previous == "prefix" and role == "number" else words[-1].kind
            words[-1] = words[-1]._replace(end=token.end, stem_end=token.end, kind=kind)
            previous = _after(role, previous)
        else:
            name = role == "noun" and token.pos.startswith("名詞-固有名詞") and not piece[0].islower()
            kind = _kind(piece, token, role)
            if words and (text[words[-1].start : words[-1].end], token.lemma) in _LIGHT_AFTER:
                kind = FUNCTION
            pos = _pos(piece, token, role) if kind == CONTENT else _bound_pos(token, role) if kind == FUNCTION else ""
            lemma = token.lemma if pos in _PREDICATES else ""
            words.append(word(token.start, token.end, kind)._replace(name=name, pos=pos, lemma=lemma))
            previous = role
        before = token
    return _joined_names(text, words)


def _joined_names(text: str, words: list[Word]) -> list[Word]:
    """Mark what a middle dot joins to a foreign name as one (`バルトロメ・デ・ラス・カサス`)."""
    found = list(words)
    for i in range(1, len(words) - 1):
        before, dot, behind = words[i - 1 : i + 2]
        touch = text[dot.start : dot.end] in _DOTS and before.end == dot.start and dot.end == behind.start
        if touch and all(_KATAKANA.fullmatch(text, w.start, w.end) for w in (before, behind)):
            found[i], found[i + 1] = dot._replace(continues=True), behind._replace(continues=True)
    return found


def _role(piece: str, token: Token, previous: str) -> str:
    """Name what the morpheme does: number, noun, verb, light, aux, te, suffix, prefix, symbol, protected, other."""
    pos = token.pos
    if pos == PROTECTED_POS:
        return "protected"
    if pos.startswith(_SYMBOLS) or not any(char.isalnum() for char in piece):
        return "symbol"
    if pos.startswith("名詞-数詞") or piece.isdigit():
        return "number"
    if previous == "number" and ("助数詞" in pos or pos.startswith("接尾辞")):
        return "counter"
    if pos.startswith("接頭辞"):
        return "prefix"
    if pos.startswith("接尾辞-名詞的"):
        if piece in _HONORIFIC:
            return "honorific"
        return "relation" if piece in _RELATING or pos.endswith("副詞可能") else "suffix"
    if pos.startswith(("接尾辞", "助動詞")):
        return "aux"
    if piece in _CHAINED_PARTICLES and (pos.startswith("助詞-接続助詞") or (pos[:2] == "助詞" and len(piece) > 1)):
        return "te"
    if pos.startswith(("動詞", "形容詞")):
        return "light" if "非自立可能" in pos else "verb"
    return "noun" if pos.startswith(("名詞", "形状詞")) else "other"


def _makes_adverb(word: Word, tokens: list[Token], i: int) -> bool:
    """Tell whether に behind an adjectival noun makes it an adverb; before なる and する it does not."""
    if word.pos != "ADJ" or not tokens[i].pos.startswith("助動詞"):
        return False
    return i + 1 == len(tokens) or tokens[i + 1].lemma not in _LIGHT


def _pos(piece: str, token: Token, role: str) -> str:
    """Return the Universal POS tag of the word that begins with a morpheme."""
    if role == "noun":
        adjectival = token.pos.startswith("形状詞") or (len(piece) > 1 and piece.endswith("的"))
        return "PROPN" if "固有名詞" in token.pos else "ADJ" if adjectival else "NOUN"
    return next((tag for head, tag in _TAGS.items() if token.pos.startswith(head)), "")


def _bound_pos(token: Token, role: str) -> str:
    """Return the tag of a function word that cannot stand alone: a particle's, or that of an auxiliary."""
    if token.pos.startswith("助詞"):
        return "ADP"
    return "AUX" if role in {"aux", "te", "light", "honorific", "relation", "suffix"} else ""


def _extends(piece: str, token: Token, role: str, previous: str) -> bool:
    """Tell whether the morpheme belongs to the word before it."""
    if previous in {"verb", "chain"}:
        return role in {"aux", "te", "light"}
    if previous == "function chain":
        return role in {"aux", "te", "light"}
    if previous == "light":
        return role in {"aux", "te", "light"}
    if previous == "aux":
        return role in {"aux", "te"} or (role == "light" and token.lemma in {"ある", "有る", "ない", "無い"})
    if previous == "number":
        return role in {"number", "counter"}
    if previous == "prefix":
        return role in {"noun", "verb", "prefix", "suffix", "number"}
    return previous == "noun" and role == "suffix" and token.lemma not in _FORMAL_NOUNS and bool(piece)


def _after(role: str, previous: str) -> str:
    if previous == "prefix":
        return role
    return {"counter": "counted", "suffix": "noun"}.get(role, previous)


def _kind(piece: str, token: Token, role: str) -> str:
    if role == "protected":
        return PROTECTED
    if role in {"symbol", "number", "counter"} or not has_letter(piece):
        return NONE
    if role in {"aux", "te", "honorific", "relation"} or token.pos.startswith(_CLOSED):
        return FUNCTION
    if role == "light":
        return FUNCTION if token.lemma in _LIGHT else CONTENT
    return FUNCTION if piece in _FORMAL_NOUNS and not token.pos.startswith("名詞-固有名詞") else CONTENT
