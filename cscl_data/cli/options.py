"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cscl_data.errors import ConfigError
from cscl_data.io.optionfile import option_defaults

if TYPE_CHECKING:
    from cscl_data.pipelines.align_settings import AlignSettings
    from cscl_data.pipelines.job import JobReport, RunOptions
    from cscl_data.pipelines.plan import Basics

_RUN_ONLY = {
    "--out": 1,
    "--workers": 1,
    "--engine": 1,
    "--part": 1,
    "--ray-address": 1,
    "--overwrite": 0,
    "--json": 0,
    "--max-reject-rate": 1,
    "--llm-concurrency": 1,
    "--requests-per-minute": 1,
    "--llm-timeout": 1,
    "--llm-cache": 1,
    "--max-requests": 1,
    "--max-tokens-total": 1,
}


def load_config(ctx: typer.Context, path: Path | None) -> Path | None:
    """Take option defaults from a YAML file; a flag on the command line beats the file.

    Raises:
        InputError: the file is missing or not YAML.
        ConfigError: it is not a mapping of option names, or names an option that the command does not have.
    """
    if path is not None:
        ctx.default_map = {**(ctx.default_map or {}), **option_defaults(path, ctx.command.params)}
    return path


def given(ctx: typer.Context) -> frozenset[str]:
    """Return the names of the options that the user gave, on the command line or in a `--config` file.

    An option that is off, empty or null in the file was not given.
    """
    names = (param.name for param in ctx.command.params if param.name)
    typed = {name for name in names if getattr(ctx.get_parameter_source(name), "name", "DEFAULT") != "DEFAULT"}
    return frozenset(name for name in typed if ctx.params.get(name) not in (None, False, [], ()))


def recorded_argv() -> list[str]:
    """Return the command line without what never changes the result (where it goes, how many workers, ...)."""
    kept: list[str] = []
    skip = 0
    for argument in sys.argv[1:]:
        if skip:
            skip -= 1
            continue
        name, _, value = argument.partition("=")
        if name in _RUN_ONLY:
            skip = 0 if value else _RUN_ONLY[name]
            continue
        kept.append(argument)
    return kept


Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT",
        help="Bitext: .tsv, .csv, .jsonl, .parquet (also .gz, .zst), .tmx, a glob, a directory, or -.",
    ),
]
SrcLang = Annotated[str, typer.Option(help="Language of the source side, as BCP-47: en, ko, zh-Hans.")]
TgtLang = Annotated[str, typer.Option(help="Language of the target side.")]
SrcColumn = Annotated[str | None, typer.Option(help="Column of the source text: a header name, or a number from 1.")]
TgtColumn = Annotated[str | None, typer.Option(help="Column of the target text.")]
DocColumn = Annotated[str | None, typer.Option(help="Column of the document id.")]
IdColumn = Annotated[str | None, typer.Option(help="Column of the row id. [default: id, else path:number]")]
SrcFile = Annotated[str | None, typer.Option(help="Source side of a Moses pair (one sentence a line).")]
TgtFile = Annotated[str | None, typer.Option(help="Target side of a Moses pair.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Take the first N input rows as the whole input.")]


def _out(given: str | Path) -> Path:
    """Read `--out`; a URL becomes the local directory in which its output is made."""
    from cscl_data.io.remote_output import output_path

    return output_path(str(given))


def _local_out(given: str | Path) -> Path:
    """Read the `--out` of a command that makes several outputs.

    Raises:
        ConfigError: it is a URL.
    """
    from cscl_data.io.remote import is_remote

    if is_remote(str(given)):
        raise ConfigError(f"--out {given}: this command writes local directories", hint="give a path, and upload it")
    return Path(given)


_OUT_HELP = "Output directory. The same command run again goes on where it stopped."
Out = Annotated[
    Path,
    typer.Option(
        help=_OUT_HELP.replace("directory", "directory, or a URL (s3://bucket/out)"), parser=_out, metavar="<path>"
    ),
]
LocalOut = Annotated[Path, typer.Option(help=_OUT_HELP, parser=_local_out, metavar="<path>")]
Seed = Annotated[int, typer.Option(help="Seed of every random choice.")]
Workers = Annotated[int, typer.Option(min=1, help="Worker processes. The result does not depend on it.")]
EngineName = Annotated[str, typer.Option("--engine", help="Where shards run: local, or ray (an extra).")]
RayAddress = Annotated[
    str | None,
    typer.Option(help="Ray cluster: auto, HOST:PORT or ray://HOST:PORT. [default: a local one, for this run]"),
]
PartOf = Annotated[
    str | None,
    typer.Option("--part", metavar="I/N", help="Make the I-th of N parts, in an --out of its own; `merge` joins them."),
]
ShardRows = Annotated[int, typer.Option(min=1, help="Input rows a shard.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show the plan and about what it takes; load no model, write nothing.")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Start anew in an output directory that is in use.")]
Config = Annotated[
    Path | None,
    typer.Option(help="Options from a YAML file; a flag beats it.", callback=load_config, is_eager=True),
]
MaxRejectRate = Annotated[
    float, typer.Option(min=0.0, max=1.0, help="Share of rejects above which the command exits 3 (output stays valid).")
]
RejectsText = Annotated[str, typer.Option(help="full, or none to keep input rows out of the reject files.")]
Licence = Annotated[str | None, typer.Option(help="Licence of the input, for the manifest and the dataset card.")]
Json = Annotated[bool, typer.Option("--json", help="Print the manifest as one line on stdout.")]

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


def basics(out: Path, seed: int, shard_rows: int, licence: str | None, rejects_text: str) -> Basics:
    """Gather what every job is told."""
    from cscl_data.pipelines.plan import Basics

    return Basics(out=out, seed=seed, shard_rows=shard_rows, licence=licence, rejects_text=rejects_text)


def run_options(
    workers: int,
    engine: str,
    overwrite: bool,
    max_reject_rate: float,
    part: str | None = None,
    ray_address: str | None = None,
) -> RunOptions:
    """Gather what changes no row.

    Raises:
        ConfigError: the part is not one of its number.
    """
    from cscl_data.pipelines.job import RunOptions
    from cscl_data.pipelines.parts import Part

    return RunOptions(
        workers=workers,
        engine=engine,
        overwrite=overwrite,
        max_reject_rate=max_reject_rate,
        argv=recorded_argv(),
        part=None if part is None else Part.read(part),
        ray_address=ray_address,
    )


def align_settings(**settings: Any) -> AlignSettings:
    """Gather how pairs are aligned; paths become strings and lists tuples.

    Raises:
        ConfigError: a name is unknown, or a value is out of range.
    """
    from cscl_data.pipelines.align_settings import AlignSettings

    settings["fit_on"] = tuple(settings.get("fit_on") or ())
    links = settings.get("links")
    return AlignSettings(**{**settings, "links": None if links is None else str(links)})


def two_numbers(flag: str, value: str | None) -> tuple[float, float] | None:
    """Read `A,B`; None stays None.

    Raises:
        ConfigError: it is something else.
    """
    if value is None:
        return None
    try:
        first, second = map(float, value.split(","))
    except ValueError:
        raise ConfigError(f"{flag} takes two numbers with a comma between them, not {value!r}") from None
    return first, second


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


def spooled(inputs: list[str] | None, out: Path, *, dry_run: bool) -> str | None:
    """Keep standard input where the job can read it again, if `-` stands among the inputs.

    Raises:
        ConfigError: together with `--dry-run`, which writes nothing.
    """
    if "-" not in (inputs or ()):
        return None
    if dry_run:
        raise ConfigError("--dry-run cannot read standard input", hint="give a file")
    from cscl_data.pipelines.standard_input import spool

    return str(spool(out))
