"""The Moses tokenizer (sacremoses), as spans into the raw text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cscl_data.errors import ConfigError, missing_package
from cscl_data.records import Span
from cscl_data.text.languages import language
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.cover import covering, nonspace_runs, pieces

_MAX_CHARS = 2_000
_DROPPED = re.compile(r"[\s\x00-\x1f]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+")


@dataclass(frozen=True, slots=True)
class MosesTokenizer:
    """Cuts as Moses does, without escaping; what Moses would alter or drop stays, as a token of its own.

    Moses' tokens are laid over the raw text character by character. Where they do not spell it (a control character
    dropped, a placeholder of Moses' own in the text), each run between whitespace is tried alone, and one that still
    differs stays one token. Hangul, which Moses cuts into syllables outside Korean, is kept in one piece.

    Args:
        lang: the primary subtag of a language with spaces between words.

    Raises:
        ConfigError: the language is written without spaces, which Moses cannot cut.
    """

    lang: str

    def __post_init__(self) -> None:
        if not language(self.lang).spaced:
            raise ConfigError(
                f"tokenizer 'moses': cannot cut {self.lang}, which has no spaces between words",
                hint="take --tokenizer auto",
            )

    @property
    def name(self) -> str:
        """Name and language as they stand in `sig`."""
        return f"moses-{self.lang}"

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in order."""
        found: list[Token] = []
        for start, end in pieces(text, _MAX_CHARS):
            piece = text[start:end]
            spans = _located(self.lang, piece)
            if spans is None:
                spans = [span for run in nonspace_runs(piece) for span in _run_spans(self.lang, piece, run)]
            found.extend(Token(start + s, start + e) for s, e in _whole_hangul(piece, spans))
        return covering(text, found)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the tokens."""
        return tuple(Span(token.start, token.end) for token in self.tokens(text))


def _run_spans(lang: str, text: str, run: Span) -> Iterator[Span]:
    spans = _located(lang, text[run.start : run.end])
    for start, end in spans if spans is not None else [Span(0, run.end - run.start)]:
        yield Span(run.start + start, run.start + end)


def _located(lang: str, text: str) -> list[Span] | None:
    """Lay Moses' tokens over the text; None where they do not spell it."""
    words: list[str] = _load(lang).tokenize(text, escape=False)
    kept = [i for i, char in enumerate(text) if not _DROPPED.match(char)]
    if "".join(words) != "".join(text[i] for i in kept):
        return None
    spans: list[Span] = []
    at = 0
    for word in words:
        spans.append(Span(kept[at], kept[at + len(word) - 1] + 1))
        at += len(word)
    return spans


def _whole_hangul(text: str, spans: list[Span]) -> Iterator[Span]:
    """Join neighbouring spans that are Hangul alone."""
    held: Span | None = None
    for span in spans:
        hangul = _HANGUL.fullmatch(text, span.start, span.end) is not None
        if held is not None and hangul and held.end == span.start:
            held = Span(held.start, span.end)
            continue
        if held is not None:
            yield held
        held = span if hangul else None
        if not hangul:
            yield span
    if held is not None:
        yield held


@lru_cache(maxsize=64)
def _load(lang: str) -> Any:
    try:
        from sacremoses import MosesTokenizer as Moses
    except ImportError as error:
        raise missing_package("tokenizer", "moses", "sacremoses") from error
    return Moses(lang=lang)
