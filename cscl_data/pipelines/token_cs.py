"""`make-token-cs`: pairs to sentences with switched words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any, NamedTuple

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.generators.candidates import MAX_PHRASE_LEN
from cscl_data.generators.token import METHOD, TokenCsConfig, generate
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.align_settings import AlignSettings, resolved, resolved_tokenizers
from cscl_data.pipelines.align_sig import align_sig
from cscl_data.pipelines.alignment import HowToAlign, LinkedPair, align_pairs, prepare
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import JobReport, RunOptions, ShardOutcome, Stages, Work, run_job
from cscl_data.pipelines.language_check import check_bitext, settle
from cscl_data.pipelines.link_files import link_files
from cscl_data.pipelines.links import with_links
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import STATE, Basics, JobPlan
from cscl_data.pipelines.settings import bitext_settings, sig_line
from cscl_data.records import Alignment, Pair, Reject, rng_for
from cscl_data.text.attachment import has_heads
from cscl_data.text.words import WordSplitter

SCHEMA = "token_cs/1"
_MATRIX_CHOICES = ("src", "tgt", "random", "both")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCsJob:
    """A whole `make-token-cs` job. `matrix_lang` is `src`, `tgt`, `random`, `both`, or one of the two languages."""

    bitext: BitextSpec
    switching: TokenCsConfig
    alignment: AlignSettings
    matrix_lang: str
    basics: Basics


class _Shard(NamedTuple):
    """What a worker needs beside the pairs."""

    align: HowToAlign
    switching: TokenCsConfig
    matrix: str
    sig: str
    seed: int


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
    if job.switching.pos and not any(map(has_heads, resolved_tokenizers(job.alignment, src, tgt).values())):
        raise ConfigError(
            f"--pos: no parts of speech are known of {src} and {tgt} words; Korean and Japanese have them"
        )
    files = link_files(job.alignment, job.bitext, dry=dry) if job.switching.ratio > 0 else []
    links = align_sig(job.alignment, src, tgt, files) if job.switching.ratio > 0 else {}
    sig = sig_line(
        schema=SCHEMA,
        method=METHOD,
        **links,
        unit=_unit(job.switching),
        ratio=job.switching.ratio,
        matrix=matrix,
        constraints="+".join(sorted(set(job.switching.constraints))),
        **_kept_out(job.switching),
        seed=job.basics.seed,
    )
    return JobPlan(
        command="make-token-cs",
        schema=SCHEMA,
        settings={
            **bitext_settings(job.bitext),
            **asdict(job.switching),
            "matrix_lang": matrix,
            **asdict(job.alignment),
            **resolved_tokenizers(job.alignment, src, tgt),
        },
        sig=sig,
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*Bitext(job.bitext).facts(), *files],
        deterministic=job.alignment.is_deterministic,
        languages=[src, tgt],
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def run_token_cs(job: TokenCsJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises."""
    job = replace(job, alignment=resolved(job.alignment))
    plan = plan_token_cs(job)
    bitext = Bitext(job.bitext)

    def ready() -> Work:
        how = HowToAlign(settings=job.alignment, src_lang=job.bitext.src_lang, tgt_lang=job.bitext.tgt_lang)
        if job.switching.ratio > 0:
            listener.note(f"tokenizers: {plan.settings['src_tokenizer']}, {plan.settings['tgt_tokenizer']}")
            how = prepare(job.alignment, job.bitext, job.basics.out / STATE, listener, workers=run.workers)
        shard = _Shard(how, job.switching, plan.settings["matrix_lang"], plan.sig, job.basics.seed)
        return partial(switch_pairs, shard=shard)

    def rows() -> Iterable[LinkedPair | Reject]:
        return with_links(bitext, job.alignment if job.switching.ratio > 0 else replace(job.alignment, links=None))

    stages = Stages(
        prepare=ready,
        chunks=lambda: by_rows(rows(), job.basics.shard_rows),
        rows_read=lambda: bitext.rows_read,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def switch_pairs(chunk: list[LinkedPair | Reject], *, shard: _Shard) -> ShardOutcome:
    """Do one shard. An item is a pair and a matrix language, or a row that could not be read."""
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    items = 0
    for item, alignment in _aligned(chunk, shard):
        if isinstance(item, Reject):
            rejects.append(item)
            items += 1
            continue
        src_words = splitter(item.src_lang, shard.align.settings).words(item.src_text)
        tgt_words = splitter(item.tgt_lang, shard.align.settings).words(item.tgt_text)
        sides = _sides_of(shard.matrix, item, shard.seed)
        items += len(sides)
        for side in sides:
            row_id = f"{item.id}/{item.src_lang if side == 'src' else item.tgt_lang}/0"
            made = generate(
                item,
                alignment,
                src_words,
                tgt_words,
                matrix=side,
                row_id=row_id,
                config=shard.switching,
                rng=rng_for(shard.seed, row_id, "token_cs"),
            )
            if isinstance(made, Reject):
                rejects.append(made)
            else:
                rows.append(made.row(shard.sig))
    return ShardOutcome(rows, rejects, len(chunk), items)


@lru_cache(maxsize=8)
def splitter(lang: str, settings: AlignSettings) -> WordSplitter:
    """Return the word splitter of a language, loaded once per process."""
    return WordSplitter(lang, settings.tokenizer_of(lang))


def _aligned(
    chunk: list[LinkedPair | Reject], shard: _Shard
) -> Iterator[tuple[Pair, Alignment | None] | tuple[Reject, None]]:
    """Yield every item with its alignment; pairs that have none yet are aligned in one call."""
    pending = [item for item in chunk if isinstance(item, LinkedPair) and item.alignment is None]
    made = iter(align_pairs(shard.align, pending) if shard.switching.ratio > 0 else [None] * len(pending))
    for item in chunk:
        if isinstance(item, Reject):
            yield item, None
        else:
            yield item.pair, item.alignment if item.alignment is not None else next(made)


def _unit(switching: TokenCsConfig) -> str:
    """Name the unit with its longest length, which bounds single words too; left out there where it is the default."""
    usual = switching.unit == "word" and switching.max_phrase_len == MAX_PHRASE_LEN
    return switching.unit if usual else f"{switching.unit}.{switching.max_phrase_len}"


def _kept_out(switching: TokenCsConfig) -> dict[str, str]:
    """Return the parts of `sig` for what the user keeps from being switched; a pattern by its hash."""
    parts = {"pos": "+".join(sorted(set(switching.pos)))} if switching.pos else {}
    if switching.exclude_stopwords:
        parts["stopwords"] = "excluded"
    if switching.protect:
        parts["protect"] = sha256("\n".join(switching.protect).encode()).hexdigest()[:8]
    return parts


def _matrix(job: TokenCsJob) -> str:
    """Return `src`, `tgt`, `random` or `both` for what the user asked for."""
    asked = job.matrix_lang
    by_code = {job.bitext.src_lang: "src", job.bitext.tgt_lang: "tgt"}
    choice = by_code.get(asked, asked)
    if choice not in _MATRIX_CHOICES:
        raise unknown_name("matrix language", asked, (*_MATRIX_CHOICES, *by_code))
    return choice


def _sides_of(matrix: str, pair: Pair, seed: int) -> tuple[str, ...]:
    if matrix == "both":
        return ("src", "tgt")
    if matrix == "random":
        return ("src",) if rng_for(seed, pair.id, "matrix_lang").random() < 0.5 else ("tgt",)
    return (matrix,)
