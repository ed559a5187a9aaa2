"""What one shard of `make-sentence-cs` does: documents to rows, and what the report says of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cscl_data.errors import SchemaError
from cscl_data.generators.sentence import Count, SentenceCsConfig, generate
from cscl_data.pipelines.bead_documents import STAGE, BeadDocument, n_rows
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.pipelines.token_counting import token_counter
from cscl_data.records import Reject, SentenceCsRow, rng_for

TOO_LONG = "longer_than_max_tokens"
"""Name of the note that counts rows of one sentence that has more than `--max-tokens` by itself."""
ONE_LANGUAGE = "in_one_language"
"""Name of the note that counts rows in one language, parts of a document that `--max-tokens` divides."""


def mix_documents(
    chunk: Sequence[BeadDocument | Reject],
    *,
    langs: tuple[str, ...],
    config: SentenceCsConfig,
    sig: str,
    seed: int,
    tokenizer: str = "bytes",
) -> ShardOutcome:
    """Do one shard. An item is a row to be made of a document, or what could not become part of one.

    Args:
        chunk: documents, and rows that are part of none.
        langs: the source language, then the target languages.
        config: how to switch.
        sig: signature of the rows.
        seed: the job's seed.
        tokenizer: what counts tokens for `max_tokens`: `bytes`, or where a tokenizer lies.

    Raises:
        SchemaError: a sentence is missing in the rows (a bug).
    """
    count = counter(tokenizer) if config.max_tokens else len
    made: list[SentenceCsRow] = []
    rejects: list[Reject] = []
    items = lacking = 0
    for item in chunk:
        if isinstance(item, Reject):
            rejects.append(item)
            items += 1
            continue
        rejects += item.rejects
        items += len(item.rejects)
        if item.rejects and not item.beads:
            continue
        rng = rng_for(seed, f"{item.doc_id}/0", STAGE)
        rows = generate(item.doc_id, item.beads, langs=langs, config=config, rng=rng, closed=item.closed, count=count)
        if isinstance(rows, Reject):
            rejects.append(rows)
            items += 1
            continue
        made += complete(item, rows)
        items += len(rows)
        lacking += sum(len(bead.texts) < len(langs) for bead in item.beads)
    summary = {**summarise(made, count=count, max_tokens=config.max_tokens), "lacking_a_language": lacking}
    return ShardOutcome([row.row(sig) for row in made], rejects, sum(map(n_rows, chunk)), items, summary)


def complete(document: BeadDocument, rows: list[SentenceCsRow]) -> list[SentenceCsRow]:
    """Return the rows of a document if every one of its sentences stands in them.

    Raises:
        SchemaError: one does not (a bug).
    """
    there = {segment.pair_id for row in rows for segment in row.segments}
    if len(there) != len(document.beads):
        raise SchemaError(f"document {document.doc_id!r}: {len(document.beads)} sentences, {len(there)} in its rows")
    return rows


def summarise(rows: Sequence[SentenceCsRow], *, count: Count, max_tokens: int | None) -> dict[str, Any]:
    """Return what the report says of rows; `merge_summaries` adds several."""
    sentences: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    too_long = one_language = 0
    for row in rows:
        for segment in row.segments:
            sentences[segment.lang] += 1
            characters[segment.lang] += segment.end - segment.start
        alone = max_tokens is not None and len({segment.pair_id for segment in row.segments}) == 1
        too_long += alone and count(row.text) > (max_tokens or 0)
        one_language += len({segment.lang for segment in row.segments}) == 1
    notes = {ONE_LANGUAGE: one_language, TOO_LONG: too_long}
    return {
        "notes": {name: count for name, count in notes.items() if count},
        "documents": len({row.doc_id for row in rows}),
        "sentences": sum(segment.role == "text" for row in rows for segment in row.segments),
        "switches": sum(row.n_switches for row in rows),
        "sentences_by_language": dict(sorted(sentences.items())),
        "characters_by_language": dict(sorted(characters.items())),
    }


def merge_summaries(summaries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add the summaries of several shards; documents stand whole in one."""
    total: dict[str, Any] = summarise([], count=len, max_tokens=None)
    for summary in summaries:
        for key, value in summary.items():
            if isinstance(value, Mapping):
                added = Counter(total.get(key, {}))
                added.update(value)
                total[key] = dict(sorted(added.items()))
            else:
                total[key] = total.get(key, 0) + value
    return total


def counter(tokenizer: str) -> Count:
    """Return the function that counts the tokens of one text."""
    count = token_counter(tokenizer)
    return lambda text: count([text])[0]
