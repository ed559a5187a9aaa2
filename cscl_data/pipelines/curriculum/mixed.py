"""The control `shuffled`: the rows of all three phases as one stage, in even measure from beginning to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cscl_data.io.dataset import iter_dataset, read_manifest
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.curriculum.drawn import MONO, merge_text, rows_of, shard_inputs
from cscl_data.pipelines.curriculum.languages_of import characters_by_language
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.many_targets import MIXED
from cscl_data.pipelines.plan import Basics, JobPlan
from cscl_data.pipelines.settings import sig_line
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.pipelines.token_counting import token_counter, tokenizer_inputs
from cscl_data.records import MonoRow, rng_for

METHOD = "shuffled.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class MixJob:
    """The mixture of several directories.

    Attributes:
        root: the curriculum's directory.
        folders: the directories below it, by the name of their phase.
        tokenizer: what counts tokens.
        languages: BCP-47 tags of the text.
        basics: where it goes, and how it is cut.
    """

    root: Path
    folders: dict[str, str]
    tokenizer: str
    languages: tuple[str, ...]
    basics: Basics


def plan_mix(job: MixJob) -> JobPlan:
    """Settle everything that decides the output.

    Raises:
        InputError: a directory is not finished.
        BackendError: there is no tokenizer at the path.
    """
    inputs = [facts for folder in job.folders.values() for facts in shard_inputs(job.root, folder)]
    return JobPlan(
        command="make-curriculum",
        schema=MONO,
        settings={"phases": job.folders, "budget_tokenizer": job.tokenizer},
        sig=sig_line(schema=MONO, method=METHOD, seed=job.basics.seed),
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*inputs, *tokenizer_inputs(job.tokenizer)],
        deterministic=all(read_manifest(job.root / folder)["deterministic"] for folder in job.folders.values()),
        languages=job.languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_mix(job: MixJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises."""
    stages = Stages(
        prepare=lambda: partial(as_texts, tokenizer=job.tokenizer),
        chunks=lambda: by_rows(mixed(job), job.basics.shard_rows),
        rows_read=lambda: [rows for folder in job.folders.values() for rows in rows_of(job.root, folder)],
        merge=merge_text,
    )
    return run_job(job.basics.out, plan_mix(job), stages, run, listener.on_shard)


def mixed(job: MixJob) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield phase, schema and row: always of the phase of which the smallest share has gone by.

    A seeded coin decides where shares are equal.
    """
    manifests = {phase: read_manifest(job.root / folder) for phase, folder in job.folders.items()}
    total = {phase: max(1, made["rows_out"]) for phase, made in manifests.items()}
    streams = {phase: iter_dataset(job.root / folder) for phase, folder in job.folders.items()}
    coin = rng_for(job.basics.seed, "turns", METHOD)
    had = dict.fromkeys(streams, 0)
    while streams:
        shares = {phase: had[phase] / total[phase] for phase in streams}
        least = [phase for phase, share in shares.items() if share == min(shares.values())]
        phase = least[int(coin.random() * len(least))]
        row = next(streams[phase], None)
        if row is None:
            del streams[phase]
            continue
        had[phase] += 1
        yield phase, manifests[phase]["schema"], row


def as_texts(chunk: list[tuple[str, str, dict[str, Any]]], *, tokenizer: str) -> ShardOutcome:
    """Do one shard: rows of any kind become plain texts; each keeps its own `sig`."""
    rows = []
    characters = []
    for phase, schema, row in chunk:
        text = MonoRow(id=f"{phase}/{row['id']}", doc_id=row["doc_id"], text=row["text"], lang=row.get("lang") or MIXED)
        rows.append(text.row(row["sig"]))
        characters.append({"tokens": 0, "characters": characters_by_language(schema, row)})
    tokens = sum(token_counter(tokenizer)([row["text"] for row in rows]))
    return ShardOutcome(rows, [], len(rows), len(rows), {**merge_text(characters), "tokens": tokens})
