"""What a job would take, about: bytes written and seconds, from the amount of text and rates that were measured.

The rates are those of English-Korean documentation on one core of a common server processor, without neighbours. Other
text, another machine or a GPU take several times less or more: an estimate tells seconds from minutes and from days.
"""

from __future__ import annotations

import math
import os
from typing import NamedTuple

from cscl_data.io.bitext import BitextSpec
from cscl_data.io.documents import FolderPairs, FolderTexts, FolderTextSpec, RowPairs
from cscl_data.io.mono import MonoSpec, MonoText
from cscl_data.io.recordfile import Records
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.bundle_settings import ModelSettings
from cscl_data.pipelines.extent import (
    Extent,
    bitext_extent,
    documents_extent,
    folder_extent,
    mono_extent,
    records_extent,
)
from cscl_data.pipelines.link_files import fit_spec


class Rates(NamedTuple):
    """Bytes of Parquet for each byte of text and each row, bytes of text a second and worker, seconds to start."""

    per_text: float
    per_row: float
    text_per_s: float
    start_s: float


ALIGN = Rates(0.8, 25, 800_000, 4)
TOKEN_CS = Rates(0.85, 25, 130_000, 4)
LEXICON_CS = Rates(1.3, 25, 100_000, 4)
TOKEN_CS_COPY = Rates(0.65, 25, 160_000, 2)
SENTENCE_CS = Rates(0.25, 15, 5_000_000, 1)
ALIGNED_CS = Rates(0.25, 15, 100_000, 4)
ALIGNED_TEXT_PER_S, LEARNED_TEXT = 60_000, 8_000_000
"""Bytes of text a second that beads are learned from, by one process, and of how many they are."""
MONO = Rates(0.35, 5, 7_000_000, 1)
WEIGHED_PER_S, TOKENIZED_PER_S = 20_000_000, 4_000_000
"""Bytes of text a second that `make-mono` weighs by bytes, and by a tokenizer, before it draws."""
BUNDLE = Rates(0.7, 100, 2_000_000, 1)
FIT_TEXT_PER_S = 240_000
"""Bytes of text a second that the statistical aligner learns from; more workers do not change it."""
EFLOMAL_WORK_PER_S = 500
"""Bytes of text over the square root of the pairs, a second: eflomal's passes over them fall with that root."""
ENCODER_WORK_PER_S = 3e10
MODEL_WORK_PER_S = 4e10
"""Bytes of text times bytes of weights, a second and core: an encoder's, and a translation model's with a beam of 4."""
BYTES_A_TOKEN = 4
"""Bytes of text for each token of a `--budget-tokenizer`."""


class Estimate(NamedTuple):
    """About so many input rows, bytes of text in them, bytes of Parquet to write, and seconds."""

    rows: int
    text_bytes: int
    bytes_out: int
    seconds: float


def estimate(rates: Rates, extent: Extent, *, workers: int, items: int = 1, more_s: float = 0.0) -> Estimate:
    """Estimate a job of `items` output rows an input row, with `more_s` seconds beside the work on its shards."""
    seconds = rates.start_s + more_s + items * extent.text_bytes / rates.text_per_s / workers
    written = items * (rates.per_text * extent.row_bytes + rates.per_row * extent.rows)
    return Estimate(extent.rows, extent.text_bytes, round(written), seconds)


def estimate_align(bitext: BitextSpec, settings: AlignSettings, files: list[InputFacts], *, workers: int) -> Estimate:
    """Estimate `align`; `files` are those of the plan."""
    extent = bitext_extent(bitext)
    return estimate(ALIGN, extent, workers=workers, more_s=_links_s(extent, settings, files, workers, bitext))


def estimate_token_cs(
    bitext: BitextSpec, settings: AlignSettings, files: list[InputFacts], *, aligns: bool, items: int, workers: int
) -> Estimate:
    """Estimate `make-token-cs`; `items` is the number of rows made from a pair."""
    extent = bitext_extent(bitext)
    if not aligns:
        return estimate(TOKEN_CS_COPY, extent, workers=workers, items=items)
    more_s = _links_s(extent, settings, files, workers, bitext)
    return estimate(TOKEN_CS, extent, workers=workers, items=items, more_s=more_s)


def estimate_lexicon_cs(text: MonoSpec, *, items: int, workers: int) -> Estimate:
    """Estimate `make-token-cs --method lexicon`; `items` is the number of rows made from one of the text."""
    return estimate(LEXICON_CS, mono_extent(MonoText(text)), workers=workers, items=items)


def estimate_sentence_cs(bitext: BitextSpec, *, workers: int) -> Estimate:
    """Estimate `make-sentence-cs`."""
    return estimate(SENTENCE_CS, bitext_extent(bitext), workers=workers)


def estimate_aligned_cs(pairs: FolderPairs | RowPairs, *, workers: int) -> Estimate:
    """Estimate `make-sentence-cs` of documents, whose sentences are aligned twice: once to learn, once for good."""
    extent = documents_extent(pairs)
    learned = min(1.0, LEARNED_TEXT / max(1, extent.text_bytes))
    more_s = extent.text_bytes * learned / ALIGNED_TEXT_PER_S
    return estimate(ALIGNED_CS, extent, workers=workers, more_s=more_s)


def estimate_translated_cs(
    text: MonoSpec | FolderTextSpec, model: ModelSettings, files: list[InputFacts], *, workers: int
) -> Estimate:
    """Estimate `make-sentence-cs --translate-with` on a CPU, where about half of the text is translated."""
    extent = folder_extent(FolderTexts(text)) if isinstance(text, FolderTextSpec) else mono_extent(MonoText(text))
    more_s = _translation_s(extent.text_bytes / 2, model, files, workers)
    return estimate(SENTENCE_CS, extent, workers=workers, more_s=more_s)


def estimate_mono(source: MonoSpec, target: MonoSpec, *, budget: int | None, tokenizer: str, workers: int) -> Estimate:
    """Estimate `make-mono`: twice the shorter text, or what the budget allows; both are read whole."""
    extents = [mono_extent(MonoText(spec)) for spec in (source, target)]
    there = sum(extent.text_bytes for extent in extents)
    taken = 2 * min(extent.text_bytes for extent in extents)
    if budget is not None:
        taken = min(there, budget * (1 if tokenizer == "bytes" else BYTES_A_TOKEN))
    rows = round(sum(extent.rows for extent in extents) * taken / max(1, there))
    weighing_s = there / (WEIGHED_PER_S if tokenizer == "bytes" else TOKENIZED_PER_S)
    return estimate(MONO, Extent(rows, taken, taken), workers=workers, more_s=weighing_s)


def estimate_bundle(
    records: Records, fields: tuple[str, ...], model: ModelSettings, files: list[InputFacts], *, workers: int
) -> Estimate:
    """Estimate `translate-bundle` on a CPU: its time grows with the text and with the weights."""
    extent = records_extent(records, fields)
    more_s = _translation_s(extent.text_bytes, model, files, workers)
    return estimate(BUNDLE, extent, workers=workers, more_s=more_s)


def _translation_s(text_bytes: float, model: ModelSettings, files: list[InputFacts], workers: int) -> float:
    cores = max(1, min(os.cpu_count() or 1, workers * (model.inter_threads or os.cpu_count() or 1)))
    return text_bytes * _weights(files, "model") / MODEL_WORK_PER_S / cores


def _links_s(
    extent: Extent, settings: AlignSettings, files: list[InputFacts], workers: int, bitext: BitextSpec
) -> float:
    if settings.links is not None:
        return 0.0
    if settings.aligner == "simalign":
        return extent.text_bytes * _weights(files, "encoder") / ENCODER_WORK_PER_S / workers
    if settings.aligner not in ("statistical", "eflomal"):
        return 0.0
    text_bytes, rows = extent.text_bytes, extent.rows
    if settings.fit_on:
        more = bitext_extent(fit_spec(settings, bitext))
        text_bytes, rows = text_bytes + more.text_bytes, rows + more.rows
    if settings.aligner == "eflomal":
        return text_bytes / math.sqrt(max(1, rows)) / EFLOMAL_WORK_PER_S
    return text_bytes / FIT_TEXT_PER_S


def _weights(files: list[InputFacts], role: str) -> int:
    weights = (".bin", ".safetensors")
    return sum(item.bytes for item in files if item.role == role and item.path.endswith(weights))
