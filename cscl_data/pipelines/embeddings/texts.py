"""Text for learning vectors and tokenizers, as sentences of words or of tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from cscl_data.embeddings.canonical import forms_of
from cscl_data.errors import InputError
from cscl_data.io.mono import MonoSpec, MonoText
from cscl_data.records import Reject
from cscl_data.text.tokenizers import tokenizer_for

_BATCH = 512


def texts_in(path: str, *, lang: str | None, column: str | None) -> Iterator[str]:
    """Yield the texts of a file or of a dataset directory; rows that cannot be read are left out.

    Raises:
        InputError: the file is missing or of unknown kind, or holds no text.
    """
    spec = MonoSpec(path=path, lang=lang or "und", text_column=column)
    found = False
    for item in MonoText(spec).rows():
        if not isinstance(item, Reject):
            found = True
            yield item.text
    if not found:
        raise InputError(f"{path}: no text in it")


def words_in(path: str, *, lang: str, column: str | None) -> Iterator[list[str]]:
    """Yield the words of every text, as the language's tokenizer cuts it."""
    tokenizer = tokenizer_for(lang)
    for text in texts_in(path, lang=lang, column=column):
        yield [text[token.start : token.end] for token in tokenizer.tokens(text)]


def tokens_in(path: str, tokenizer: Any, *, lang: str | None, column: str | None) -> Iterator[list[str]]:
    """Yield the marked forms of the tokens of every text, as a tokenizer of `transformers` cuts it."""
    forms = {number: form.marked for number, form in forms_of(tokenizer).items()}
    for batch in _batches(texts_in(path, lang=lang, column=column)):
        for own in tokenizer(batch, add_special_tokens=False)["input_ids"]:
            yield [forms[number] for number in own if number in forms]


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    texts = iter(texts)
    while batch := list(islice(texts, _BATCH)):
        yield batch
