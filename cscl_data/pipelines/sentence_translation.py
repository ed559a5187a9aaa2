"""`make-sentence-cs --translate-with`: documents in one language, of which some sentences are translated."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial

from cscl_data.generators.sentence import METHOD, SentenceCsConfig
from cscl_data.io.documents import FolderTextSpec
from cscl_data.io.mono import MonoSpec
from cscl_data.pipelines.bundle_settings import ModelSettings
from cscl_data.pipelines.chunks import by_size
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.language_check import SAMPLED_ROWS, Side, check_sides, settle
from cscl_data.pipelines.line_order import check_line_order
from cscl_data.pipelines.listen import SILENT, Listener
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
from cscl_data.pipelines.shard import Work
from cscl_data.pipelines.text_documents import opened, sampled, sentence_documents, size, splitter
from cscl_data.pipelines.translate_bundle import METHOD as LADDER
from cscl_data.translators import check_model, is_shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedCsJob:
    """A `make-sentence-cs` job whose input has one language.

    Attributes:
        text: the input; its documents are cut into sentences.
        tgt_langs: the languages that a model translates into.
        model: the model, and how it searches; `default` becomes the one that has these languages.
        switching: how to switch.
        tokenizer: counts tokens for `max_tokens`: `bytes`, or a directory or file of a Hugging Face tokenizer.
        basics: where to write, and the seed.
        any_order: whether lines that look shuffled are taken as they stand.

    Raises:
        ConfigError: a language comes twice, or the model is `default` and none that ships has these languages.
    """

    text: MonoSpec | FolderTextSpec
    tgt_langs: tuple[str, ...]
    model: ModelSettings
    switching: SentenceCsConfig
    basics: Basics
    tokenizer: str = "bytes"
    any_order: bool = False

    def __post_init__(self) -> None:
        distinct(self.langs)
        object.__setattr__(self, "model", self.model.chosen_for(self.text.lang, self.tgt_langs))

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
    text = opened(job.text)
    check_sides([Side("--src-lang", job.text.lang, sampled(text, SAMPLED_ROWS))], job.text.path)
    if not job.any_order:
        check_line_order(sentence_documents(text), job.text.path)
    check_model(job.model.model)
    translator = job.model.describe() if dry else job.model.load()
    for target in languages[1:]:
        translator.check_pair(languages[0], target)
    files = counting_files(job.switching, job.tokenizer)
    spec = {"src_lang": job.text.lang, "tgt_lang": list(job.tgt_langs) if len(job.tgt_langs) > 1 else job.tgt_langs[0]}
    read = {name: value for name, value in asdict(job.text).items() if name not in ("path", "lang")}
    return JobPlan(
        command=COMMAND,
        schema=SCHEMA,
        settings={
            **spec,
            **read,
            **switching_settings(job.switching, job.tokenizer),
            "translate_with": job.model.model,
            **dict(translator.settings),
        },
        sig=sig_line(
            schema=SCHEMA,
            method=METHOD,
            **switching_sig(job.switching, job.tokenizer, files, job.langs),
            splitter=splitter(job.text),
            markup=job.text.markup if isinstance(job.text, FolderTextSpec) else None,
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
    text = opened(job.text)

    def ready() -> Work:
        if is_shipped(job.model.model):
            listener.note(f"model {job.model.model}: to try things out, and often wrong; --translate-with takes NLLB")
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
        chunks=lambda: by_size(sentence_documents(text), job.basics.shard_rows, size),
        rows_read=lambda: text.rows_read,
        merge=merge_summaries,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)
