"""`make-mono`: text in both languages in equal amounts, interleaved; the third phase of the curriculum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from cscl_data.errors import ConfigError
from cscl_data.io.mono import MonoDocument, MonoSpec, MonoText
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import JobReport, RunOptions, Stages, run_job
from cscl_data.pipelines.language_check import SAMPLED_ROWS, Side, check_sides, settle
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.mono_survey import STAGE, Survey, Weighed
from cscl_data.pipelines.plan import Basics, JobPlan
from cscl_data.pipelines.settings import sig_line
from cscl_data.pipelines.shard import ShardOutcome, Work
from cscl_data.pipelines.text_filters import FilterSettings, load_filters
from cscl_data.pipelines.token_counting import token_counter, tokenizer_inputs, tokenizer_sig
from cscl_data.records import MonoRow, Reject, rng_for

SCHEMA = "mono/1"
METHOD = "mono.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonoJob:
    """A whole `make-mono` job.

    Attributes:
        source: text in the source language.
        target: text in the target language.
        budget: tokens of both languages together, half for each; None takes as much as the smaller text has.
        tokenizer: `bytes`, or a directory or file of a Hugging Face tokenizer, which counts the tokens.
        basics: where it goes, and how it is cut.
        filters: what is kept out.
        may_fall_short: whether a text that has less than its half of the budget halves what is made, in place of an
            error.
    """

    source: MonoSpec
    target: MonoSpec
    budget: int | None
    tokenizer: str
    basics: Basics
    filters: FilterSettings = field(default_factory=FilterSettings)
    may_fall_short: bool = False


def plan_mono(job: MonoJob) -> JobPlan:
    """Settle everything that decides the output; loads nothing for it.

    Raises:
        ConfigError: a language tag is malformed, or columns are named where all text is lines.
        InputError: an input cannot be read, or is clearly not in its language.
        BackendError: there is no tokenizer at the path, or the package of a filter is missing.
    """
    languages = settle(job.source.lang, job.target.lang)
    settings = {"budget": job.budget, "budget_tokenizer": job.tokenizer, **asdict(job.filters)}
    for side, spec in (("src", job.source), ("tgt", job.target)):
        settings |= {f"{side}_{key}": value for key, value in asdict(spec).items() if key != "path"}
    texts = MonoText(job.source), MonoText(job.target)
    refuse_columns_of_lines(texts)
    check_sides(
        [_side(flag, text) for flag, text in zip(("--src-lang", "--tgt-lang"), texts, strict=True)], job.source.path
    )
    counting = tokenizer_inputs(job.tokenizer)
    return JobPlan(
        command="make-mono",
        schema=SCHEMA,
        settings=settings,
        sig=sig_line(
            schema=SCHEMA,
            method=METHOD,
            tokenizer=tokenizer_sig(job.tokenizer, counting),
            filters=job.filters.sig(),
            seed=job.basics.seed,
        ),
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*texts[0].facts(), *texts[1].facts(), *counting],
        versions=job.filters.versions(),
        languages=languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def refuse_columns_of_lines(texts: Sequence[MonoText]) -> None:
    """Refuse names of columns where all text is lines.

    Raises:
        ConfigError: there is such a name.
    """
    if any(source.form != "txt" for text in texts for source in text.sources):
        return
    for flag, columns in (
        ("--text-column", [text.spec.text_column for text in texts]),
        ("--doc-column", [text.spec.doc_column for text in texts]),
    ):
        for column in (column for column in columns if column is not None):
            raise ConfigError(
                f"{flag} {column}: lines without columns in {' and '.join(text.spec.path for text in texts)}",
                hint="leave it out; a blank line ends a document",
            )


def _side(flag: str, text: MonoText) -> Side:
    documents = (item for item in islice(text, SAMPLED_ROWS) if isinstance(item, MonoDocument))
    return Side(flag, text.spec.lang, [document.text for document in documents])


def run_mono(job: MonoJob, run: RunOptions, listener: Listener = SILENT) -> JobReport:
    """Run the job; see `run_job` for what it raises.

    Raises:
        ConfigError: a text has less than its half of the budget, or nothing.
    """
    plan = plan_mono(job)
    texts = MonoText(job.source), MonoText(job.target)
    left_over: dict[str, dict[str, int]] = {}

    def ready() -> Work:
        return partial(as_rows, sig=plan.sig)

    def items() -> Iterator[tuple[str, Weighed]]:
        count = token_counter(job.tokenizer)
        surveys = []
        for text in texts:
            listener.note(f"weighing the text of {text.spec.path} in {text.spec.lang}")
            surveys.append(Survey(text, load_filters(job.filters, text.spec.lang), count, job.basics.seed))
        goal = goal_of(job, [survey.usable.tokens for survey in surveys])
        drawn = [survey.drawn(goal) for survey in surveys]
        for text, one in zip(texts, drawn, strict=True):
            left_over[text.spec.lang] = one.unused._asdict()
        streams = [survey.read(one.taken) for survey, one in zip(surveys, drawn, strict=True)]
        return interleave(streams, [text.spec.lang for text in texts], job.basics.seed)

    def merge(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
        return {**merge_amounts(summaries), "unused": left_over, "unit": unit_of(job.tokenizer)}

    stages = Stages(
        prepare=ready,
        chunks=lambda: by_rows(items(), job.basics.shard_rows),
        rows_read=lambda: [*texts[0].rows_read, *texts[1].rows_read],
        merge=merge,
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def goal_of(job: MonoJob, amounts: Sequence[int]) -> int:
    """Return the tokens that each language gives, for what there is of both.

    Raises:
        ConfigError: one has less than its half of the budget, or nothing, and the job may not fall short.
    """
    least = min(amounts)
    goal = least if job.budget is None else job.budget // 2
    if job.may_fall_short:
        return min(least, goal)
    if least >= max(goal, 1):
        return goal
    spec = (job.source, job.target)[amounts.index(least)]
    kept = " that the filters leave" if job.filters != FilterSettings() else ""
    there = f"{spec.path}: has only {least:,} {unit_of(job.tokenizer)} of {spec.lang}{kept}"
    if job.budget is None:
        raise ConfigError(there, hint="both languages give as much as the smaller text has: give text in both")
    raise ConfigError(
        f"{there}, half the budget is {goal:,}",
        hint=f"give more text, or --budget {2 * least}" if least else "give more text, or keep less out",
    )


def unit_of(tokenizer: str) -> str:
    """Return what a budget counts, in words."""
    return "bytes" if tokenizer == "bytes" else "tokens"


def interleave(streams: Sequence[Iterator[Weighed]], langs: Sequence[str], seed: int) -> Iterator[tuple[str, Weighed]]:
    """Yield documents of both languages, always of the one that has had fewer tokens so far, to the end of both.

    Where both have had as many, a seeded coin decides.

    Args:
        streams: what is taken of each language.
        langs: the languages.
        seed: the job's seed.
    """
    coin = rng_for(seed, "turns", STAGE)
    had = [0] * len(streams)
    going = list(range(len(streams)))
    while going:
        least = min(had[side] for side in going)
        behind = [side for side in going if had[side] == least]
        side = behind[int(coin.random() * len(behind))] if len(behind) > 1 else behind[0]
        weighed = next(streams[side], None)
        if weighed is None:
            going.remove(side)
            continue
        if isinstance(weighed.item, MonoDocument):
            had[side] += weighed.tokens
        yield langs[side], weighed


def as_rows(chunk: list[tuple[str, Weighed]], *, sig: str) -> ShardOutcome:
    """Do one shard. An item is a document, or a row that could not be read."""
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    used: dict[str, Counter[str]] = {}
    for lang, (item, n_rows, tokens) in chunk:
        if isinstance(item, Reject):
            rejects.append(item)
            continue
        rows.append(MonoRow(id=f"{item.id}/{lang}", doc_id=item.doc_id, text=item.text, lang=lang).row(sig))
        used.setdefault(lang, Counter()).update(rows=n_rows, documents=1, tokens=tokens)
    rows_in = sum(weighed.rows for _, weighed in chunk)
    return ShardOutcome(rows, rejects, rows_in, len(chunk), {"used": {lang: dict(n) for lang, n in used.items()}})


def merge_amounts(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Add up what shards used: rows, documents and tokens by language."""
    total: dict[str, Counter[str]] = {}
    for summary in summaries:
        for lang, amount in summary["used"].items():
            total.setdefault(lang, Counter()).update(amount)
    return {"used": {lang: dict(total[lang]) for lang in sorted(total)}}
