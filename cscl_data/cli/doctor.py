"""`cscl-data doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from cscl_data.cli.report import print_json


def doctor_cli(
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as one JSON object.")] = False,
) -> None:
    """Show what is installed: packages, programs, their licences, the GPU, the models.

    Example: cscl-data doctor
    """
    from cscl_data.pipelines.doctor import check_installation

    found = check_installation()
    if as_json:
        print_json(found)
        return
    width = max(len(name) for name in found["packages"])
    lines = [(name, facts["version"], facts) for name, facts in found["packages"].items()]
    lines += [(name, facts["path"] and "on PATH", facts) for name, facts in found["programs"].items()]
    for name, there, facts in lines:
        typer.echo(f"{name:<{width}}  {there or 'not installed':<14} {facts['licence']:<14} {facts['for']}")
    typer.echo(f"\npython {found['python']}, GPU: {found['gpu'] or 'none'}")
    for name, size in found["models"].items():
        typer.echo(f"model {name}: {size:,} bytes")
    cache = found["cache"]
    typer.echo(f"converted translation models: {cache['models']} in {cache['path']}, {cache['bytes']:,} bytes")
