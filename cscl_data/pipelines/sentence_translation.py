"""`make-sentence-cs --translate-with`: documents in one language, of which some sentences are translated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from cscl_data.generators.sentence import METHOD, SentenceCsConfig
from cscl_data.io.mono import MonoDocument, MonoSpec, MonoText
from cscl_data.pipelines.bead_documents import BeadDocument, n_rows
from cscl_data.pipelines.bundle_settings import ModelSettings
from cscl_data.pipelines.chunks import Once, by_size
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, Work, run_job
from cscl_data.pipelines.language_check import SAMPLED_ROWS, Side, check_sides, settle
from cscl_data.pipelines.line_order import check_line_order
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.mono import refuse_columns_of_lines
from cscl_data.pipelines.plan import Basics, JobPlan
from cscl_data.pipelines.sentence_cs import (
    COMMAND,
    SCHEMA,
    counting_files,
    distinct,
    switching_settings,
    switching_sig,
)
from cscl_data.pipelines.sentence_shard import merge_summaries
from cscl_data.pipelines.sentence_translated import mix_translated
from cscl_data.pipelines.settings import sig_line
from cscl_data.pipelines.translate_bundle import METHOD as LADDER
from cscl_data.records import Bead, Reject
from cscl_data.text.sentences import sentence_spans
from cscl_data.translators import check_model

SPLITTER = "sentences.1"
"""Name and version of what cuts documents into sentences; the version rises when it cuts elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedCsJob:
    """A `make-sentence-cs` job whose input has one language.

    Attributes:
        text: the input; its documents are cut into sentences.
        tgt_langs: the languages that a model translates into.
        model: the model, and how it searches.
        switching: how to switch.
        tokenizer: counts tokens for `max_tokens`: `bytes`, or a directory or file of a Hugging Face tokenizer.
        basics: where to write, and the seed.

    Raises:
        ConfigError: a language comes twice.
    """

    text: MonoSpec
    tgt_langs: tuple[str, ...]
    model: ModelSettings
    switching: SentenceCsConfig
    basics: Basics
    tokenizer: str = "bytes"

    def __post_init__(self) -> None:
        distinct(self.langs)

    @property
    def langs(self) -> tuple[str, ...]:
        """The source language, then the target languages."""
        return (self.text.lang, *self.tgt_langs)


def plan_translated_cs(job: TranslatedCsJob, *, dry: bool = False) -> JobPlan:
    """Settle everything that decides the output.

    The model is loaded, for its choice of device and compute type; with `dry` it is not, and they stand as asked.

    Raises:
        ConfigError: a language tag is malformed, there is no such model, or it lacks a pair of languages.
        InputError: the input cannot be read, is clearly in another language, or its lines are clearly shuffled.
        BackendError: the model cannot be loaded, or there is no tokenizer at the path.
    """
    languages = settle(*job.langs)
    text = MonoText(job.text)
    refuse_columns_of_lines([text])
    sample = [item.text for item in islice(text, SAMPLED_ROWS) if isinstance(item, MonoDocument)]
    check_sides([Side("--src-lang", job.text.lang, sample)], job.text.path)
    check_line_order(translated_documents(text), job.text.path)
    check_model(job.model.model)
    translator = job.model.describe() if dry else job.model.load()
    for target in languages[1:]:
        translator.check_pair(languages[0], target)
    files = counting_files(job.switching, job.tokenizer)
    spec = {"src_lang": job.text.lang, "tgt_lang": list(job.tgt_langs) if len(job.tgt_langs) > 1 else job.tgt_langs[0]}
    columns = {"text_column": job.text.text_column, "doc_column": job.text.doc_column, "limit": job.text.limit}
    return JobPlan(
        command=COMMAND,
        schema=SCHEMA,
        settings={
            **spec,
            **columns,
            **switching_settings(job.switching, job.tokenizer),
            "translate_with": job.model.model,
            **dict(translator.settings),
        },
        sig=sig_line(
            schema=SCHEMA,
            method=METHOD,
            **switching_sig(job.switching, job.tokenizer, files, job.langs),
            splitter=SPLITTER,
            translator=f"{translator.name}.{translator.sig}",
            ladder=LADDER,
            beam=job.model.beam_size,
            compute=translator.settings.get("compute_type"),
            seed=job.basics.seed,
        ),
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*text.facts(), *files, *job.model.files()],
        deterministic=translator.deterministic,
        languages=languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_translated_cs(job: TranslatedCsJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises.

    Raises:
        InputError: a document's rows are not contiguous.
    """
    plan = plan_translated_cs(job)
    text = MonoText(job.text)

    def ready() -> Work:
        if job.model.model == "default":
            listener.note("model default: for trying things out, and often wrong; --translate-with takes NLLB")
        return partial(
            mix_translated,
            langs=job.langs,
            config=job.switching,
            model=job.model,
            sig=plan.sig,
            seed=job.basics.seed,
            tokenizer=job.tokenizer,
        )

    stages = Stages(
        prepare=ready,
        chunks=lambda: by_size(translated_documents(text), job.basics.shard_rows, n_rows),
        rows_read=lambda: text.rows_read,
        merge=merge_summaries,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def translated_documents(text: MonoText) -> Iterator[BeadDocument | Reject]:
    """Cut documents into sentences; the sentence is named `<document>:<n>`, n from 0.

    Memory grows by 8 bytes and a little for each document, to notice one that comes back.

    Raises:
        InputError: a document's rows are not contiguous, or two rows have the same id.
    """
    once = Once()
    for item in text:
        if isinstance(item, Reject):
            yield item
            continue
        doc_id = item.doc_id or item.id
        once.take(doc_id, item.id)
        beads: list[Bead] = []
        at = 0
        for start, end in sentence_spans(item.text, text.spec.lang):
            before = {text.spec.lang: item.text[at:start]} if beads else {}
            beads.append(Bead(id=f"{doc_id}:{len(beads)}", texts={text.spec.lang: item.text[start:end]}, before=before))
            at = end
        yield BeadDocument(doc_id, tuple(beads), item.n_rows)
