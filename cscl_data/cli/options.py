"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cscl_data.errors import ConfigError
from cscl_data.io.optionfile import option_defaults
from cscl_data.io.trust import FLAG, HELP

if TYPE_CHECKING:
    from cscl_data.pipelines.job import RunOptions
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


def local_path(given: str | Path) -> Path:
    """Read the `--out` of a command that writes to this machine alone.

    Raises:
        ConfigError: it is a URL.
    """
    from cscl_data.io.remote import is_remote

    if is_remote(str(given)):
        raise ConfigError(f"--out {given}: this command writes to a local path", hint="give a path, and upload it")
    return Path(given)


_OUT_HELP = "Output directory. The same command run again goes on where it stopped."
Out = Annotated[
    Path,
    typer.Option(
        help=_OUT_HELP.replace("directory", "directory, or a URL (s3://bucket/out)"), parser=_out, metavar="<path>"
    ),
]
LocalOut = Annotated[Path, typer.Option(help=_OUT_HELP, parser=local_path, metavar="<path>")]
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
TrustRemoteCode = Annotated[bool, typer.Option(FLAG, help=HELP)]
MaxRejectRate = Annotated[
    float, typer.Option(min=0.0, max=1.0, help="Share of rejects above which the command exits 3 (output stays valid).")
]
RejectsText = Annotated[str, typer.Option(help="full, or none to keep input rows out of the reject files.")]
Licence = Annotated[str | None, typer.Option(help="Licence of the input, for the manifest and the dataset card.")]
Json = Annotated[bool, typer.Option("--json", help="Print the manifest as one line on stdout.")]


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
