"""`cscl-data models`: translation models, what is there and how more come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.report import print_json

_SHOWN = 8
_Device = Annotated[str, typer.Option(help="What it will run on: auto, cpu, cuda, cuda:1.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print the facts as one JSON object.")]


def models_list_cli(as_json: _AsJson = False) -> None:
    """List the translation models that ship, and those converted into the cache.

    Example: cscl-data models list
    """
    from cscl_data.pipelines.models import list_models

    found = list_models()
    if as_json:
        print_json(found)
        return
    for title, key in (("ships", "shipped"), ("cache", "cached")):
        for facts in found[key]:
            typer.echo(f"{title}  {_line(facts)}")
    typer.echo(f"the cache is {found['cache']}")


def models_pull_cli(
    model: Annotated[str, typer.Argument(metavar="hub:ORG/NAME", help="A model of the Hugging Face Hub.")],
    device: _Device = "auto",
    compute_type: Annotated[
        str, typer.Option(help="With which it will run: auto, int8, float16, float32, ...")
    ] = "auto",
    as_json: _AsJson = False,
) -> None:
    """Fetch a translation model, convert it into the cache, and check that it is still the same model.

    Example: cscl-data models pull hub:Helsinki-NLP/opus-mt-tc-big-en-ko
    """
    from cscl_data.pipelines.models import pull_model

    _show(pull_model(model, device=device, compute_type=compute_type), as_json=as_json)


def models_convert_cli(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A model as transformers saves it.")],
    out: Annotated[
        Path, typer.Option(help="The CTranslate2 directory to be made.", parser=opt.local_path, metavar="<path>")
    ],
    quantization: Annotated[
        str, typer.Option(help="auto (int8 for a CPU, float16 for a GPU), int8, int16, float16, bfloat16, float32, ...")
    ] = "auto",
    device: _Device = "auto",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier conversion in --out.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Convert a translation model for CTranslate2, and check that it is still the same model.

    Both models translate sentences of the shipped example greedily: in float32 at least 95 % of the outputs must be the
    same, and as quantised at least 70 % of the pieces. Otherwise nothing is written.

    Example: cscl-data models convert my-nllb --out my-nllb-ct2 --quantization int8
    """
    from cscl_data.pipelines.models import convert_directory

    facts = convert_directory(directory, out, quantization=quantization, device=device, overwrite=overwrite)
    _show(facts, as_json=as_json)


MODELS: dict[str, Callable[..., None]] = {
    "list": models_list_cli,
    "pull": models_pull_cli,
    "convert": models_convert_cli,
}
"""Sub-command by name, in the order of `--help`."""

models_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="List, fetch and convert translation models.",
    short_help="List, fetch and convert translation models.",
)

for _name, _function in MODELS.items():
    models_app.command(_name)(_function)


def _show(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    typer.echo(_line(facts))
    if facts["agreement"]:
        shares = facts["agreement"]
        typer.echo(
            f"agrees on {shares['sentences']} sentences: tokens {shares['tokens']:.0%}, float32 outputs "
            f"{shares['outputs']:.0%}, pieces as {facts['quantization']} {shares['overlap']:.0%}"
        )
    typer.echo(f"--model {facts['path']}")


def _line(facts: dict[str, Any]) -> str:
    told = [facts["family"], *([facts["quantization"]] if facts["quantization"] else []), f"{facts['bytes']:,} bytes"]
    return f"{facts['name']}  {', '.join(told)}; {_languages(facts)}; licence: {facts['licence'] or 'not stated'}"


def _languages(facts: dict[str, Any]) -> str:
    if facts["directions"]:
        return ", ".join(f"{source} to {target}" for source, target in facts["directions"])
    names = facts["languages"]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else "one pair, which its name tells"
