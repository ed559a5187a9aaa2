"""How often tokens of two vocabularies stand for each other in a bitext, by the words that our aligner links."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from cscl_data.aligners import TokenizedPair
from cscl_data.embeddings.base import Counts
from cscl_data.embeddings.transtok import WordPair, token_counts
from cscl_data.errors import InputError
from cscl_data.io.bitext import BitextSpec
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.alignment import HowToAlign, corpus_of
from cscl_data.pipelines.language_check import check_bitext
from cscl_data.pipelines.listen import Listener
from cscl_data.text.tokenizers import Token

_BATCH = 4096


def aligned_counts(bitext: BitextSpec, source: Any, target: Any, *, min_count: int, listener: Listener) -> Counts:
    """Fit the statistical aligner on a bitext, link its words, and count tokens over the links.

    Args:
        bitext: pairs in the source model's and the target language.
        source: the model's tokenizer.
        target: the new one.
        min_count: links of a pair of words that it takes to count.
        listener: told of each step.

    Raises:
        InputError: the bitext cannot be read, is clearly not in its languages, or no pair of words is frequent enough.
    """
    from cscl_data.aligners.statistical import FitSettings, StatisticalAligner, fit

    check_bitext(bitext)
    how = HowToAlign(settings=AlignSettings(), src_lang=bitext.src_lang, tgt_lang=bitext.tgt_lang)
    threads = os.cpu_count() or 1
    model = fit(
        corpus_of(how, bitext),
        FitSettings(threads=threads),
        progress=lambda step, done: listener.note(f"aligner: {step} {done:.0%}"),
    )
    aligner = StatisticalAligner(model=model, threads=threads)
    words: Counter[WordPair] = Counter()
    for pairs in _batches(corpus_of(how, bitext)):
        ours = _cut([(pair.src_text, pair.src_tokens) for pair in pairs], source)
        theirs = _cut([(pair.tgt_text, pair.tgt_tokens) for pair in pairs], target)
        for place, found in enumerate(aligner.align(pairs)):
            words.update((ours[place][link.src], theirs[place][link.tgt]) for link in found.links)
    counts = token_counts(words, min_count=min_count)
    if not len(counts.targets):
        raise InputError(
            f"--bitext: no pair of words was linked {min_count} times", hint="give more bitext, or a lower --min-count"
        )
    return counts


def _cut(texts: Sequence[tuple[str, Sequence[Token]]], tokenizer: Any) -> list[list[tuple[int, ...]]]:
    """Return for every word of every text the ids of the tokens that reach into it, unknown ones left out."""
    read = tokenizer([text for text, _ in texts], add_special_tokens=False, return_offsets_mapping=True)
    found = []
    for (_, words), numbers, offsets in zip(texts, read["input_ids"], read["offset_mapping"], strict=True):
        own: list[list[int]] = [[] for _ in words]
        first = 0
        for number, (start, end) in zip(numbers, offsets, strict=True):
            while first < len(words) and words[first].end <= start:
                first += 1
            for place in range(first, len(words)):
                if words[place].start >= end:
                    break
                if number != tokenizer.unk_token_id:
                    own[place].append(number)
        found.append([tuple(pieces) for pieces in own])
    return found


def _batches(pairs: Iterable[TokenizedPair]) -> Iterator[list[TokenizedPair]]:
    pairs = iter(pairs)
    while batch := list(islice(pairs, _BATCH)):
        yield batch
