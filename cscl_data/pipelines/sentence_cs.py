"""`make-sentence-cs`: documents of a bitext to documents in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from cscl_data.errors import ConfigError, SchemaError
from cscl_data.generators.sentence import METHOD, SentenceCsConfig, generate
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.bead_documents import BeadDocument, bead_document
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
    sig = sig_line(
        schema=SCHEMA,
        method=METHOD,
        mode=_mode_sig(switching),
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


def _mode_sig(switching: SentenceCsConfig) -> str:
    how = {
        "random": f".{switching.share_of_mode}",
        "annotate": f".{switching.share_of_mode}",
        "block": f".{switching.min_run}-{switching.max_run}",
        "markov": f".{switching.switch_probability}",
    }
    return switching.mode + how.get(switching.mode, "")


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
        prepare=lambda: partial(
            mix_documents,
            langs=(job.bitext.src_lang, job.bitext.tgt_lang),
            config=job.switching,
            sig=plan.sig,
            seed=job.basics.seed,
        ),
        chunks=lambda: by_documents(bitext, job.basics.shard_rows),
        rows_read=lambda: bitext.rows_read,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def mix_documents(
    chunk: Sequence[Document | BeadDocument | Reject],
    *,
    langs: tuple[str, ...],
    config: SentenceCsConfig,
    sig: str,
    seed: int,
) -> ShardOutcome:
    """Do one shard. An item is a row to be made of a document, or what could not become part of one.

    Raises:
        InputError: two pairs of a document have the same id.
        SchemaError: a sentence is missing in the rows (a bug).
    """
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    items = rows_in = 0
    for item in chunk:
        if isinstance(item, Reject):
            rejects.append(item)
            items, rows_in = items + 1, rows_in + 1
            continue
        document = bead_document(item) if isinstance(item, Document) else item
        rows_in += document.n_rows
        rejects += document.rejects
        items += len(document.rejects)
        if document.rejects and not document.beads:
            continue
        rng = rng_for(seed, f"{document.doc_id}/0", "sentence_cs")
        made = generate(document.doc_id, document.beads, langs=langs, config=config, rng=rng)
        if isinstance(made, Reject):
            rejects.append(made)
            items += 1
            continue
        there = {segment.pair_id for row in made for segment in row.segments}
        if len(there) != len(document.beads):
            raise SchemaError(
                f"document {document.doc_id!r}: {len(document.beads)} sentences, {len(there)} in its rows"
            )
        rows += [row.row(sig) for row in made]
        items += len(made)
    return ShardOutcome(rows, rejects, rows_in, items)


def _require_documents(bitext: Bitext) -> None:
    first = next((item for item in bitext if isinstance(item, Pair)), None)
    if first is not None and first.doc_id is None:
        given = bitext.sources[0].given
        raise ConfigError(f"{given}: no document column", hint="name it with --doc-column; documents are needed here")
