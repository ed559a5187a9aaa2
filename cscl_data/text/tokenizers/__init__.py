"""The tokenizers, by name, and the one whose pieces are learned."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from cscl_data.errors import unknown_name
from cscl_data.text.languages import Language, language
from cscl_data.text.stems import stemmer_for
from cscl_data.text.tokenizers.base import Token, Tokenizer
from cscl_data.text.tokenizers.characters import CharacterTokenizer, RunTokenizer
from cscl_data.text.tokenizers.japanese import SudachiTokenizer
from cscl_data.text.tokenizers.kiwi import KiwiTokenizer
from cscl_data.text.tokenizers.korean import MecabTokenizer
from cscl_data.text.tokenizers.learned import LearnedTokenizer
from cscl_data.text.tokenizers.moses import MosesTokenizer
from cscl_data.text.tokenizers.protecting import ProtectingTokenizer
from cscl_data.text.tokenizers.remembering import RememberingTokenizer
from cscl_data.text.tokenizers.spacy_blank import SpacyTokenizer
from cscl_data.text.tokenizers.stemming import StemmingTokenizer
from cscl_data.text.tokenizers.whitespace import WhitespaceTokenizer

__all__ = ["TOKENIZERS", "Token", "Tokenizer", "learned_tokenizer_for", "tokenizer_for"]


def _auto(lang: Language) -> Tokenizer:
    if lang.primary == "ko":
        return MecabTokenizer()
    if lang.primary == "ja":
        return SudachiTokenizer()
    if not lang.spaced:
        return CharacterTokenizer()
    return SpacyTokenizer(lang.primary)


TOKENIZERS: dict[str, Callable[[Language], Tokenizer]] = {
    "auto": _auto,
    "words": lambda lang: SpacyTokenizer(lang.primary) if lang.spaced else RunTokenizer(),
    "spacy": lambda lang: SpacyTokenizer(lang.primary),
    "moses": lambda lang: MosesTokenizer(lang.primary),
    "whitespace": lambda _: WhitespaceTokenizer(),
    "characters": lambda _: CharacterTokenizer(),
    "kiwi": lambda _: KiwiTokenizer(),
    "mecab": lambda _: MecabTokenizer(),
    "sudachi": lambda _: SudachiTokenizer(),
}
"""Loader by name. `auto` takes mecab for Korean, sudachi for Japanese, characters where words have no spaces between
them and no analyser is at hand, and spaCy otherwise. `words` knows no morphemes: spaCy, or what stands between
punctuation where words have no spaces."""


@lru_cache(maxsize=64)
def tokenizer_for(lang: str, name: str = "auto") -> Tokenizer:
    """Return the tokenizer of a language, protected spans and numbers uncut; its package is loaded at the first text.

    It is the same one for all who ask in a process, and remembers the texts it cut last. Words of a language that has a
    light stemmer have their stem for a dictionary form (`text.stems`).

    Args:
        lang: a language tag.
        name: a key of `TOKENIZERS`.

    Raises:
        ConfigError: there is no such tokenizer, the tag is malformed, or the tokenizer cannot cut the language.
    """
    if name not in TOKENIZERS:
        raise unknown_name("tokenizer", name, TOKENIZERS)
    known = language(lang)
    tokenizer: Tokenizer = ProtectingTokenizer(TOKENIZERS[name](known))
    stem = stemmer_for(known.primary) if known.spaced else None
    return RememberingTokenizer(StemmingTokenizer(tokenizer, stem) if stem else tokenizer)


def learned_tokenizer_for(lang: str, words: str = "words", model: bytes = b"") -> LearnedTokenizer:
    """Return the tokenizer that cuts the words of a language into pieces learned from a corpus.

    Args:
        lang: a language tag; where words have spaces between them, each is cut into a stem and an ending at most.
        words: a key of `TOKENIZERS`, for the words.
        model: the pieces, see `LearnedTokenizer`; empty before they are learned.

    Raises:
        ConfigError: there is no such tokenizer, the tag is malformed, or the tokenizer cannot cut the language.
    """
    return LearnedTokenizer(tokenizer_for(lang, words), language(lang).spaced, model)
