"""`make-mono`: text in both languages in equal amounts, interleaved; the third phase of the curriculum."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from cscl_data.errors import BackendError, ConfigError
from cscl_data.io.amounts import parse_tokens
from cscl_data.io.fingerprints import file_input, short_digest
from cscl_data.io.mono import MonoDocument, MonoSpec, MonoText
from cscl_data.pipelines.chunks import by_rows
from cscl_data.pipelines.job import JobReport, RunOptions, ShardOutcome, Stages, run_job
from cscl_data.pipelines.language_check import SAMPLED_ROWS, Side, check_sides, settle
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.pipelines.plan import Basics, JobPlan
from cscl_data.pipelines.settings import sig_line
from cscl_data.records import MonoRow, Reject

SCHEMA = "mono/1"
METHOD = "mono.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonoJob:
    """A whole `make-mono` job.

    Attributes:
        source: text in the source language.
        target: text in the target language.
        budget: tokens of both languages together, half for each; None takes as much as the smaller text has.
        tokenizer: `bytes`, or a directory or file of a Hugging Face tokenizer, which counts the tokens.
    """

    source: MonoSpec
    target: MonoSpec
    budget: int | None
    tokenizer: str
    basics: Basics


def parse_budget(text: str) -> int:
    """Read a number of tokens such as `50M`, `200k` or `1B`.

    Raises:
        ConfigError: it is not one.
    """
    tokens = parse_tokens(text.strip())
    if tokens is None:
        raise ConfigError(f"budget {text!r}: expected tokens such as 50M, 200k or 1000000")
    return tokens


def plan_mono(job: MonoJob) -> JobPlan:
    """Settle everything that decides the output; loads nothing for it.

    Raises:
        ConfigError: a language tag is malformed, or columns are named where all text is lines.
        InputError: an input cannot be read, or is clearly not in its language.
        BackendError: there is no tokenizer at the path.
    """
    languages = settle(job.source.lang, job.target.lang)
    settings = {"budget": job.budget, "budget_tokenizer": job.tokenizer}
    for side, spec in (("src", job.source), ("tgt", job.target)):
        settings |= {f"{side}_{key}": value for key, value in asdict(spec).items() if key != "path"}
    texts = MonoText(job.source), MonoText(job.target)
    refuse_columns_of_lines(texts)
    check_sides(
        [_side(flag, text) for flag, text in zip(("--src-lang", "--tgt-lang"), texts, strict=True)], job.source.path
    )
    file = tokenizer_file(job.tokenizer)
    counting = [] if file is None else [file_input(file, "tokenizer")]
    return JobPlan(
        command="make-mono",
        schema=SCHEMA,
        settings=settings,
        sig=sig_line(
            schema=SCHEMA,
            method=METHOD,
            tokenizer=short_digest(counting, "tokenizer") if counting else job.tokenizer,
            seed=job.basics.seed,
        ),
        seed=job.basics.seed,
        shard_rows=job.basics.shard_rows,
        inputs=[*texts[0].facts(), *texts[1].facts(), *counting],
        languages=languages,
        licence=job.basics.licence,
        rejects_text=job.basics.rejects_text,
    )


def refuse_columns_of_lines(texts: Sequence[MonoText]) -> None:
    """Refuse names of columns where all text is lines; the texts share their columns.

    Raises:
        ConfigError: there is such a name.
    """
    if any(source.form != "txt" for text in texts for source in text.sources):
        return
    for flag, column in (("--text-column", texts[0].spec.text_column), ("--doc-column", texts[0].spec.doc_column)):
        if column is not None:
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
        ConfigError: a text has less than its half of the budget.
    """
    plan = plan_mono(job)
    source, target = MonoText(job.source), MonoText(job.target)
    count = token_counter(job.tokenizer)
    stages = Stages(
        prepare=lambda: partial(as_rows, sig=plan.sig),
        chunks=lambda: by_rows(interleave(source, target, budget=job.budget, count=count), job.basics.shard_rows),
        rows_read=lambda: [*source.rows_read, *target.rows_read],
    )
    return run_job(job.basics.out, plan, stages, run, listener.on_shard)


def as_rows(chunk: list[tuple[str, MonoDocument] | Reject], *, sig: str) -> ShardOutcome:
    """Do one shard. An item is a document, or a row that could not be read."""
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    rows_in = 0
    for item in chunk:
        if isinstance(item, Reject):
            rejects.append(item)
            rows_in += 1
        else:
            lang, document = item
            rows.append(
                MonoRow(id=f"{document.id}/{lang}", doc_id=document.doc_id, text=document.text, lang=lang).row(sig)
            )
            rows_in += document.n_rows
    return ShardOutcome(rows, rejects, rows_in, len(chunk))


def interleave(
    source: MonoText, target: MonoText, *, budget: int | None, count: Callable[[str], int]
) -> Iterator[tuple[str, MonoDocument] | Reject]:
    """Yield documents of both languages, always of the one that has had fewer tokens so far; documents stay whole.

    Stops when both have had half the budget, or, without a budget, when one text ends.

    Args:
        source: text of the one language.
        target: text of the other.
        budget: tokens of both together, or None.
        count: tokens of a text.

    Raises:
        ConfigError: a text ends before its half of the budget.
    """
    half = None if budget is None else budget / 2
    streams = (iter(source), iter(target))
    had = [0, 0]
    langs = (source.spec.lang, target.spec.lang)
    while half is None or min(had) < half:
        side = 0 if had[0] <= had[1] else 1
        item = next(streams[side], None)
        if item is None:
            if half is not None:
                path = (source, target)[side].spec.path
                raise ConfigError(
                    f"{path}: has only {had[side]:,} tokens of {langs[side]}, half the budget is {half:,.0f}",
                    hint=f"give more text, or --budget {2 * min(had)}",
                )
            return
        if isinstance(item, Reject):
            yield item
            continue
        had[side] += count(item.text)
        yield langs[side], item


def token_counter(tokenizer: str) -> Callable[[str], int]:
    """Return a function that counts tokens: UTF-8 bytes, or those of a Hugging Face tokenizer.

    Raises:
        BackendError: there is no tokenizer at the path.
    """
    file = tokenizer_file(tokenizer)
    if file is None:
        return lambda text: len(text.encode())
    from tokenizers import Tokenizer

    loaded = Tokenizer.from_file(str(file))
    return lambda text: len(_ids(loaded, text))


def tokenizer_file(tokenizer: str) -> Path | None:
    """Return the file of the tokenizer that counts tokens; None where bytes are counted.

    Raises:
        BackendError: there is none at the path.
    """
    if tokenizer == "bytes":
        return None
    path = Path(tokenizer)
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file():
        raise BackendError(f"{tokenizer}: no tokenizer.json", hint="--budget-tokenizer bytes needs none")
    return file


def _ids(tokenizer: Any, text: str) -> Sequence[int]:
    ids: Sequence[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids
