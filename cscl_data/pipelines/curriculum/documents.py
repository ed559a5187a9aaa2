"""The documents of a curriculum: pairs with a document column, or documents whose sentences have to be aligned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cscl_data.errors import ConfigError
from cscl_data.generators.sentence import SentenceCsConfig
from cscl_data.io.bitext import BitextSpec
from cscl_data.io.documents import FolderSpec
from cscl_data.pipelines.bead_settings import BeadSettings
from cscl_data.pipelines.curriculum.filling import Section, options_of
from cscl_data.pipelines.estimate import Estimate, estimate_aligned_cs, estimate_sentence_cs
from cscl_data.pipelines.job import JobReport, RunOptions
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import Basics, JobPlan
from cscl_data.pipelines.sentence_cs import SentenceCsJob, plan_sentence_cs, run_sentence_cs
from cscl_data.pipelines.sentence_documents import AlignedCsJob, plan_aligned_cs, run_aligned_cs
from cscl_data.pipelines.sentence_options import check_document_options

NOT_GIVEN = ("src_lang", "tgt_lang", "stdin", "else_by_code", "blank_ends_document", "draw")
"""Settings of a bitext that are no options, or stand at the top of a plan."""
OPTIONS = [*dict.fromkeys((*options_of(BitextSpec, FolderSpec, BeadSettings, without=NOT_GIVEN), "align_sentences"))]
"""What the section `documents` of a plan may hold."""

DocumentsJob = SentenceCsJob | AlignedCsJob


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeDocuments:
    """Documents that are matched as wholes, in folders or rows; `beads` says how their sentences are aligned."""

    text: BitextSpec | FolderSpec
    beads: BeadSettings


Documents = BitextSpec | WholeDocuments


def read_documents(section: Section, src_lang: str, tgt_lang: str, limit: int | None) -> Documents | None:
    """Read the section `documents`; what is wrong is noted there.

    Args:
        section: the section.
        src_lang: the source language.
        tgt_lang: the target language.
        limit: takes the place of the section's.
    """
    limits = {} if limit is None else {"limit": limit}
    given = {"inputs" if name == "input" else name for name in section.given}
    try:
        check_document_options(given)
    except ConfigError as error:
        section.note(error.message)
        return None
    if not given & {"src_docs", "tgt_docs", "align_sentences"}:
        return section.fill(BitextSpec, src_lang=src_lang, tgt_lang=tgt_lang, **limits)
    beads = section.fill(BeadSettings, src_lang=src_lang, tgt_lang=tgt_lang)
    where: BitextSpec | FolderSpec | None
    if "align_sentences" in given:
        where = section.fill(BitextSpec, src_lang=src_lang, tgt_lang=tgt_lang, **limits)
    else:
        where = section.fill(FolderSpec, **limits)
    return None if where is None or beads is None else WholeDocuments(text=where, beads=beads)


def job_of(
    documents: Documents, switching: SentenceCsConfig, tokenizer: str, basics: Basics, shared_in: Path | None
) -> DocumentsJob:
    """Return the job that makes documents of both languages; `shared_in` is the job that others share beads with."""
    if isinstance(documents, WholeDocuments):
        text, beads = documents.text, documents.beads
        return AlignedCsJob(
            documents=text,
            beads=beads,
            switching=switching,
            tokenizer=tokenizer,
            basics=basics,
            shared_in=shared_in,
        )
    return SentenceCsJob(bitexts=(documents,), switching=switching, tokenizer=tokenizer, basics=basics)


def plan_documents(job: DocumentsJob) -> JobPlan:
    """Plan such a job; see `plan_sentence_cs` and `plan_aligned_cs`, also for what they raise."""
    return plan_aligned_cs(job) if isinstance(job, AlignedCsJob) else plan_sentence_cs(job)


def run_documents(job: DocumentsJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run such a job; see `run_job` for what it raises."""
    return run_aligned_cs(job, run, listener) if isinstance(job, AlignedCsJob) else run_sentence_cs(job, run, listener)


def estimate_documents(job: DocumentsJob, *, workers: int) -> Estimate:
    """Estimate such a job."""
    if isinstance(job, AlignedCsJob):
        return estimate_aligned_cs(job.opened(), workers=workers)
    return estimate_sentence_cs(job.bitexts[0], workers=workers)
