"""`make-sentence-cs` from documents that are matched as wholes: their sentences are aligned here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from cscl_data.generators.sentence import METHOD, SentenceCsConfig
from cscl_data.io.bitext import BitextSpec
from cscl_data.io.documents import DocumentPair, FolderPairs, FolderSpec, RowPairs
from cscl_data.io.stopwatch import ALIGN, stage
from cscl_data.pipelines.bead_documents import BeadDocument
from cscl_data.pipelines.bead_settings import BeadSettings
from cscl_data.pipelines.chunks import Once, by_size
from cscl_data.pipelines.document_alignment import HowToFindBeads, as_beads, beads_sig, find_beads, prepare_beads
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.kept_beads import align_once
from cscl_data.pipelines.language_check import SAMPLED_ROWS, Side, check_sides, settle
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import STATE, Basics, JobPlan
from cscl_data.pipelines.sentence_cs import COMMAND, SCHEMA, counting_files, switching_settings, switching_sig
from cscl_data.pipelines.sentence_shard import merge_summaries, mix_documents
from cscl_data.pipelines.settings import bitext_settings, sig_line
from cscl_data.pipelines.shard import ShardOutcome, Work
from cscl_data.records import Reject

CHARACTERS_A_ROW = 200
"""A document counts as a row of a shard for so many characters of its source: about a row for a sentence or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedCsJob:
    """A `make-sentence-cs` job whose input is pairs of documents.

    Attributes:
        documents: two directories, or a bitext whose rows are documents.
        beads: how they are divided and aligned.
        switching: how to switch.
        tokenizer: counts tokens for `max_tokens`: `bytes`, or a directory or file of a Hugging Face tokenizer.
        basics: where to write, and the seed.
        shared_in: directory of a job with the same `documents`, `beads` and shards, this one or another: what it has
            learned and the beads it has found are taken where they are there, and kept there for others.
    """

    documents: FolderSpec | BitextSpec
    beads: BeadSettings
    switching: SentenceCsConfig
    basics: Basics
    tokenizer: str = "bytes"
    shared_in: Path | None = None

    @property
    def langs(self) -> tuple[str, str]:
        """The source language and the target language."""
        return self.beads.src_lang, self.beads.tgt_lang

    def opened(self) -> FolderPairs | RowPairs:
        """Open the input.

        Raises:
            InputError: it is missing, or no document has a partner.
        """
        if isinstance(self.documents, FolderSpec):
            return FolderPairs(self.documents)
        return RowPairs(self.documents, "text" if self.beads.markup == "auto" else self.beads.markup)


def plan_aligned_cs(job: AlignedCsJob) -> JobPlan:
    """Settle everything that decides the output.

    Raises:
        ConfigError: a language tag is malformed, or priors are for other languages.
        InputError: an input cannot be read, or is clearly not in its languages.
        BackendError: there is no tokenizer at the path.
    """
    languages = settle(*job.langs)
    pairs = job.opened()
    sample = [item for item in islice(pairs, SAMPLED_ROWS) if isinstance(item, DocumentPair)]
    given = pairs.facts()
    check_sides(
        (
            Side("--src-lang", job.langs[0], [pair.src_text for pair in sample]),
            Side("--tgt-lang", job.langs[1], [pair.tgt_text for pair in sample]),
        ),
        " and ".join(facts.path for facts in given[:2]),
    )
    if isinstance(job.documents, FolderSpec):
        read = {"src_lang": job.langs[0], "tgt_lang": job.langs[1], "limit": job.documents.limit}
    else:
        read = bitext_settings(job.documents)
    files = counting_files(job.switching, job.tokenizer)
    bead_files = job.beads.files()
    return JobPlan(
        command=COMMAND,
        schema=SCHEMA,
        settings={
            **read,
            "align_sentences": True,
            "markup": job.beads.markup,
            "priors": job.beads.priors,
            **switching_settings(job.switching, job.tokenizer),
        },
        sig=sig_line(
            schema=SCHEMA,
            method=METHOD,
            **switching_sig(job.switching, job.tokenizer, files, job.langs),
            **beads_sig(job.beads, bead_files),
            seed=job.basics.seed,
        ),
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*given, *bead_files, *files],
        languages=languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_aligned_cs(job: AlignedCsJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises.

    Raises:
        InputError: two documents have the same id.
    """
    plan = plan_aligned_cs(job)
    pairs = job.opened()

    def ready() -> Work:
        shared = None if job.shared_in is None else job.shared_in / STATE
        return partial(
            mix_aligned,
            how=prepare_beads(job.beads, job.opened(), job.basics.out / STATE, listener, learned=shared),
            kept_in=shared,
            config=job.switching,
            sig=plan.sig,
            seed=job.basics.seed,
            tokenizer=job.tokenizer,
        )

    stages = Stages(
        prepare=ready,
        chunks=lambda: by_size(_distinct(pairs), job.basics.shard_rows, _size),
        rows_read=lambda: pairs.rows_read,
        merge=merge_summaries,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def mix_aligned(
    chunk: Sequence[DocumentPair | Reject],
    *,
    how: HowToFindBeads,
    config: SentenceCsConfig,
    sig: str,
    seed: int,
    tokenizer: str = "bytes",
    kept_in: Path | None = None,
) -> ShardOutcome:
    """Align the documents of one shard, then mix them, see `mix_documents`.

    Args:
        chunk: pairs of documents, and what is none.
        how: how sentences are aligned.
        config: how to switch.
        sig: signature of the rows.
        seed: the job's seed.
        tokenizer: what counts tokens for `max_tokens`.
        kept_in: where beads are kept, see `align_once`.

    Raises:
        OutputError: the beads cannot be kept.
    """
    documents: list[BeadDocument | Reject] = []
    shapes: Counter[str] = Counter()
    with stage(ALIGN):
        aligned = list(align_once(chunk, partial(find_beads, how=how), kept_in))
    for found in aligned:
        made = found if isinstance(found, Reject) else as_beads(found.pair, found.aligned, how.settings)
        if isinstance(made, Reject):
            documents.append(made)
        else:
            documents.append(made.document)
            shapes.update(made.shapes)
    langs = (how.settings.src_lang, how.settings.tgt_lang)
    outcome = mix_documents(documents, langs=langs, config=config, sig=sig, seed=seed, tokenizer=tokenizer)
    return outcome._replace(summary={**(outcome.summary or {}), "beads": dict(sorted(shapes.items()))})


def _distinct(pairs: FolderPairs | RowPairs) -> Iterator[DocumentPair | Reject]:
    once = Once()
    for item in pairs:
        if isinstance(item, DocumentPair):
            once.take(item.doc_id, item.doc_id)
        yield item


def _size(item: DocumentPair | Reject) -> int:
    return 1 if isinstance(item, Reject) else max(1, len(item.src_text) // CHARACTERS_A_ROW)
