"""Static vectors: words, or tokens, with their vectors, and n-grams of characters for those that are not listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cscl_data.embeddings.base import Vectors
from cscl_data.embeddings.canonical import Form, is_byte

if TYPE_CHECKING:
    from torch import Tensor

COMMON = 100_000
"""Words, the most frequent first, of which tokens that are no words are made (our default)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticVectors:
    """Words by falling frequency with their vectors.

    Attributes:
        words: number of each word, from 0.
        table: [words, width], float32 (numpy).
        compose: makes a vector of a word that is not listed from its n-grams, None where it has none; None where the
            vectors have no n-grams.
        of_tokens: whether words are tokens, marked by `▁` where a word begins.
    """

    words: Mapping[str, int]
    table: Any
    compose: Callable[[str], Any] | None = None
    of_tokens: bool = field(default=False)


def token_vectors(
    vectors: StaticVectors, forms: Mapping[int, Form], rows: int, cut: Callable[[Sequence[str]], list[list[int]]]
) -> Vectors:
    """Return a vector for every token that one can be made for.

    Vectors of tokens are looked up by form, then composed of n-grams. With vectors of words, a token that begins a word
    and is one takes its vector. Any other is taken for a word by fastText where the vectors have n-grams: its text's
    vector if it is listed, else what its n-grams compose. Where there are none, it takes the mean of the vectors of the
    common words that hold it, a word of rank r weighing 1/r (Zipf's law in place of counts, which files do not hold);
    what no common word holds takes the vector of its text.

    Args:
        vectors: of tokens or of words.
        forms: of the tokens by id.
        rows: of the result.
        cut: the tokenizer: words to the ids of their tokens.

    Source:
        minixhofer-etal-2022-wechsel, section 3 and its code; lee-etal-2025-salt, section 3 (n-grams). Deviations: with
        n-grams, a token that they compose no vector of, or that is part of a letter, still takes the mean.
    """
    import numpy as np
    import torch

    table = np.zeros((rows, vectors.table.shape[1]), dtype=np.float32)
    known = np.zeros(rows, dtype=bool)
    listed = {}
    for number, form in forms.items():
        own = vectors.words.get(form.marked if vectors.of_tokens else form.text)
        made = None
        if own is not None and (vectors.of_tokens or form.starts or vectors.compose is not None):
            made = vectors.table[own]
        elif own is not None:
            listed[number] = own
        else:
            made = _composed(vectors, form)
        if made is not None:
            table[number], known[number] = made, True
    if not vectors.of_tokens and not known[list(forms)].all():
        held, weights = _held(vectors, forms, rows, cut)
        from_words = ~known & (weights > 0)
        table[from_words] = held[from_words] / weights[from_words, None]
        known |= from_words
        for number, own in listed.items():
            if not known[number]:
                table[number], known[number] = vectors.table[own], True
    known &= np.abs(table).sum(axis=1) > 0
    return Vectors(torch.from_numpy(table), torch.from_numpy(known))


def lexicon_rows(
    source: StaticVectors, target: StaticVectors, pairs: Sequence[tuple[str, str]]
) -> tuple[Tensor, Tensor]:
    """Return the vectors of the entries whose two words both have one, row by row; as they stand, or lowercased."""
    import torch

    found = []
    for ours, theirs in pairs:
        here = source.words.get(ours, source.words.get(ours.lower()))
        there = target.words.get(theirs, target.words.get(theirs.lower()))
        if here is not None and there is not None:
            found.append((here, there))
    here_rows, there_rows = [here for here, _ in found], [there for _, there in found]
    return torch.from_numpy(source.table[here_rows]), torch.from_numpy(target.table[there_rows])


def _composed(vectors: StaticVectors, form: Form) -> Any:
    if vectors.compose is None or not form.text:
        return None
    if not vectors.of_tokens and any(map(is_byte, form.text)):  # part of a letter has no n-grams of letters
        return None
    return vectors.compose(form.marked if vectors.of_tokens else form.text)


def _held(
    vectors: StaticVectors, forms: Mapping[int, Form], rows: int, cut: Callable[[Sequence[str]], list[list[int]]]
) -> tuple[Any, Any]:
    """Sum the vectors of the common words that hold each token, and their weights."""
    import numpy as np

    summed = np.zeros((rows, vectors.table.shape[1]), dtype=np.float64)
    weights = np.zeros(rows, dtype=np.float64)
    common = list(vectors.words)[:COMMON]
    for first in range(0, len(common), 1000):
        words = common[first : first + 1000]
        for rank, (word, own) in enumerate(zip(words, cut(words), strict=True), first + 1):
            numbers = sorted({number for number in own if number in forms})
            summed[numbers] += vectors.table[vectors.words[word]] / rank
            weights[numbers] += 1 / rank
    return summed.astype(np.float32), weights.astype(np.float32)
