"""Sentence-level code-switching: the sentences of one document, some in one language and some in the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.records import Pair, Reject, Segment, SentenceCsRow, shuffled
from cscl_data.text.languages import language

STAGE = "sentence_cs"
METHOD = "sentence.1"
"""Name and version of the method; the version rises when the text it generates changes."""
MODES = ("alternate", "random", "block")
START_LANGS = ("src", "tgt", "random")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCsConfig:
    """How to switch between sentences.

    Attributes:
        mode: `alternate` changes language at every sentence, `random` puts a share of the sentences in the target
            language, `block` changes after runs of sentences.
        start_lang: side of the first sentence: `src`, `tgt`, or `random` (a seeded coin per document, our default).
        share: share of target sentences with `random`, in [0, 1].
        min_run: shortest run with `block`, in sentences.
        max_run: longest run with `block`.

    Raises:
        ConfigError: a value is out of range, or a name is unknown.
    """

    mode: str = "alternate"
    start_lang: str = "random"
    share: float = 0.5
    min_run: int = 1
    max_run: int = 3

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise unknown_name("mode", self.mode, MODES)
        if self.start_lang not in START_LANGS:
            raise unknown_name("start language", self.start_lang, START_LANGS)
        if not 0.0 <= self.share <= 1.0:
            raise ConfigError(f"--share must be between 0 and 1, not {self.share}")
        if not 1 <= self.min_run <= self.max_run:
            raise ConfigError(f"--min-run and --max-run: expected 1 <= {self.min_run} <= {self.max_run}")


def generate(
    doc_id: str, pairs: Sequence[Pair], *, row_id: str, config: SentenceCsConfig, rng: Random
) -> SentenceCsRow | Reject:
    """Make one mixed document: every pair once, in order, in one of its two languages.

    No pair stands in both languages, so that neighbours never translate each other. Whitespace around a sentence is
    not taken over; between sentences stands one space, or nothing after an end mark where neither language divides
    words by spaces.

    Args:
        doc_id: the document.
        pairs: its pairs in order; both sides of each hold text.
        row_id: id of the new row.
        config: how to switch.
        rng: the row's own generator.

    Returns:
        The row, or a reject `single_sentence` when there is nothing to switch between.

    Raises:
        SchemaError: the row breaks an invariant (a bug).
    """
    if len(pairs) < 2:
        source = {"doc_id": doc_id, "pairs": [pair.row() for pair in pairs]}
        return Reject(id=row_id, stage=STAGE, reason="single_sentence", detail=f"{len(pairs)} sentence", source=source)
    first_is_tgt = {"src": False, "tgt": True}.get(config.start_lang)
    if first_is_tgt is None:
        first_is_tgt = rng.random() < 0.5
    sides = _sides(len(pairs), first_is_tgt, config, rng)
    text = ""
    segments: list[Segment] = []
    for pair, is_tgt in zip(pairs, sides, strict=True):
        lang, sentence = (pair.tgt_lang, pair.tgt_text) if is_tgt else (pair.src_lang, pair.src_text)
        sentence = sentence.strip()
        if segments:
            text += separator(text[-1], segments[-1].lang, lang)
        segments.append(Segment(len(text), len(text) + len(sentence), lang, pair.id))
        text += sentence
    row = SentenceCsRow(id=row_id, doc_id=doc_id, text=text, mode=config.mode, segments=tuple(segments))
    row.check()
    return row


def separator(last_char: str, left_lang: str, right_lang: str) -> str:
    """Return what stands between two sentences.

    Args:
        last_char: the last character of the first sentence.
        left_lang: its language.
        right_lang: language of the second sentence.
    """
    left, right = language(left_lang), language(right_lang)
    tight = not left.spaced and not right.spaced and not last_char.isalnum()
    return "" if tight else " "


def _sides(n: int, first_is_tgt: bool, config: SentenceCsConfig, rng: Random) -> list[bool]:
    """Return for each sentence whether it stands in the target language; both languages occur."""
    if config.mode == "alternate":
        return [(i % 2 == 1) != first_is_tgt for i in range(n)]
    if config.mode == "random":
        exact = config.share * n
        drawn = math.floor(exact) + (rng.random() < exact - math.floor(exact))
        chosen = set(shuffled(range(n), rng)[: min(n - 1, max(1, drawn))])
        return [i in chosen for i in range(n)]
    sides: list[bool] = []
    side = first_is_tgt
    while len(sides) < n:
        run = config.min_run + math.floor(rng.random() * (config.max_run - config.min_run + 1))
        run = min(run, n - 1) if not sides else run
        sides += [side] * run
        side = not side
    return sides[:n]
