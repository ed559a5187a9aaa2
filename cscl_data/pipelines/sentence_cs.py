"""`make-sentence-cs`: documents of a bitext to documents in two languages."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from cscl_data.errors import ConfigError, InputError
from cscl_data.generators.sentence import METHOD, SentenceCsConfig, generate
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.chunks import Document, by_documents
from cscl_data.pipelines.job import JobReport, RunOptions, ShardOutcome, Stages, run_job
from cscl_data.pipelines.language_check import check_bitext, settle
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import Basics, JobPlan
from cscl_data.pipelines.settings import bitext_settings, sig_line
from cscl_data.records import Pair, Reject, rng_for

SCHEMA = "sentence_cs/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCsJob:
    """A whole `make-sentence-cs` job."""

    bitext: BitextSpec
    switching: SentenceCsConfig
    basics: Basics


def plan_sentence_cs(job: SentenceCsJob) -> JobPlan:
    """Settle everything that decides the output.

    Raises:
        ConfigError: a language tag is malformed.
        InputError: an input cannot be read, or is clearly not in its languages.
    """
    languages = settle(job.bitext.src_lang, job.bitext.tgt_lang)
    check_bitext(job.bitext)
    switching = job.switching
    how = {"alternate": "", "random": f".{switching.share}", "block": f".{switching.min_run}-{switching.max_run}"}
    sig = sig_line(
        schema=SCHEMA,
        method=METHOD,
        mode=switching.mode + how[switching.mode],
        start=switching.start_lang,
        seed=job.basics.seed,
    )
    return JobPlan(
        command="make-sentence-cs",
        schema=SCHEMA,
        settings={**bitext_settings(job.bitext), **asdict(switching)},
        sig=sig,
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=Bitext(job.bitext).facts(),
        languages=languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_sentence_cs(job: SentenceCsJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises.

    Raises:
        ConfigError: no document column is named or found.
        InputError: a document's rows are not contiguous.
    """
    plan = plan_sentence_cs(job)
    bitext = Bitext(job.bitext)
    _require_documents(bitext)
    stages = Stages(
        prepare=lambda: partial(mix_documents, config=job.switching, sig=plan.sig, seed=job.basics.seed),
        chunks=lambda: by_documents(bitext, job.basics.shard_rows),
        rows_read=lambda: bitext.rows_read,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def mix_documents(chunk: list[Document | Reject], *, config: SentenceCsConfig, sig: str, seed: int) -> ShardOutcome:
    """Do one shard. An item is a document, or a pair that could not become part of one."""
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    items = rows_in = 0
    for item in chunk:
        if isinstance(item, Reject):
            rejects.append(item)
            items, rows_in = items + 1, rows_in + 1
            continue
        rows_in += len(item.pairs)
        whole = [pair for pair in item.pairs if pair.src_text.strip() and pair.tgt_text.strip()]
        empty = [_empty_side(pair) for pair in item.pairs if not (pair.src_text.strip() and pair.tgt_text.strip())]
        rejects += empty
        items += len(empty)
        if not whole:
            continue
        items += 1
        _require_distinct_ids(item)
        row_id = f"{item.doc_id}/0"
        made = generate(item.doc_id, whole, row_id=row_id, config=config, rng=rng_for(seed, row_id, "sentence_cs"))
        if isinstance(made, Reject):
            rejects.append(made)
        else:
            rows.append(made.row(sig))
    return ShardOutcome(rows, rejects, rows_in, items)


def _require_distinct_ids(document: Document) -> None:
    ids = Counter(pair.id for pair in document.pairs)
    twice = next((pair_id for pair_id, count in ids.items() if count > 1), None)
    if twice is not None:
        raise InputError(
            f"document {document.doc_id!r}: more than one row with the id {twice!r}",
            hint="name another column with --id-column",
        )


def _empty_side(pair: Pair) -> Reject:
    return Reject(id=pair.id, stage="sentence_cs", reason="empty_side", detail="a side has no text", source=pair.row())


def _require_documents(bitext: Bitext) -> None:
    first = next((item for item in bitext if isinstance(item, Pair)), None)
    if first is not None and first.doc_id is None:
        given = bitext.sources[0].given
        raise ConfigError(f"{given}: no document column", hint="name it with --doc-column; documents are needed here")
