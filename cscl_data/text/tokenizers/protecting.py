"""Any tokenizer, with one token for each protected span: code, a link, a placeholder or `e[x]tract` is never cut."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cscl_data.records import Span
from cscl_data.text.clusters import EXTENDERS
from cscl_data.text.protected import uncut_spans
from cscl_data.text.tokenizers.base import Token, Tokenizer
from cscl_data.text.tokenizers.cover import with_whole_clusters

PROTECTED_POS = "cscl:protected"
"""Tag of a token that is a protected span, or a word with a letter in brackets."""

_LETTERS = rf"\w[\w{EXTENDERS}]*"
_PART = re.compile(rf"{_LETTERS}(?:[-'’]{_LETTERS})*|[^\w\s](?:[{EXTENDERS}]|(?<=\u200d)\S)*")

_NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]*[0-9][0-9A-Za-z]*(?:[.,:/][0-9]+)*(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class ProtectingTokenizer:
    """Puts one token for each span that `protected.uncut_spans` finds and each number in the place of the tokens there.

    Analysers cut `` `foo_bar`는 `` and `` `foo_bar` is `` in different ways; as one token on both sides the two are
    linked. Such a token alone may hold whitespace; it takes the marks that combine with its last character.

    Args:
        inner: the tokenizer for everything else.
    """

    inner: Tokenizer

    @property
    def name(self) -> str:
        """Name of the tokenizer inside, as it stands in `sig`."""
        return self.inner.name

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in order."""
        spans = uncut_spans(text)
        tokens = self.inner.tokens(text)
        if spans:
            tokens = tuple(with_whole_clusters(text, _replaced(text, tokens, spans)))
        return _with_whole_numbers(text, tokens)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of `tokens(text)`."""
        return tuple(Span(token.start, token.end) for token in self.tokens(text))


def _replaced(text: str, tokens: tuple[Token, ...], spans: tuple[Span, ...]) -> list[Token]:
    """Put the spans in; what sticks out of them is cut at punctuation: a link's text must not keep its bracket."""
    out = [Token(start, end, PROTECTED_POS) for start, end in spans]
    i = 0
    for token in tokens:
        at = token.start
        while i < len(spans) and spans[i].end <= at:
            i += 1
        k = i
        while at < token.end:
            if k == len(spans) or spans[k].start >= token.end:
                out.extend([token] if at == token.start else _parts(text, token, at, token.end))
                break
            if spans[k].start > at:
                out.extend(_parts(text, token, at, spans[k].start))
            at = spans[k].end
            k += 1
    return sorted(out, key=lambda piece: piece.start)


def _with_whole_numbers(text: str, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Join the tokens that an analyser cut a number, a version or a time into (`1,234`, `v2.1`, `10:30`)."""
    numbers = {match.start(): match.end() for match in _NUMBER.finditer(text)}
    if not numbers:
        return tokens
    out: list[Token] = []
    end, first = -1, -1
    for token in tokens:
        if token.start in numbers and token.start >= end and token.pos != PROTECTED_POS:
            end, first = numbers[token.start], len(out)
        out.append(token)
        if token.end >= end > -1:
            if token.end == end and first < len(out) - 1:
                out[first:] = [out[first]._replace(end=end, lemma="")]
            end = -1
    return tuple(out)


def _parts(text: str, token: Token, start: int, end: int) -> list[Token]:
    return [token._replace(start=m.start(), end=m.end()) for m in _PART.finditer(text, start, end)]
