"""`cscl-data evaluate model`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.report import listening, page_path, print_json, print_tables
from cscl_data.errors import ConfigError
from cscl_data.io.telling import tell
from cscl_data.io.trust import trust_code

if TYPE_CHECKING:
    from cscl_data.io.bitext import BitextSpec
    from cscl_data.pipelines.model_evaluation.measured import ModelReport


def evaluate_model_cli(
    model: Annotated[
        list[str],
        typer.Option(
            "--model",
            "--run",
            metavar="[NAME=]DIR[,DIR...]",
            help="A line of the tables: a model, what train wrote, or hub:ORG/NAME; several are seeds of one run. May "
            "be repeated, to stand side by side.",
        ),
    ],
    bitext: Annotated[
        list[str] | None,
        typer.Option(help="Sentence pairs for loss and retrieval: any form of bitext. May be repeated."),
    ] = None,
    src_lang: Annotated[str | None, typer.Option(help="Language of the source side of the pairs.")] = None,
    tgt_lang: Annotated[str | None, typer.Option(help="Language of the target side.")] = None,
    src_column: opt.SrcColumn = None,
    tgt_column: opt.TgtColumn = None,
    src_file: opt.SrcFile = None,
    tgt_file: opt.TgtFile = None,
    text: Annotated[
        list[str] | None, typer.Option(metavar="LANG=PATH", help="More text whose loss is measured. May be repeated.")
    ] = None,
    text_column: Annotated[str | None, typer.Option(help="Column of --text, if it is a table.")] = None,
    prompts: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]PATH",
            help="Records with `prompt` and `lang`, to be answered: share in that language, share refused (extra "
            "'filters'). May be repeated.",
        ),
    ] = None,
    chat_template: Annotated[
        str | None,
        typer.Option(help="A file, or plain. [default: the tokenizer's own; plain where it has none]"),
    ] = None,
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Longest answer, in tokens.")] = 128,
    extract: Annotated[
        str | None,
        typer.Option(
            help="plug: judge of each answer the part in the prompt's language, behind its cue (make-preferences "
            "--scheme plug), and count the answers without one."
        ),
    ] = None,
    pivot: Annotated[str | None, typer.Option(help="--extract: the language answered in first. [default: en]")] = None,
    cue: Annotated[
        list[str] | None,
        typer.Option(metavar="LANG=TEXT", help="--extract: the words before a response; repeatable."),
    ] = None,
    refusals: Annotated[
        Path | None, typer.Option(help="Phrases that refuse, as YAML by language, in place of the shipped table.")
    ] = None,
    consistency: Annotated[
        Path | None,
        typer.Option(help="Queries with `prompt` (holding <mask>) and `candidates` by language: RankC, accuracy."),
    ] = None,
    lm_eval: Annotated[
        str | None,
        typer.Option(metavar="TASKS", help="Tasks of lm-evaluation-harness, with commas (extra 'lm-eval')."),
    ] = None,
    lm_eval_include: Annotated[Path | None, typer.Option(help="Directory with tasks of your own (.yaml).")] = None,
    pooling: Annotated[
        str, typer.Option(help="How tokens become a sentence's vector: weighted (by position), mean, last.")
    ] = "weighted",
    context: Annotated[
        int | None, typer.Option(help="Tokens of a window. [default: what the model reads, at most 1024]")
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Texts in a forward pass.")] = 16,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda.")] = "auto",
    dtype: Annotated[str, typer.Option(help="float32, or bfloat16 for half the memory.")] = "float32",
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads of torch.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Take the first N rows of every input as the whole.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html|DIR",
            help="Write a page there, or into a directory model.html, report.json and answers.jsonl.",
        ),
    ] = None,
    trust_remote_code: opt.TrustRemoteCode = False,
    config: opt.Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as one line on stdout.")] = False,
) -> None:
    """Measure language models side by side, with mean and spread over seeds.

    Pairs give bits a byte and nats a token by language, and retrieval of translations by layer: P@1 with CSLS, MEXA.
    Prompts give the share of answers in the language of the prompt, and of refusals; queries the consistency of two
    languages. What is not given is not measured. Formulas stand in docs/methods.md.

    Example: cscl-data evaluate model --run cscl=runs/a,runs/b --run mono=runs/c,runs/d --src-file dev.en --tgt-file
    dev.ko --src-lang en --tgt-lang ko --out report
    """
    from cscl_data.pipelines.evaluate_model import EvaluateModelJob, evaluate_model
    from cscl_data.pipelines.model_evaluation.questions import QuestionSpec
    from cscl_data.pipelines.model_evaluation.settings import ModelSettings

    pairs = None
    if bitext or src_file or tgt_file:
        pairs = _pairs(bitext, (src_lang, tgt_lang), (src_column, tgt_column), (src_file, tgt_file), limit)
    else:
        _refuse_sides(src_lang=src_lang, tgt_lang=tgt_lang, src_column=src_column, tgt_column=tgt_column)
    trust_code(trust_remote_code)
    job = EvaluateModelJob(
        models=tuple(model),
        settings=ModelSettings(
            device=device,
            dtype=dtype,
            batch_size=batch_size,
            context=context,
            pooling=pooling,
            chat_template=chat_template,
            max_new_tokens=max_new_tokens,
            threads=threads,
        ),
        questions=QuestionSpec(
            bitext=pairs,
            texts=tuple(text or ()),
            text_column=text_column,
            prompts=tuple(prompts or ()),
            extract=extract,
            pivot=pivot,
            cues=tuple(cue or ()),
            refusals=refusals,
            consistency=None if consistency is None else str(consistency),
            tasks=tuple(name.strip() for name in (lm_eval or "").split(",") if name.strip()),
            tasks_from=lm_eval_include,
            limit=limit,
        ),
    )
    with listening() as listener:
        report = evaluate_model(job, listener)
    _show(report, out, as_json=as_json)


def _pairs(
    paths: list[str] | None,
    langs: tuple[str | None, str | None],
    columns: tuple[str | None, str | None],
    files: tuple[str | None, str | None],
    limit: int | None,
) -> BitextSpec:
    """Gather where the sentence pairs are.

    Raises:
        ConfigError: a language is not given, or paths and a Moses pair do not go together.
    """
    from cscl_data.io.bitext import BitextSpec

    src_lang, tgt_lang = langs
    if src_lang is None or tgt_lang is None:
        raise ConfigError("sentence pairs need --src-lang and --tgt-lang")
    return BitextSpec(
        src_lang=src_lang,
        tgt_lang=tgt_lang,
        paths=tuple(paths or ()),
        src_file=files[0],
        tgt_file=files[1],
        src_column=columns[0],
        tgt_column=columns[1],
        limit=limit,
    )


def _refuse_sides(**given: str | None) -> None:
    """Refuse options of sentence pairs where there are none.

    Raises:
        ConfigError: one is given.
    """
    for name, value in given.items():
        if value is not None:
            raise ConfigError(f"--{name.replace('_', '-')} is for sentence pairs, which are not given")


def _show(report: ModelReport, out: Path | None, *, as_json: bool) -> None:
    """Print tables and notes, or one JSON object; and write what is wanted of page, numbers and answers."""
    from cscl_data.pipelines.model_evaluation.tables import model_tables

    tables = model_tables(report)
    if as_json:
        print_json(report.document())
    else:
        print_tables(tables, report.notes)
    if out is None:
        return
    from cscl_data.io.atomic import write_text
    from cscl_data.pipelines.model_evaluation.plot import model_plots
    from cscl_data.pipelines.scores_page import render_scores_page

    page = page_path(out, "model.html")
    text = render_scores_page("cscl-data: models", "evaluate model", tables, model_plots(report), report.notes)
    write_text(page, text)
    if page != out:
        for name, content in report.files().items():
            write_text(out / name, content)
    tell(f"page {page}")
