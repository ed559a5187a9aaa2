"""Rows worth a budget, drawn from all that were made of a kind: the text of one stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cscl_data.io.dataset import iter_dataset, read_manifest
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.curriculum.languages_of import characters_by_language
from cscl_data.pipelines.drawing import choose
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import Basics, JobPlan
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.pipelines.token_counting import TOGETHER, Count, token_counter, tokenizer_inputs
from cscl_data.records import rng_for

MONO = "mono/1"
_STAGE = "curriculum"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawJob:
    """One part of a curriculum.

    Attributes:
        root: the curriculum's directory.
        made: the directory below it that holds what was made.
        budget: tokens wanted; of monolingual text half of each language.
        tokenizer: what counts them.
        languages: BCP-47 tags of the text, for the dataset card.
        basics: where it goes, and how it is cut.
    """

    root: Path
    made: str
    budget: int
    tokenizer: str
    languages: tuple[str, ...]
    basics: Basics


def plan_draw(job: DrawJob) -> JobPlan:
    """Settle everything that decides the output.

    Raises:
        InputError: what it is drawn from is not finished.
        BackendError: there is no tokenizer at the path.
    """
    made = read_manifest(job.root / job.made)
    return JobPlan(
        command="make-curriculum",
        schema=made["schema"],
        settings={
            **made["settings"],
            "made": job.made,
            "budget": job.budget,
            "budget_tokenizer": job.tokenizer,
        },
        sig=made["sig"],
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*shard_inputs(job.root, job.made), *tokenizer_inputs(job.tokenizer)],
        deterministic=made["deterministic"],
        languages=job.languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def shard_inputs(root: Path, folder: str) -> list[InputFacts]:
    """Return the facts of the shards of a directory below `root`, as its manifest states them."""
    shards = read_manifest(root / folder)["shards"]
    return [InputFacts(f"{folder}/{shard['path']}", shard["bytes"], shard["sha256"]) for shard in shards]


def rows_of(root: Path, folder: str) -> list[int]:
    """Return how many rows each shard of a directory holds."""
    return [shard["rows"] for shard in read_manifest(root / folder)["shards"]]


def run_draw(job: DrawJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises."""
    plan = plan_draw(job)
    source = job.root / job.made
    unused: dict[str, int] = {}

    def rows() -> Iterator[dict[str, Any]]:
        listener.note(f"weighing {job.made}")
        sizes, chosen = weigh(source, plan.schema, job.budget, token_counter(job.tokenizer), job.basics.seed)
        unused.update(rows=int((~chosen).sum()), tokens=int(sizes[~chosen].sum()))
        return compress(iter_dataset(source), chosen)

    stages = Stages(
        prepare=lambda: partial(as_they_are, schema=plan.schema, tokenizer=job.tokenizer),
        chunks=lambda: by_rows(rows(), job.basics.shard_rows),
        rows_read=lambda: rows_of(job.root, job.made),
        merge=lambda summaries: {**merge_text(summaries), "unused": dict(unused)},
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def weigh(
    source: Path, schema: str, budget: int, count: Count, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the tokens of every row of a directory, and whether it is drawn. Memory grows by some 100 bytes a row.

    Args:
        source: the directory.
        schema: of its rows.
        budget: tokens wanted.
        count: counts tokens.
        seed: decides the draw, with the row's id.
    """
    by_language = schema == MONO
    draws: list[float] = []
    sizes: list[int] = []
    groups: list[str] = []
    for batch in by_rows(iter_dataset(source, ["id", "text", *(["lang"] if by_language else [])]), TOGETHER):
        draws += [rng_for(seed, row["id"], _STAGE).random() for row in batch]
        sizes += count([row["text"] for row in batch])
        groups += [row.get("lang", "") for row in batch]
    all_sizes, all_draws, names = np.array(sizes, np.int64), np.array(draws, np.float64), np.array(groups, np.str_)
    chosen = np.zeros(len(sizes), np.bool_)
    found = sorted(set(groups))
    for group in found:
        here = np.flatnonzero(names == group)
        chosen[here] = choose(all_draws[here], all_sizes[here], budget // len(found))
    return all_sizes, chosen


def as_they_are(chunk: list[dict[str, Any]], *, schema: str, tokenizer: str) -> ShardOutcome:
    """Do one shard: pass its rows on, and count tokens and characters by language."""
    tokens = sum(token_counter(tokenizer)([row["text"] for row in chunk]))
    characters: Counter[str] = Counter()
    for row in chunk:
        characters.update(characters_by_language(schema, row))
    return ShardOutcome(chunk, [], len(chunk), len(chunk), {"tokens": tokens, "characters": dict(characters)})


def merge_text(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Add up the tokens of shards, and their characters by language."""
    tokens = 0
    characters: Counter[str] = Counter()
    for summary in summaries:
        tokens += summary["tokens"]
        characters.update(summary["characters"])
    return {"tokens": tokens, "characters": dict(sorted(characters.items()))}
