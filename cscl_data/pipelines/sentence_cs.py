"""`make-sentence-cs`: documents of a bitext to documents in two languages or more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from cscl_data.errors import ConfigError
from cscl_data.generators.sentence import METHOD, SHARES, SentenceCsConfig
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.bead_documents import BeadDocument, bead_documents, n_rows, sentences
from cscl_data.pipelines.chunks import by_size, documents
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.language_check import check_bitext, settle
from cscl_data.pipelines.line_order import check_line_order
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import Basics, JobPlan
from cscl_data.pipelines.sentence_shard import merge_summaries, mix_documents
from cscl_data.pipelines.settings import bitext_settings, sig_line
from cscl_data.pipelines.token_counting import tokenizer_inputs, tokenizer_sig
from cscl_data.records import Pair, Reject
from cscl_data.text.languages import language

COMMAND = "make-sentence-cs"
SCHEMA = "sentence_cs/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCsJob:
    """A `make-sentence-cs` job whose input is sentence pairs.

    Attributes:
        bitexts: the input; the same one for each target language.
        switching: how to switch.
        tokenizer: counts tokens for `max_tokens`: `bytes`, or a directory or file of a Hugging Face tokenizer.
        basics: where to write, and the seed.
        any_order: whether lines that look shuffled are taken as they stand.

    Raises:
        ConfigError: a language comes twice, or a Moses pair is given for several target languages.
    """

    bitexts: tuple[BitextSpec, ...]
    switching: SentenceCsConfig
    basics: Basics
    tokenizer: str = "bytes"
    any_order: bool = False

    def __post_init__(self) -> None:
        distinct(self.langs)
        if len(self.bitexts) > 1 and self.bitexts[0].tgt_file is not None:
            raise ConfigError(f"--tgt-file is for one target language, not for {', '.join(self.langs[1:])}")

    @property
    def langs(self) -> tuple[str, ...]:
        """The source language, then the target languages."""
        return (self.bitexts[0].src_lang, *(spec.tgt_lang for spec in self.bitexts))

    @property
    def specs(self) -> list[BitextSpec]:
        """How the input is read: a blank row ends a document where no column names them."""
        return [replace(spec, blank_ends_document=True) for spec in self.bitexts]

    def opened(self) -> list[Bitext]:
        """Open the input, once for each target language."""
        return [Bitext(spec) for spec in self.specs]


def plan_sentence_cs(job: SentenceCsJob) -> JobPlan:
    """Settle everything that decides the output.

    Raises:
        ConfigError: a language tag is malformed, or the input has no documents.
        InputError: an input cannot be read, is clearly not in its languages, or its lines are clearly shuffled.
        BackendError: there is no tokenizer at the path.
    """
    languages = settle(*job.langs)
    for spec in job.specs:
        check_bitext(spec)
    bitexts = job.opened()
    given = bitexts[0].sources[0].given
    _require_documents(Bitext(replace(job.specs[0], limit=None)), given)
    window = job.bitexts[0].window
    if not job.any_order:
        check_line_order(_documents(bitexts), given, sure=window is None)
    each = [bitext_settings(spec) for spec in job.bitexts]
    settings = {
        name: value if all(one[name] == value for one in each) else [one[name] for one in each]
        for name, value in each[0].items()
    }
    files = counting_files(job.switching, job.tokenizer)
    return JobPlan(
        command=COMMAND,
        schema=SCHEMA,
        settings={**settings, "window": window, **switching_settings(job.switching, job.tokenizer)},
        sig=sig_line(
            schema=SCHEMA,
            method=METHOD,
            **switching_sig(job.switching, job.tokenizer, files, job.langs),
            window=window,
            seed=job.basics.seed,
        ),
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*dict.fromkeys(facts for bitext in bitexts for facts in bitext.facts()), *files],
        languages=languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_sentence_cs(job: SentenceCsJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises.

    Raises:
        InputError: a document's rows are not contiguous.
    """
    plan = plan_sentence_cs(job)
    bitexts = job.opened()
    work = partial(
        mix_documents,
        langs=job.langs,
        config=job.switching,
        sig=plan.sig,
        seed=job.basics.seed,
        tokenizer=job.tokenizer,
    )
    stages = Stages(
        prepare=lambda: work,
        chunks=lambda: by_size(_documents(bitexts), job.basics.shard_rows, n_rows),
        rows_read=lambda: bitexts[0].rows_read,
        merge=merge_summaries,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def distinct(langs: tuple[str, ...]) -> None:
    """Return quietly if no language comes twice.

    Raises:
        ConfigError: one does, or a tag is malformed.
    """
    if len({language(tag).tag for tag in langs}) < len(langs):
        raise ConfigError(f"--tgt-lang {', '.join(langs[1:])}: every language is named once, beside --src-lang")


def switching_settings(switching: SentenceCsConfig, tokenizer: str) -> dict[str, Any]:
    """Return the settings of the plan that say how sentences are switched; the share is that of the mode."""
    counts = {} if switching.max_tokens is None else {"budget_tokenizer": tokenizer}
    share = switching.share_of_mode if switching.mode in SHARES else None
    return {**asdict(switching), "share": share, **counts}


def switching_sig(
    switching: SentenceCsConfig, tokenizer: str, files: list[InputFacts], langs: tuple[str, ...]
) -> dict[str, object]:
    """Return the parts of a signature that say how sentences are switched.

    Args:
        switching: how to switch.
        tokenizer: counts tokens for `max_tokens`.
        files: facts of its file, if it has one.
        langs: the source language, then the target languages.
    """
    how = {
        "random": f".{switching.share_of_mode}",
        "annotate": f".{switching.share_of_mode}",
        "block": f".{switching.min_run}-{switching.max_run}",
        "markov": f".{switching.switch_probability}",
    }
    source, *targets = [language(tag).tag for tag in langs]
    return {
        "pair": f"{source}>{','.join(targets)}",
        "mode": switching.mode + how.get(switching.mode, ""),
        "start": switching.start_lang,
        "max_tokens": None
        if switching.max_tokens is None
        else f"{switching.max_tokens}.{tokenizer_sig(tokenizer, files)}",
    }


def counting_files(switching: SentenceCsConfig, tokenizer: str) -> list[InputFacts]:
    """Return the facts of the file that counts tokens, if there is one and they are counted.

    Raises:
        BackendError: there is no tokenizer at the path.
    """
    return [] if switching.max_tokens is None else tokenizer_inputs(tokenizer)


def _documents(bitexts: list[Bitext]) -> Iterator[BeadDocument | Reject]:
    return bead_documents(documents(sentences(bitexts)))


def _require_documents(bitext: Bitext, given: str) -> None:
    """Read until a document shows; where none does, no row could become part of one."""
    pairs = 0
    for item in bitext:
        if bitext.has_documents:
            return
        pairs += isinstance(item, Pair)
    if pairs:
        raise ConfigError(
            f"{given}: no document column, and no blank line between documents",
            hint="documents are needed here: name their column with --doc-column; or --window N takes every N rows as "
            "one, where the rows stand in the order of their documents",
        )
