"""spaCy's rule tokenizers, one a language, without any model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cscl_data.errors import missing_package
from cscl_data.records import Span
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.cover import covering, encodable, pieces

_MAX_CHARS = 2_000
_MAX_STRINGS = 400_000
_WORDS = {"nlp": {"tokenizer": {"@tokenizers": "spacy.Tokenizer.v1"}}}


@dataclass(frozen=True, slots=True)
class SpacyTokenizer:
    """Cuts by spaCy's rules for a language, or by its multi-language rules (`xx`) where it has none.

    Korean, Japanese, Thai and Vietnamese take spaCy's word and punctuation rules: their own tokenizers there need
    other packages. Runs longer than 2,000 characters are cut first (its rules take quadratic time on them).

    Args:
        lang: the primary subtag, such as `en` or `pt`.
    """

    lang: str

    @property
    def name(self) -> str:
        """Name and language as they stand in `sig`."""
        return f"spacy-{self.lang}"

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens in order."""
        tokenizer = _load(self.lang)
        if len(tokenizer.vocab.strings) > _MAX_STRINGS:
            # spaCy remembers every string it has met: a fresh one keeps the memory constant.
            _load.cache_clear()
            tokenizer = _load(self.lang)
        readable = encodable(text)
        found: list[Token] = []
        for start, end in pieces(readable, _MAX_CHARS):
            doc = tokenizer(readable[start:end])
            found.extend(Token(start + token.idx, start + token.idx + len(token)) for token in doc)
        return covering(text, found)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the tokens."""
        return tuple(Span(token.start, token.end) for token in self.tokens(text))


@lru_cache(maxsize=64)
def _load(lang: str) -> Any:
    try:
        import spacy
    except ImportError as error:
        raise missing_package("tokenizer", "spacy", "spacy") from error
    if lang in {"ko", "ja", "th", "vi"}:
        return spacy.blank(lang, config=_WORDS).tokenizer
    try:
        return spacy.blank(lang).tokenizer
    except ImportError:
        return spacy.blank("xx").tokenizer
