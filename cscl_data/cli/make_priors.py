"""`cscl-data make-priors`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from cscl_data.cli import align_options as aln
from cscl_data.cli import options as opt
from cscl_data.cli.report import listening
from cscl_data.io.telling import tell


def make_priors_cli(
    src_lang: opt.SrcLang,
    tgt_lang: opt.TgtLang,
    out: Annotated[Path, typer.Option(help="File to write, .tsv.gz.", parser=opt.local_path, metavar="<path>")],
    inputs: opt.Inputs = None,
    tokenizer: aln.TokenizerName = "auto",
    segmenter: aln.SegmenterName = "auto",
    src_column: opt.SrcColumn = None,
    tgt_column: opt.TgtColumn = None,
    src_file: opt.SrcFile = None,
    tgt_file: opt.TgtFile = None,
    limit: opt.Limit = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it is there.")] = False,
    config: opt.Config = None,
) -> None:
    """Learn lexical priors from a bitext, for --priors of `align` and `make-token-cs`.

    The statistical aligner is fitted on the bitext; pairs of words that translate each other often are kept with a
    weight. They help where the input of a later job is small. Priors for Korean, Japanese and Indonesian ship.

    Example: cscl-data make-priors corpus.tsv.gz --src-lang en --tgt-lang de --out en-de.tsv.gz
    """
    from cscl_data.io.bitext import BitextSpec
    from cscl_data.pipelines.priors import make_priors, refuse_existing
    from cscl_data.pipelines.standard_input import spool_into

    settings = aln.align_settings(tokenizer=tokenizer, segmenter=segmenter)
    if not overwrite:
        refuse_existing(out)
    with TemporaryDirectory() as work, listening() as listener:
        bitext = BitextSpec(
            src_lang=src_lang,
            tgt_lang=tgt_lang,
            paths=tuple(inputs or ()),
            stdin=str(spool_into(Path(work))) if "-" in (inputs or ()) else None,
            src_file=src_file,
            tgt_file=tgt_file,
            src_column=src_column,
            tgt_column=tgt_column,
            limit=limit,
        )
        priors = make_priors(bitext, settings, out, listener)
    tell(f"{len(priors.weights):,} pairs of words, digest {priors.digest}, in {out}")
