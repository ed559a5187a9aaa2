"""`--mask-shape auto`: which form of mask the model carries through best, tried on sentences of the input."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from cscl_data.io.recordfile import Record, Records
from cscl_data.pipelines.bundle_fields import texts_of
from cscl_data.pipelines.bundle_settings import AUTO, BundleSettings
from cscl_data.pipelines.listen import Listener
from cscl_data.text.languages import language
from cscl_data.text.sentences import sentence_spans
from cscl_data.translators import SHAPES, Translator
from cscl_data.translators.masks import Sealed, masked, numbers_in, seal
from cscl_data.translators.protection import hard_spans, has_words

SAMPLED, SEARCHED = 24, 500
"""Sentences that are tried, and records that are searched for them. Our defaults."""
_SHORTEST, _LONGEST = 12, 200


class Kept(NamedTuple):
    """A shape, and in how many sentences of those tried every mask of it came back once."""

    shape: str
    kept: int
    tried: int


def choose_mask(
    records: Records, bundles: BundleSettings, translator: Translator, listener: Listener
) -> BundleSettings:
    """Settle `--mask-shape auto`: the shape of `SHAPES` that came back in most sentences, the first of equals.

    Sentences of the input with something to mask are tried first; where there are too few of them, a mask is put at a
    space in the middle of others. The table that decides is told to the listener.

    Args:
        records: the input.
        bundles: settings; where they choose no mask, they come back as they are.
        translator: the model.
        listener: takes the table.
    """
    if bundles.protect_mode != "mask" or bundles.mask_shape != AUTO:
        return bundles
    sentences = _sample(records, bundles)
    table = [_tried(shape, sentences, bundles, translator) for shape in SHAPES]
    best = max(table, key=lambda row: row.kept)
    listener.announce(f"masks: tried on {len(sentences)} sentences, kept in")
    for row in sorted(table, key=lambda row: -row.kept):
        listener.announce(f"  {row.shape:<8} {100 * row.kept / max(1, row.tried):5.1f} %  of {row.tried}")
    return replace(bundles, mask_shape=best.shape)


def _sample(records: Records, bundles: BundleSettings) -> list[str]:
    """Return sentences of one line, those with something to mask first."""
    with_spans: dict[str, None] = {}
    others: dict[str, None] = {}
    for item in islice(records, SEARCHED):
        texts = texts_of(item, bundles.fields) if isinstance(item, Record) else None
        for text in texts.values() if isinstance(texts, dict) else ():
            for start, end in sentence_spans(text[: 50 * _LONGEST], bundles.src_lang):
                sentence = text[start:end]
                if _SHORTEST <= len(sentence) <= _LONGEST and has_words(sentence):
                    (with_spans if hard_spans(sentence) else others)[sentence] = None
        if len(with_spans) >= SAMPLED:
            break
    return [*with_spans, *others][:SAMPLED]


def _tried(shape: str, sentences: list[str], bundles: BundleSettings, translator: Translator) -> Kept:
    sealed = [
        seal(text, shape) if hard_spans(text) else _with_mask(text, shape, spaced=language(bundles.src_lang).spaced)
        for text in sentences
        if not numbers_in(shape, [text])
    ]
    made = translator.translate([one.text for one in sealed], bundles.src_lang, bundles.tgt_lang) if sealed else []
    kept = sum(
        not translation.problem and not one.opened(translation.text)[1]
        for one, translation in zip(sealed, made, strict=True)
    )
    return Kept(shape, kept, len(sealed))


def _with_mask(text: str, shape: str, *, spaced: bool) -> Sealed:
    """Return a sentence with a mask at the space nearest to its middle, or in its middle where none is written."""
    middle = len(text) // 2
    gaps = [k for k, char in enumerate(text) if char == " "]
    at = min(gaps, key=lambda k: abs(k - middle)) if gaps else middle
    token = f" {masked(shape, 1)}" if spaced else masked(shape, 1)
    return Sealed(text, text[:at] + token + text[at:], shape, 1, ("",))
