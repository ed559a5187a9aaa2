"""Tokenised pairs built by hand."""

from __future__ import annotations

import re

from cscl_data.aligners import TokenizedPair
from cscl_data.text.tokenizers.base import Token

_PART = re.compile(r"\w+|[^\w\s]")


def tokens_of(text: str) -> tuple[Token, ...]:
    """Words and single signs."""
    return tuple(Token(match.start(), match.end()) for match in _PART.finditer(text))


def whitespace_tokens(text: str) -> tuple[Token, ...]:
    """What spaces divide."""
    return tuple(Token(match.start(), match.end()) for match in re.finditer(r"\S+", text))


def pair_of(src_text: str, tgt_text: str, id: str = "p0") -> TokenizedPair:
    return TokenizedPair(id, src_text, tgt_text, tokens_of(src_text), tokens_of(tgt_text))


def corpus_of(*texts: tuple[str, str]) -> list[TokenizedPair]:
    return [pair_of(src, tgt, f"p{i}") for i, (src, tgt) in enumerate(texts)]


def toy_corpus(n_pairs: int = 300, seed: int = 7) -> list[TokenizedPair]:
    """Sentences of a made-up language that translates word by word, in reverse order; gold links are (i, n - 1 - i)."""
    words = [f"w{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(60)]
    texts, state = [], seed
    for _ in range(n_pairs):
        sentence = []
        for _ in range(4 + state % 5):
            state = (state * 1103515245 + 12345) % 2**31
            sentence.append(words[state // 65536 % len(words)])
        texts.append((" ".join(sentence), " ".join(f"x{word[1:]}" for word in reversed(sentence))))
    return corpus_of(*texts)
