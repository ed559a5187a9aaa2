"""Options of a translation model, for the commands that load one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from cscl_data.pipelines.bundle_settings import ModelSettings

MODELS = "default, echo, replay:FILE, hub:ORG/NAME, or a directory of CTranslate2 or transformers."

Tokenizer = Annotated[str | None, typer.Option(help="For a model without one: a path, characters, or whitespace.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, or several GPUs: cuda:0,1.")]
ComputeType = Annotated[str, typer.Option(help="auto, or as CTranslate2 names them: int8, float16, ...")]
BeamSize = Annotated[int, typer.Option(min=1, help="Beam; its best hypothesis that comes apart is taken.")]
BatchTokens = Annotated[int, typer.Option(min=1, help="Tokens of one batch.")]
InterThreads = Annotated[int, typer.Option(min=0, help="Batches at the same time; 0: one a core of a CPU, one a GPU.")]
IntraThreads = Annotated[int, typer.Option(min=0, help="Threads of one batch; 0 leaves it to CTranslate2.")]
Deterministic = Annotated[
    bool, typer.Option("--deterministic", help="Make each translation independent of its batch; slower.")
]

CatalystMode = Annotated[
    str, typer.Option(help="Statement before the fields: relation, concat, none, your own text; auto: by a trial.")
]
CatalystFile = Annotated[Path | None, typer.Option(help="Your own statements, in the shipped file's form.")]
ProtectMode = Annotated[
    str,
    typer.Option(
        help="Links, code, placeholders, markup, math, emoji: check (they must come back), mask (tokens stand for "
        "them), skip (never sent), off."
    ),
]


def model_settings(**settings: Any) -> ModelSettings:
    """Gather which model translates, and how it searches."""
    from cscl_data.pipelines.bundle_settings import ModelSettings

    return ModelSettings(**settings)
