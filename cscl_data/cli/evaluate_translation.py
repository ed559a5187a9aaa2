"""`cscl-data evaluate translation`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cscl_data.cli.report import page_path, print_json, print_tables
from cscl_data.io.telling import tell

if TYPE_CHECKING:
    from cscl_data.pipelines.evaluate_translation import TranslationReport

Ref = typer.Option(help="Records with the references: any form that translate-bundle reads.")
RefFields = Annotated[
    str | None,
    typer.Option(
        metavar="PATHS",
        help="Where in --ref the reference of each field stands, in the same order. [default: as --fields]",
    ),
]
RefIdColumn = Annotated[
    str | None, typer.Option(help="Column of --ref with the ids of the input. [default: id, else path:number]")
]
RefRecords = Annotated[str | None, typer.Option(help="Path of the record list in a .json reference: data.*.x.*")]


def evaluate_translation_cli(
    hyp: Annotated[
        list[str],
        typer.Option(metavar="[NAME=]DIR", help="What translate-bundle wrote. May be repeated, to stand side by side."),
    ],
    ref: Annotated[Path, Ref],
    fields: Annotated[str, typer.Option(help="Fields to score: dotted paths, * for every element, commas.")],
    ref_fields: RefFields = None,
    ref_id_column: RefIdColumn = None,
    ref_records: RefRecords = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html|DIR", help="Write a page there, or into a directory as translation.html."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as one line on stdout.")] = False,
) -> None:
    """Score translated records against references: chrF and BLEU by field, coverage, reversibility.

    Records are matched by id where --ref has one of the ids, otherwise by order. Each --hyp is scored on its own
    records, and several of them also on the records that all have. BLEU has the tokenizer of the language (ko-mecab,
    ja-mecab, zh, else 13a); sacrebleu's signatures are printed. It needs the extra 'evaluation'.

    Example: cscl-data evaluate translation --hyp nllb=a --hyp opus=b --ref qa.ko.jsonl --fields 'question,context'
    """
    from cscl_data.pipelines.evaluate_translation import EvaluateTranslationJob, evaluate_translation

    report = evaluate_translation(
        EvaluateTranslationJob(
            hyp=tuple(hyp),
            ref=ref,
            fields=fields,
            ref_fields=ref_fields,
            ref_id_column=ref_id_column,
            records=ref_records,
        )
    )
    show_translation(report, out, as_json=as_json)


def show_translation(report: TranslationReport, out: Path | None, *, as_json: bool) -> None:
    """Print the tables, signatures and notes, or one JSON object; and write the page, if one is wanted.

    Raises:
        OutputError: the page cannot be written.
    """
    from cscl_data.pipelines.translation_evaluation.tables import signature_lines, translation_tables

    tables, notes = translation_tables(report), (*signature_lines(report), *report.notes)
    if as_json:
        print_json(report.document())
    else:
        print_tables(tables, notes)
    if out is not None:
        from cscl_data.io.atomic import write_text
        from cscl_data.pipelines.scores_page import render_scores_page
        from cscl_data.pipelines.translation_evaluation.plot import translation_plots

        path = page_path(out, "translation.html")
        plots = translation_plots(report)
        write_text(path, render_scores_page("cscl-data: translation", "evaluate translation", tables, plots, notes))
        tell(f"page {path}")
