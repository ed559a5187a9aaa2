"""Options that say how pairs are aligned, for the commands that align."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from cscl_data.pipelines.align_settings import AlignSettings
    from cscl_data.pipelines.job import JobReport

AlignerName = Annotated[str, typer.Option("--aligner", help="statistical, simalign, eflomal, lexicon, or pharaoh.")]
Pretokenized = Annotated[
    bool, typer.Option("--pretokenized", help="The text is tokens joined by single spaces; links are over those.")
]
TokenizerName = Annotated[str, typer.Option("--tokenizer", help="Word tokenizer: auto, spacy, moses, whitespace.")]
SegmenterName = Annotated[
    str,
    typer.Option(
        "--segmenter",
        help="Morphemes of Korean and Japanese: auto, mecab, kiwi, sudachi, whitespace. Or learned: words of any "
        "language in pieces learned with the statistical aligner.",
    ),
]
Symmetrize = Annotated[
    str,
    typer.Option(
        help="posterior (for eflomal: grow-diag-final-and), intersection, union, grow-diag, grow-diag-final, or "
        "grow-diag-final-and."
    ),
]
Attach = Annotated[
    bool,
    typer.Option(
        "--attach/--no-attach", help="Endings, auxiliaries and counters (ko, ja) share the links of what they lean on."
    ),
]
MinScore = Annotated[float, typer.Option(help="Drop links that score below this, 0 to 1.")]
FitOn = Annotated[
    list[str] | None,
    typer.Option(
        help="More bitext for the statistical aligner, or eflomal, to learn from; columns as in INPUT, or by language."
    ),
]
PriorsFrom = Annotated[
    str, typer.Option("--priors", help="Lexical priors of the statistical aligner: auto (shipped), none, or a file.")
]
Encoder = Annotated[str | None, typer.Option(help="Encoder for simalign: a directory, or hub:ORG/NAME.")]
Layer = Annotated[int, typer.Option(help="Layer of the encoder, counted from 0 (the embeddings).")]
Matching = Annotated[str, typer.Option(help="simalign's matching: inter, itermax, mwmf, fwd, rev.")]
EncoderType = Annotated[
    str,
    typer.Option(
        "--compute-type", help="Encoder's numbers: float32, bfloat16, int8 (BERT families, CPU), or auto, the fastest."
    ),
]
EncoderDevice = Annotated[
    str, typer.Option("--device", help="Where the encoder runs: auto, cpu, cuda (workers take turns), cuda:1.")
]
Lexicon = Annotated[
    str | None, typer.Option(help="Bilingual lexicon: for --aligner lexicon, or more evidence for the statistical one.")
]
SaveModel = Annotated[Path | None, typer.Option(help="Keep the fitted statistical aligner in this file.")]
LoadModel = Annotated[str | None, typer.Option(help="A file of --save-model: align by it and learn nothing.")]
Eflomal = Annotated[
    str | None,
    typer.Option(
        help="eflomal's program, installed apart (GPL-3); it runs once a job, and holds the corpus in memory.",
        metavar="PROGRAM",
        show_default="eflomal-align",
    ),
]
OneIndexed = Annotated[bool, typer.Option("--one-indexed", help="The Pharaoh file counts tokens from 1.")]


def align_settings(**settings: Any) -> AlignSettings:
    """Gather how pairs are aligned; paths become strings and lists tuples.

    Raises:
        ConfigError: a name is unknown, or a value is out of range.
    """
    from cscl_data.pipelines.align_settings import AlignSettings

    settings["fit_on"] = tuple(settings.get("fit_on") or ())
    links = settings.get("links")
    return AlignSettings(**{**settings, "links": None if links is None else str(links)})


def with_model(report: JobReport, out: Path, save_model: Path | None) -> JobReport:
    """Keep the model that a finished job has fitted where `--save-model` says, and pass its report on.

    Raises:
        ConfigError: the job has fitted none.
        OutputError: the file cannot be written.
    """
    from cscl_data.pipelines.fitting import keep_model
    from cscl_data.pipelines.plan import STATE

    if save_model is not None:
        keep_model(out / STATE, save_model)
    return report
