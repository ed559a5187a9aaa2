"""`cscl-data merge`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cscl_data.cli import options as opt
from cscl_data.cli.report import run_and_show


def merge_cli(
    parts: Annotated[list[Path], typer.Argument(metavar="DIR", help="Outputs of all parts of a job, in any order.")],
    out: opt.Out,
    max_reject_rate: opt.MaxRejectRate = 0.5,
    overwrite: opt.Overwrite = False,
    config: opt.Config = None,
    as_json: opt.Json = False,
) -> None:
    """Join the parts of a job that were made with --part I/N, after verifying them.

    Every file is compared with the hash that its part recorded, and every shard has to be there once. The result is
    what the command would have made without --part. It is copied; the parts may be deleted then.

    Example: cscl-data merge token-1 token-2 token-3 --out token
    """
    from cscl_data.pipelines.merging import merge_parts

    options = opt.run_options(1, "local", overwrite, max_reject_rate)
    run_and_show(lambda _: merge_parts(parts, out, options), out, as_json=as_json)
