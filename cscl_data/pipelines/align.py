"""`align`: pairs to word alignments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.align_settings import AlignSettings, resolved, resolved_tokenizers
from cscl_data.pipelines.align_sig import align_sig
from cscl_data.pipelines.alignment import HowToAlign, LinkedPair, align_pairs, prepare
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.language_check import check_bitext, settle
from cscl_data.pipelines.link_files import link_files
from cscl_data.pipelines.links import with_links
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import STATE, Basics, JobPlan
from cscl_data.pipelines.settings import alignment_settings, bitext_settings, sig_line
from cscl_data.pipelines.shard import ShardOutcome, Work
from cscl_data.records import Reject

SCHEMA = "alignment/1"
METHOD = "align.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignJob:
    """A whole `align` job."""

    bitext: BitextSpec
    alignment: AlignSettings
    basics: Basics


def plan_align(job: AlignJob, *, dry: bool = False) -> JobPlan:
    """Settle everything that decides the output; with `dry`, load and fetch nothing for it.

    Raises:
        ConfigError: a language is unknown.
        InputError: an input cannot be read, or is clearly not in its languages.
    """
    job = replace(job, alignment=resolved(job.alignment, dry=dry))
    src, tgt = settle(job.bitext.src_lang, job.bitext.tgt_lang)
    check_bitext(job.bitext)
    files = link_files(job.alignment, job.bitext, dry=dry)
    return JobPlan(
        command="align",
        schema=SCHEMA,
        settings={
            **bitext_settings(job.bitext),
            **alignment_settings(job.alignment),
            **resolved_tokenizers(job.alignment, src, tgt),
        },
        sig=sig_line(schema=SCHEMA, method=METHOD, **align_sig(job.alignment, src, tgt, files), seed=job.basics.seed),
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*Bitext(job.bitext).facts(), *files],
        deterministic=job.alignment.is_deterministic,
        languages=[src, tgt],
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_align(job: AlignJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises."""
    job = replace(job, alignment=resolved(job.alignment))
    plan = plan_align(job)
    bitext = Bitext(job.bitext)

    def ready() -> Work:
        listener.note(f"tokenizers: {plan.settings['src_tokenizer']}, {plan.settings['tgt_tokenizer']}")
        how = prepare(job.alignment, job.bitext, job.basics.out / STATE, listener, workers=run.workers)
        return partial(align_rows, how=how, sig=plan.sig)

    stages = Stages(
        prepare=ready,
        chunks=lambda: by_rows(with_links(bitext, job.alignment), job.basics.shard_rows),
        rows_read=lambda: bitext.rows_read,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def align_rows(chunk: list[LinkedPair | Reject], *, how: HowToAlign, sig: str) -> ShardOutcome:
    """Do one shard. An item is a pair (which gives a row even where it could not be aligned), or an unreadable row."""
    rejects = [item for item in chunk if isinstance(item, Reject)]
    pairs = [item for item in chunk if isinstance(item, LinkedPair)]
    rows: list[dict[str, Any]] = [alignment.row(sig) for alignment in align_pairs(how, pairs)]
    return ShardOutcome(rows, rejects, len(chunk), len(chunk))
