"""Options of `make-sentence-cs`."""

from __future__ import annotations

from typing import Annotated

import typer

from cscl_data.cli.model_options import MODELS

Mode = Annotated[
    str,
    typer.Option(
        help="alternate, random, block (runs of sentences), markov (a coin at each sentence), annotate (translations "
        "in brackets), or parallel (the translation behind the document)."
    ),
]
StartLang = Annotated[
    str, typer.Option(help="Language of the first sentence; of what is annotated or translated: src, tgt, random.")
]
Share = Annotated[
    float | None,
    typer.Option(help="Share of target sentences with random (0.5 by default), of annotated ones with annotate (1)."),
]
MinRun = Annotated[int, typer.Option(help="Shortest run with --mode block, in sentences.")]
MaxRun = Annotated[int, typer.Option(help="Longest run with --mode block.")]
SwitchProbability = Annotated[
    float, typer.Option(help="With --mode markov: how probable it is that the next sentence changes language.")
]
MaxTokens = Annotated[
    int | None,
    typer.Option(help="Cut longer documents into rows of at most so many tokens, between sentences only."),
]
BudgetTokenizer = Annotated[
    str, typer.Option(help="What counts tokens for --max-tokens: bytes, or a directory with a tokenizer.json.")
]
Window = Annotated[
    int | None,
    typer.Option(help="Take every N rows of a file as one document; they must stand in the order of documents."),
]
AnyOrder = Annotated[
    bool, typer.Option("--any-order", help="Take the lines of documents as they stand, also where they look shuffled.")
]
TranslateWith = Annotated[
    str | None,
    typer.Option(help=f"INPUT is text in --src-lang alone, and this model translates: {MODELS}"),
]
TextColumn = Annotated[
    str | None, typer.Option(help="Column of the text, in tabular input of --translate-with. [default: text, or src]")
]
DocColumn = Annotated[str | None, typer.Option(help="Column of the document id. Without it, blank rows end documents.")]
