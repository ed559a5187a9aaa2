"""Tokens of different tokenizer families in one form, so that the same text is found in both.

A byte-level BPE writes ` the` as `Ġthe`, a SentencePiece model as `▁the`, a WordPiece model as `the` (and `the` inside
a word as `##the`). The form here is the text of the token, and whether a word begins with it.

Source: dobler-de-melo-2023-focus, section 3.2, for the idea; byte fallback and normalisation are our default.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
FAMILIES = ("byte-level", "sentencepiece", "wordpiece", "plain")


class Form(NamedTuple):
    """A token as text.

    Attributes:
        starts: whether it begins with the space before a word; one such space is not part of the text.
        text: composed (NFC); bytes that are no text in UTF-8 are private characters, from U+F780 on.
    """

    starts: bool
    text: str

    @property
    def marked(self) -> str:
        """The form as one string, a word's beginning marked by `▁`."""
        return f"▁{self.text}" if self.starts else self.text

    @property
    def readable(self) -> str:
        """The marked form with bytes that are no text as `<0xEC>`."""
        return "".join(f"<0x{ord(char) - 0xF700:02X}>" if is_byte(char) else char for char in self.marked)


def family_of(tokenizer: Any) -> str:
    """Return which of `FAMILIES` a tokenizer of `transformers` belongs to, from its own description."""
    core = getattr(tokenizer, "backend_tokenizer", None)
    if core is None:
        return _family_by_vocabulary(tokenizer.get_vocab())
    described = json.loads(core.to_str())
    parts = json.dumps([described.get("pre_tokenizer"), described.get("decoder")], ensure_ascii=False)
    if described["model"]["type"] == "WordPiece":
        return "wordpiece"
    if '"ByteLevel"' in parts:
        return "byte-level"
    if "▁" in parts or '"Metaspace"' in parts or described["model"]["type"] == "Unigram":
        return "sentencepiece"
    return _family_by_vocabulary(tokenizer.get_vocab())


def canonical_form(token: str, family: str) -> Form:
    """Return the form of a token of a family.

    Example:
        >>> canonical_form("Ġthe", "byte-level") == canonical_form("▁the", "sentencepiece")
        True
        >>> canonical_form("##the", "wordpiece")
        Form(starts=False, text='the')
    """
    if family == "wordpiece":
        return (
            Form(False, _composed(token[2:])) if len(token) > 2 and token[:2] == "##" else Form(True, _composed(token))
        )
    if family == "byte-level":
        known = all(char in _byte_values() for char in token)
        text = _decoded(bytes(_byte_values()[char] for char in token)) if known else token
    elif family == "sentencepiece":
        byte = _BYTE.fullmatch(token)
        text = _decoded(bytes([int(byte[1], 16)])) if byte else token.replace("▁", " ")
    else:
        text = token
    starts = text.startswith(" ")
    return Form(starts, _composed(text[1:] if starts else text))


def forms_of(tokenizer: Any) -> dict[int, Form]:
    """Return the form of every token by id; special tokens are left out."""
    family = family_of(tokenizer)
    special = set(tokenizer.all_special_ids)
    added = {number: str(token) for number, token in getattr(tokenizer, "added_tokens_decoder", {}).items()}
    special |= {number for number, token in getattr(tokenizer, "added_tokens_decoder", {}).items() if token.special}
    forms: dict[int, Form] = {}
    for token, number in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]):
        if number in special:
            continue
        # tokens that were added stand in the vocabulary as they are spelt
        forms[number] = canonical_form(token, "plain" if number in added else family)
    return forms


def covers_all_text(tokenizer: Any) -> bool:
    """Tell whether the tokenizer has a token for every byte, so that no text is unknown to it."""
    family = family_of(tokenizer)
    if family == "byte-level":
        return len(_byte_values().keys() & tokenizer.get_vocab().keys()) == 256
    return sum(spells_a_byte(token) for token in tokenizer.get_vocab()) == 256


def spells_a_byte(token: str) -> bool:
    """Tell whether a token is SentencePiece's last resort for a byte, as `<0x41>`."""
    return _BYTE.fullmatch(token) is not None


def text_of(form: Form) -> str:
    """Return the text of a form, with the space before a word; bytes that are no text are left out."""
    text = "".join(char for char in form.text if not is_byte(char))
    return f" {text}" if form.starts else text


def is_byte(char: str) -> bool:
    """Tell whether a character of a form stands for a byte that is no text."""
    return "\uf780" <= char <= "\uf7ff"


def _decoded(raw: bytes) -> str:
    text = raw.decode("utf-8", "surrogateescape")
    return "".join(chr(ord(char) + 0x1B00) if "\udc80" <= char <= "\udcff" else char for char in text)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _family_by_vocabulary(vocabulary: Mapping[str, int]) -> str:
    marks = {"byte-level": "Ġ", "sentencepiece": "▁", "wordpiece": "##"}
    counts = {family: sum(token.startswith(mark) for token in vocabulary) for family, mark in marks.items()}
    family = max(counts, key=lambda name: counts[name])
    return family if counts[family] else "plain"


@cache
def _byte_values() -> dict[str, int]:
    """Return the byte for every character of the byte-level alphabet.

    Source: radford-etal-2019-gpt2 (printable bytes stand for themselves, others for characters from U+0100 on).
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {chr(byte): byte for byte in printable}
    return table | {chr(0x100 + place): byte for place, byte in enumerate(others)}
