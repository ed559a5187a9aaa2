"""What `make-token-cs` does with the pairs of one shard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from cscl_data.generators import method
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.exclusions import protect
from cscl_data.generators.item import Made, Side, SwitchItem
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.alignment import HowToAlign, LinkedPair, align_pairs
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.records import Alignment, Pair, Reject, rng_for
from cscl_data.text.languages import language
from cscl_data.text.spacy_pipeline import SpacyPipeline
from cscl_data.text.words import WordSplitter

DRAWS = 6
"""How often a variant is drawn until its text is new (our default)."""
TOGETHER = 1024
"""Rows that are aligned in one call: few enough that their tokens are remembered when their words are built."""


class Shard(NamedTuple):
    """What a worker needs beside the pairs."""

    align: HowToAlign
    method: str
    switching: TokenCsConfig
    matrix: str
    n_variants: int
    sig: str
    seed: int
    aligns: bool
    pipelines: tuple[SpacyPipeline, ...] = ()


def switch_pairs(chunk: list[LinkedPair | Reject], *, shard: Shard) -> ShardOutcome:
    """Do one shard. An item is a pair, a matrix language and a variant, or a row that could not be read."""
    read = (
        read if isinstance(read, Reject) else items_of(read, alignment, shard)
        for read, alignment in with_alignments(chunk, shard)
    )
    return outcome_of(read, shard, rows_in=len(chunk))


def outcome_of(read: Iterable[Reject | Iterable[SwitchItem]], shard: Shard, *, rows_in: int) -> ShardOutcome:
    """Make every variant of the items of each row; a row that could not be read is one item."""
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    notes: Counter[str] = Counter()
    items = 0
    for found in read:
        if isinstance(found, Reject):
            rejects.append(found)
            items += 1
            continue
        for item in found:
            items += shard.n_variants
            for made in variants(item, shard):
                if isinstance(made, Reject):
                    rejects.append(made)
                else:
                    rows.append(made.row.row(shard.sig))
                    notes.update(made.notes)
    return ShardOutcome(rows, rejects, rows_in, items, {"notes": dict(sorted(notes.items()))})


def merge_notes(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Add up what shards counted: `notes`, rows by name."""
    total: Counter[str] = Counter()
    for summary in summaries:
        total.update(summary["notes"])
    return {"notes": dict(sorted(total.items()))}


def items_of(pair: Pair, alignment: Alignment | None, shard: Shard) -> Iterator[SwitchItem]:
    """Yield what rows are made from: the pair once for each matrix language. Ids lack the variant's number."""
    sides = {
        "src": side_of(pair.src_lang, pair.src_text, shard),
        "tgt": side_of(pair.tgt_lang, pair.tgt_text, shard),
    }
    for matrix in matrices(shard.matrix, pair, shard.seed):
        frame, other = (sides["src"], sides["tgt"]) if matrix == "src" else (sides["tgt"], sides["src"])
        yield SwitchItem(f"{pair.id}/{frame.lang}", pair, alignment, matrix, frame, other)


def variants(item: SwitchItem, shard: Shard) -> Iterator[Made | Reject]:
    """Yield every variant of an item; one whose text no draw makes new is rejected as `duplicate`."""
    generate = method(shard.method).generate
    seen: set[str] = set()
    for number in range(item.first_variant, item.first_variant + shard.n_variants):
        one = item._replace(row_id=f"{item.row_id}/{number}")
        rng = rng_for(shard.seed, one.row_id, "token_cs")
        made = generate(one, shard.switching, rng)
        for _ in range(DRAWS - 1):
            if isinstance(made, Reject) or made.row.text not in seen:
                break
            made = generate(one._replace(anew=True), shard.switching, rng)
        if isinstance(made, Made):
            if made.row.text in seen:
                made = one.reject("duplicate", f"{DRAWS} draws gave texts of other variants")
            else:
                seen.add(made.row.text)
        yield made


@lru_cache(maxsize=8)
def splitter(lang: str, settings: AlignSettings, pipeline: SpacyPipeline | None = None) -> WordSplitter:
    """Return the word splitter of a language, loaded once per process."""
    return WordSplitter(lang, settings.tokenizer_of(lang), pipeline)


def side_of(lang: str, text: str, shard: Shard) -> Side:
    """Cut a text into words, those that are to stay protected."""
    pipeline = next((one for one in shard.pipelines if one.lang == language(lang).primary), None)
    words = splitter(lang, shard.align.settings, pipeline).words(text)
    return Side(lang, text, protect(text, words, shard.switching.protect))


def with_alignments(
    chunk: list[LinkedPair | Reject], shard: Shard
) -> Iterator[tuple[Pair, Alignment | None] | tuple[Reject, None]]:
    """Yield every item with its alignment, made now or before, `TOGETHER` rows at a time; None where none is wanted."""
    for start in range(0, len(chunk), TOGETHER):
        rows = chunk[start : start + TOGETHER]
        pairs = [item for item in rows if isinstance(item, LinkedPair)]
        made = iter(align_pairs(shard.align, pairs) if shard.aligns else [None] * len(pairs))
        for item in rows:
            if isinstance(item, Reject):
                yield item, None
            else:
                yield item.pair, next(made)


def matrices(matrix: str, pair: Pair, seed: int) -> tuple[str, ...]:
    """Return which sides of a pair give the frame, `src` or `tgt`: one of them, both, or the one that a coin says."""
    if matrix == "both":
        return ("src", "tgt")
    if matrix == "random":
        return ("src",) if rng_for(seed, pair.id, "matrix_lang").random() < 0.5 else ("tgt",)
    return (matrix,)
