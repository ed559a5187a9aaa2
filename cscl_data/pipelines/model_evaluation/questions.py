"""All that models are asked, read and checked before the first of them is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cscl_data.errors import ConfigError
from cscl_data.evaluation.refusals import load_refusals
from cscl_data.io.bitext import BitextSpec
from cscl_data.pipelines.alignment_evaluation.named import parse_named, refuse_twins
from cscl_data.pipelines.model_evaluation.extraction import Extraction, read_extraction
from cscl_data.pipelines.model_evaluation.inputs import (
    Pairs,
    Prompt,
    Query,
    parse_texts,
    read_pairs,
    read_prompts,
    read_queries,
    read_texts,
)
from cscl_data.pipelines.model_evaluation.judging import AnswerJudge
from cscl_data.pipelines.model_evaluation.lm_eval_bridge import LmEvalTasks


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSpec:
    """Where questions lie.

    Args:
        bitext: sentence pairs, for the loss of both languages and for retrieval.
        texts: `LANG=PATH`: more text whose loss is measured.
        text_column: of tabular `texts`.
        prompts: `[NAME=]PATH` of prompts to answer.
        extract: how answers are taken out of what is said, one of `extraction.WAYS`.
        pivot: the language that is answered in first.
        cues: `LANG=TEXT`, before responses.
        refusals: a table of phrases in place of the shipped one.
        consistency: a file of queries with candidates.
        tasks: names of lm-evaluation-harness.
        tasks_from: a directory with more of them.
        limit: the first so many of every input are all of it.
    """

    bitext: BitextSpec | None = None
    texts: tuple[str, ...] = ()
    text_column: str | None = None
    prompts: tuple[str, ...] = ()
    extract: str | None = None
    pivot: str | None = None
    cues: tuple[str, ...] = ()
    refusals: Path | None = None
    consistency: str | None = None
    tasks: tuple[str, ...] = ()
    tasks_from: Path | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What models are asked.

    Attributes:
        pairs: for retrieval, or None.
        texts: by what their column is called: the language, and the file where it comes twice.
        prompts: by their name.
        extraction: of answers, or None where all that is said is the answer.
        queries: for consistency.
        judge: of answers.
        tasks: of the harness, or None.
        notes: what was left out.
    """

    pairs: Pairs | None
    texts: dict[str, list[str]]
    prompts: dict[str, list[Prompt]]
    extraction: Extraction | None
    queries: list[Query]
    judge: AnswerJudge
    tasks: LmEvalTasks | None
    notes: tuple[str, ...]


def read_questions(spec: QuestionSpec) -> Questions:
    """Read all questions.

    Raises:
        ConfigError: nothing is asked, or an option has another form.
        InputError: a file cannot be read as what it should be.
        BackendError: a package is not installed.
    """
    if not (spec.bitext or spec.texts or spec.prompts or spec.consistency or spec.tasks):
        raise ConfigError(
            "nothing to measure is given",
            hint="--bitext FILE --src-lang en --tgt-lang ko, --text, --prompts, --consistency or --lm-eval",
        )
    for flag, is_given, needed, what in (
        ("--refusals", spec.refusals, spec.prompts, "--prompts"),
        ("--extract", spec.extract, spec.prompts, "--prompts"),
        ("--lm-eval-include", spec.tasks_from, spec.tasks, "--lm-eval"),
        ("--text-column", spec.text_column, spec.texts, "--text"),
    ):
        if is_given is not None and not needed:
            raise ConfigError(f"{flag} is for {what}, which is not given")
    tasks = LmEvalTasks(spec.tasks, spec.tasks_from, spec.limit) if spec.tasks else None
    refusals = load_refusals(spec.refusals)
    notes: list[str] = []
    texts: dict[str, list[str]] = {}
    pairs = None
    if spec.bitext is not None:
        pairs = read_pairs(spec.bitext)
        notes += pairs.notes
        texts = dict(zip(pairs.langs, (pairs.source, pairs.target), strict=True))
    for mono in parse_texts(spec.texts, spec.text_column, spec.limit):
        name = mono.lang if mono.lang not in texts else f"{mono.lang} {Path(mono.path).name}"
        if name in texts:
            raise ConfigError(f"--text {mono.lang}={mono.path}: its language and file name come twice")
        texts[name], left_out = read_texts(mono)
        notes += left_out
    prompts: dict[str, list[Prompt]] = {}
    named = [parse_named(item) for item in spec.prompts]
    refuse_twins("--prompts", [name for name, _ in named])
    for name, path in named:
        prompts[name], left_out = read_prompts(str(path), spec.limit)
        notes += left_out
    wanted = {prompt.lang for those in prompts.values() for prompt in those}
    return Questions(
        pairs=pairs,
        texts=texts,
        prompts=prompts,
        extraction=read_extraction(spec.extract, spec.pivot, spec.cues, wanted),
        queries=read_queries(spec.consistency, spec.limit) if spec.consistency else [],
        judge=AnswerJudge(refusals, wanted),
        tasks=tasks,
        notes=tuple(notes),
    )
