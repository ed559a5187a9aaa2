"""Korean morphemes by Kiwi, in the tags of mecab-ko."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from cscl_data.errors import missing_package
from cscl_data.records import Span
from cscl_data.text.normal import nfc_view
from cscl_data.text.protected import protected_spans
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.cover import covering, pieces
from cscl_data.text.tokenizers.korean import INFLECTING, MAX_CHARS, readable

_TAGS = {"SP": "SC", "SS": "SY", "SO": "SY", "SW": "SY", "UN": "UNKNOWN"}
"""Kiwi's tag -> the one of mecab-ko for the same thing."""
_NOMINAL = ("NN", "XR", "SL")
_VERBALIZERS = frozenset({"하", "되", "시키"})


class _Morpheme(NamedTuple):
    """What Kiwi found in `text[start:end]`, which may be empty or lie inside the span before it."""

    start: int
    end: int
    form: str
    tag: str


@dataclass(frozen=True, slots=True)
class KiwiTokenizer:
    """Cuts Korean into morphemes with their tags; morphemes that share a syllable are one token.

    Kiwi takes every contraction apart; what overlaps is put together again as mecab-ko has it: tags joined by `+`
    (`VV+EP`), `lemma` the dictionary form of the first where that is a verb, an adjective or a verbal suffix. Protected
    spans are foreign words to the analyser, so that it knows the particle behind them. Its tags are told as mecab-ko's:
    no mark of regular and irregular stems (`VV-I`), `SC` for `SP`, `SY` for other symbols, `XSV` for a 하다 or 되다
    written on its noun, `IC` for letters of laughter (`ㅋㅋ`). An adverbial suffix (`XSM`) is one token with its root;
    an item's number (`가.`, `SB`) is read as what it is made of.

    Source:
        The tag set and the options are those of kiwipiepy 0.24 (https://github.com/bab2min/kiwipiepy); which tag stands
        for which is our default.
    """

    @property
    def name(self) -> str:
        """Name as it stands in `sig`."""
        return "kiwi"

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the morphemes in order.

        Raises:
            BackendError: kiwipiepy is not installed.
        """
        kiwi = _load()
        composed, offsets = nfc_view(text)
        view = readable(composed)
        found: list[Token] = []
        for start, end in pieces(view, MAX_CHARS):
            piece = view[start:end]
            foreign = [(*span, "SL") for span in protected_spans(piece)]
            made = kiwi.tokenize(piece, match_options=0, pretokenized=foreign or None)
            morphemes = (_Morpheme(m.start, m.start + m.len, m.form, m.tag) for m in made)
            for token in _joined(piece, morphemes):
                low, high = offsets[start + token.start], offsets[start + token.end]
                found.append(token._replace(start=low, end=high))
        return covering(text, found)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the morphemes."""
        return tuple(Span(token.start, token.end) for token in self.tokens(text))


def _joined(text: str, morphemes: Iterable[_Morpheme]) -> Iterator[Token]:
    """Put together what shares characters, in mecab-ko's tags."""
    held: list[_Morpheme] = []
    end = -1
    before: Token | None = None
    for morpheme in morphemes:
        shares = held and (morpheme.start < end or held[0].start == end == morpheme.start)
        if held and not shares and not (morpheme.tag == "XSM" and morpheme.start == end):
            before = _token(text, held, end, before)
            yield before
            held = []
        end = max(morpheme.end, end) if held else morpheme.end
        held.append(morpheme)
    if held:
        yield _token(text, held, end, before)


def _token(text: str, parts: list[_Morpheme], end: int, before: Token | None) -> Token:
    tags = [_TAGS.get(tag, tag) for tag in (part.tag.split("-", 1)[0] for part in parts)]
    first, start = parts[0], parts[0].start
    if tags[0] == "SB":
        while end > start + 1 and not text[end - 1].isalnum():
            end -= 1
        tags[0] = "SN" if text[start:end].isdigit() else "NNG"
    if first.tag == "SW" and text[start:end].isalpha():
        tags[0] = "IC"
    touches = before is not None and before.end == start and before.pos.startswith(_NOMINAL)
    if tags[0] == "VV" and first.form in _VERBALIZERS and touches:
        tags[0] = "XSV"
    return Token(start, end, "+".join(tags), f"{first.form}다" if tags[0] in INFLECTING else "")


@cache
def _load() -> Any:
    try:
        from kiwipiepy import Kiwi
    except ImportError as error:
        raise missing_package("tokenizer", "kiwi", "kiwipiepy", "kiwi") from error
    return Kiwi(num_workers=1)
