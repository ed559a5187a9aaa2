"""`make-token-cs`: pairs to sentences with switched words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.generators import LLM, method, method_version
from cscl_data.generators.amount import TOKEN
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.llm.settings import LlmRun, LlmSettings
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.align_settings import AlignSettings, resolved, resolved_tokenizers
from cscl_data.pipelines.align_sig import align_sig, segmenter_sig
from cscl_data.pipelines.alignment import HowToAlign, LinkedPair, prepare
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.language_check import check_bitext, settle
from cscl_data.pipelines.link_files import link_files
from cscl_data.pipelines.links import with_links
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import STATE, Basics, JobPlan
from cscl_data.pipelines.settings import alignment_settings, bitext_settings, sig_line
from cscl_data.pipelines.shard import Work
from cscl_data.pipelines.spacy_pipelines import Pipelines
from cscl_data.pipelines.token_llm import AskedAtHome, Connection, llm_settings, llm_work, merge_llm
from cscl_data.pipelines.token_shard import Shard, merge_notes, switch_pairs
from cscl_data.pipelines.token_sig import flat, kept_out_sig, risk_sig, unit_sig, warn_of_guesses
from cscl_data.records import Reject
from cscl_data.text.attachment import has_heads
from cscl_data.text.spacy_pipeline import FLAG

SCHEMA = "token_cs/1"
_MATRIX_CHOICES = ("src", "tgt", "random", "both")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCsJob:
    """A whole `make-token-cs` job.

    Attributes:
        bitext: the input.
        switching: how to switch.
        alignment: how pairs are aligned.
        matrix_lang: `src`, `tgt`, `random`, `both`, or one of the two languages.
        basics: where it goes, and how it is cut.
        method: a name of `generators.METHODS`, or `generators.LLM`.
        n_variants: rows per pair and matrix language, each of another draw.
        llm: how a language model is asked; of the method `llm`, and of no other.
        llm_run: how its answers are fetched; never changes the result.
        pipelines: spaCy pipelines that mark names and parts of speech, see `settled_pipelines`.

    Raises:
        ConfigError: the method is unknown, its settings are missing, or it cannot do what is asked; or variants are
            asked for where there is nothing to vary.
    """

    bitext: BitextSpec
    switching: TokenCsConfig
    alignment: AlignSettings
    matrix_lang: str
    basics: Basics
    method: str = "align"
    n_variants: int = 1
    llm: LlmSettings | None = None
    llm_run: LlmRun = field(default_factory=LlmRun)
    pipelines: Pipelines = field(default_factory=Pipelines)

    def __post_init__(self) -> None:
        method_version(self.method)
        if self.method != LLM and not method(self.method).pairs:
            raise ConfigError(f"method {self.method!r} takes no pairs", hint="it has a job of its own")
        check_variants(self.n_variants, self.switching)
        if (self.llm is not None) != (self.method == LLM):
            raise ConfigError("--method llm needs --endpoint and --llm-model, and they are for it alone")
        if self.llm is not None and self.n_variants > 1:
            raise ConfigError("--method llm: a model at temperature 0 answers one way, so --n-variants must be 1")
        if self.llm is not None and (self.switching.amount.target or self.switching.amount.ratio_by != TOKEN):
            raise ConfigError(
                "--method llm counts words, so --ratio-by char, --target-cmi and --target-spf are for other methods",
                hint="give --ratio or --ratio-range",
            )

    @property
    def aligns(self) -> bool:
        """Whether rows need word alignments."""
        needs = self.llm.needs_links if self.llm is not None else method(self.method).aligns
        return self.switching.amount.switches and needs

    @property
    def asks(self) -> bool:
        """Whether a language model is asked."""
        return self.switching.amount.switches and self.llm is not None

    @property
    def needed_pipelines(self) -> Pipelines:
        """The pipelines of the job's languages; none where nothing is switched."""
        here = self.pipelines.of(self.bitext.src_lang, self.bitext.tgt_lang)
        return here if self.switching.amount.switches else Pipelines()


def check_variants(n_variants: int, switching: TokenCsConfig) -> None:
    """Check how many rows are made of one item.

    Raises:
        ConfigError: fewer than one, or several where there is nothing to vary.
    """
    if n_variants < 1:
        raise ConfigError(f"--n-variants must be at least 1, not {n_variants}")
    if n_variants > 1 and not switching.amount.switches:
        raise ConfigError("--n-variants: nothing is switched at --ratio 0, so variants would be the same")


def plan_token_cs(job: TokenCsJob, *, dry: bool = False) -> JobPlan:
    """Settle everything that decides the output; with `dry`, load and fetch nothing for it.

    Raises:
        ConfigError: a language or the matrix language is unknown.
        InputError: an input cannot be read, or is clearly not in its languages.
    """
    job = replace(job, alignment=resolved(job.alignment, dry=dry))
    src, tgt = settle(job.bitext.src_lang, job.bitext.tgt_lang)
    check_bitext(job.bitext)
    matrix = _matrix(job)
    pipelines = job.needed_pipelines
    analysed = any(map(has_heads, resolved_tokenizers(job.alignment, src, tgt).values()))
    if job.switching.pos and not analysed and not job.pipelines.of(src, tgt).has_tags:
        raise ConfigError(
            f"--pos: no parts of speech are known of {src} and {tgt} words; Korean and Japanese have them",
            hint=f"{FLAG} LANG=NAME tells those of other languages",
        )
    files = link_files(job.alignment, job.bitext, dry=dry) if job.aligns else []
    by_units = job.method == LLM or method(job.method).aligns
    links = align_sig(job.alignment, src, tgt, files) if job.aligns else {}
    if job.switching.amount.switches and not by_units:
        links = {"segmenter": segmenter_sig(job.alignment, src, tgt)}
    has_risks = job.llm.needs_links if job.llm is not None else by_units
    without = {"lexicon_policy"} if has_risks else {"lexicon_policy", "max_risk"}
    sig = sig_line(
        schema=SCHEMA,
        method=method_version(job.method),
        **(job.llm.sig_parts() if job.llm is not None else {}),
        **links,
        **pipelines.sig_parts(),
        unit=unit_sig(job.switching) if by_units else None,
        **job.switching.amount.sig_parts(),
        matrix=matrix,
        constraints="+".join(sorted(set(job.switching.constraints))) if by_units else None,
        **kept_out_sig(job.switching),
        **(risk_sig(job.switching) if has_risks else {}),
        seed=job.basics.seed,
    )
    return JobPlan(
        command="make-token-cs",
        schema=SCHEMA,
        settings={
            **bitext_settings(job.bitext),
            "method": job.method,
            **(llm_settings(job.llm) if job.llm is not None else {}),
            **{name: value for name, value in flat(job.switching).items() if name not in without},
            "matrix_lang": matrix,
            "n_variants": job.n_variants,
            **(alignment_settings(job.alignment) if by_units else {}),
            **resolved_tokenizers(job.alignment, src, tgt),
            **pipelines.settings(),
        },
        sig=sig,
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*Bitext(job.bitext).facts(), *files, *pipelines.facts],
        deterministic=job.alignment.is_deterministic and not job.asks,
        languages=[src, tgt],
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_token_cs(job: TokenCsJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises.

    Raises:
        ConfigError: several workers of the local engine for a language model, which this process asks.
        PartialRunError: the budget for a language model is used up; the same job goes on.
        BackendError: the language model cannot be used.
    """
    if job.asks and run.workers > 1 and run.engine == "local":
        raise ConfigError(
            f"--method llm needs --workers 1, not {run.workers}: one process keeps the budget and the rate",
            hint="--llm-concurrency says how many requests are under way at once; workers on --engine ray share them",
        )
    job = replace(job, alignment=resolved(job.alignment))
    plan = plan_token_cs(job)
    bitext = Bitext(job.bitext)
    connection = (
        Connection(job.llm, job.llm_run, job.basics.out, listener) if job.llm is not None and job.asks else None
    )

    def ready() -> Work:
        pipelines = job.needed_pipelines.opened(listener)
        how = HowToAlign(settings=job.alignment, src_lang=job.bitext.src_lang, tgt_lang=job.bitext.tgt_lang)
        if job.switching.amount.switches:
            listener.note(f"tokenizers: {plan.settings['src_tokenizer']}, {plan.settings['tgt_tokenizer']}")
        if job.aligns and math.isfinite(job.switching.risk_limit):
            warn_of_guesses(job.bitext, listener)
        if job.aligns:
            how = prepare(job.alignment, job.bitext, job.basics.out / STATE, listener, workers=run.workers)
        matrix = plan.settings["matrix_lang"]
        method = job.method if job.llm is None else "align"  # which gives texts back where nothing is to be switched
        shard = Shard(
            how, method, job.switching, matrix, job.n_variants, plan.sig, job.basics.seed, job.aligns, pipelines
        )
        if connection is None or job.llm is None:
            return partial(switch_pairs, shard=shard)
        client = connection.opened(job.bitext, 2 if matrix == "both" else 1)
        return llm_work(shard, job.llm, client if run.engine == "local" else AskedAtHome())

    def rows() -> Iterable[LinkedPair | Reject]:
        return with_links(bitext, job.alignment if job.aligns else replace(job.alignment, links=None))

    stages = Stages(
        prepare=ready,
        chunks=lambda: by_rows(rows(), job.basics.shard_rows),
        rows_read=lambda: bitext.rows_read,
        home=None if connection is None else connection.answers,
        merge=merge_notes if connection is None else partial(merge_llm, prices=job.llm_run.prices),
    )
    with nullcontext() if connection is None else connection.closing():
        return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def _matrix(job: TokenCsJob) -> str:
    """Return `src`, `tgt`, `random` or `both` for what the user asked for."""
    asked = job.matrix_lang
    by_code = {job.bitext.src_lang: "src", job.bitext.tgt_lang: "tgt"}
    choice = by_code.get(asked, asked)
    if choice not in _MATRIX_CHOICES:
        raise unknown_name("matrix language", asked, (*_MATRIX_CHOICES, *by_code))
    return choice
