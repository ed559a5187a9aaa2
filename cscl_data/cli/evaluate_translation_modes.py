"""`cscl-data evaluate translation-modes`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.evaluate_translation import RefFields, RefIdColumn, show_translation
from cscl_data.cli.report import listening


def evaluate_translation_modes_cli(
    inputs: Annotated[list[str], typer.Argument(metavar="RECORDS", help="Records: .jsonl, .parquet, .csv, .json.")],
    fields: Annotated[str, typer.Option(help="Fields translated together: dotted paths, * for every element, commas.")],
    src_lang: opt.SrcLang,
    tgt_lang: opt.TgtLang,
    out: opt.LocalOut,
    model: Annotated[
        str, typer.Option(help="default, echo, replay:FILE, hub:ORG/NAME, or a CTranslate2 directory.")
    ] = "default",
    arms: Annotated[
        str, typer.Option(help="Which modes, with commas.")
    ] = "separate,concatenated,indicator,catalyst-concat,catalyst-relation",
    indicators: Annotated[
        str, typer.Option(help="Candidates for the token before each field; the first one absent from the record.")
    ] = "@,#,*",
    catalyst_file: Annotated[Path | None, typer.Option(help="Your own statements, in the shipped file's form.")] = None,
    ref: Annotated[
        Path | None, typer.Option(help="Records with references. [default: RECORDS, where --ref-fields is given]")
    ] = None,
    ref_fields: RefFields = None,
    ref_id_column: RefIdColumn = None,
    tokenizer: Annotated[
        str | None, typer.Option(help="For a model without one: a path, characters, or whitespace.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1.")] = "auto",
    compute_type: Annotated[str, typer.Option(help="auto, or as CTranslate2 names them: int8, float16, ...")] = "auto",
    beam_size: Annotated[int, typer.Option(min=1, help="Beam; its best hypothesis that comes apart is taken.")] = 4,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Make each translation independent of its batch; slower.")
    ] = False,
    records: Annotated[str | None, typer.Option(help="Path of the record list in a .json tree: data.*.x.*")] = None,
    id_column: opt.IdColumn = None,
    limit: opt.Limit = None,
    workers: opt.Workers = 1,
    shard_rows: opt.ShardRows = 10_000,
    licence: opt.Licence = None,
    overwrite: opt.Overwrite = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as one line on stdout.")] = False,
) -> None:
    """Translate records in several modes with one model, and put the modes side by side.

    The arms: each field separate; fields concatenated, and taken apart by counting sentences; each behind an
    indicator; so, behind a statement that they are joined, or one that says how they relate. Every arm is a directory
    of translate-bundle below --out, without a ladder: a record is in it if its mode gave it. With references there are
    chrF and BLEU too; translation.html has tables and plots, report.json the numbers.

    Example: cscl-data evaluate translation-modes qa.jsonl --fields 'question,context' --src-lang en --tgt-lang ko
    --ref-fields reference.question,reference.context --out modes
    """
    from cscl_data.io.recordfile import RecordSpec
    from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings
    from cscl_data.pipelines.translation_modes import TranslationModesJob, run_translation_modes

    job = TranslationModesJob(
        source=RecordSpec(paths=tuple(inputs), id_column=id_column, limit=limit),
        bundles=BundleSettings(
            fields=tuple(path.strip() for path in fields.split(",") if path.strip()),
            src_lang=src_lang,
            tgt_lang=tgt_lang,
            catalyst_file=None if catalyst_file is None else str(catalyst_file),
            indicators=indicators,
            records=records,
        ),
        model=ModelSettings(
            model=model,
            tokenizer=tokenizer,
            device=device,
            compute_type=compute_type,
            beam_size=beam_size,
            deterministic=deterministic,
        ),
        out=out,
        arms=tuple(name.strip() for name in arms.split(",") if name.strip()),
        ref=ref,
        ref_fields=ref_fields,
        ref_id_column=ref_id_column,
        licence=licence,
        shard_rows=shard_rows,
    )
    with listening() as listener:
        report = run_translation_modes(job, opt.run_options(workers, "local", overwrite, 1.0), listener)
    show_translation(report, out, as_json=as_json)
