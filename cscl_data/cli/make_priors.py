"""`cscl-data make-priors`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.report import listening


def make_priors_cli(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT", help="Bitext files, globs or directories.")],
    src_lang: opt.SrcLang,
    tgt_lang: opt.TgtLang,
    out: Annotated[Path, typer.Option(help="File to write, .tsv.gz.")],
    tokenizer: opt.TokenizerName = "auto",
    segmenter: opt.SegmenterName = "auto",
    src_column: opt.SrcColumn = None,
    tgt_column: opt.TgtColumn = None,
    limit: opt.Limit = None,
    config: opt.Config = None,
) -> None:
    """Learn lexical priors from a bitext, for --priors of `align` and `make-token-cs`.

    The statistical aligner is fitted on the bitext; pairs of words that translate each other often are kept with a
    weight. They help where the input of a later job is small. Priors for Korean, Japanese and Indonesian ship.

    Example: cscl-data make-priors corpus.tsv.gz --src-lang en --tgt-lang de --out en-de.tsv.gz
    """
    from cscl_data.io.bitext import BitextSpec
    from cscl_data.pipelines.priors import make_priors

    bitext = BitextSpec(
        src_lang=src_lang,
        tgt_lang=tgt_lang,
        paths=tuple(inputs),
        src_column=src_column,
        tgt_column=tgt_column,
        limit=limit,
    )
    with listening() as listener:
        priors = make_priors(bitext, opt.align_settings(tokenizer=tokenizer, segmenter=segmenter), out, listener)
    typer.echo(f"{len(priors.weights):,} pairs of words, digest {priors.digest}, in {out}", err=True)
