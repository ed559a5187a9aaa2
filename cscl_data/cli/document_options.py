"""Options of `make-sentence-cs` for documents whose sentences are not aligned yet."""

from __future__ import annotations

from typing import Annotated

import typer

from cscl_data.errors import ConfigError

SrcDocs = Annotated[
    str | None,
    typer.Option(
        metavar="DIR",
        help="Directory of source documents (.md, .txt), in place of INPUT; matched with --tgt-docs by relative path.",
    ),
]
TgtDocs = Annotated[str | None, typer.Option(metavar="DIR", help="Directory of target documents.")]
AlignSentences = Annotated[
    bool,
    typer.Option(
        "--align-sentences", help="Each row of INPUT is a pair of whole documents; their sentences are aligned here."
    ),
]
Markup = Annotated[
    str,
    typer.Option(help="Markup of documents: auto (Markdown in .md files, else none), text, or markdown."),
]
Priors = Annotated[
    str, typer.Option("--priors", help="Lexical priors for aligning sentences: auto (shipped), none, or a file.")
]
Lexicon = Annotated[str | None, typer.Option(metavar="FILE", help="Bilingual lexicon that helps to align sentences.")]


def one_target(targets: list[str]) -> str:
    """Return the one target language.

    Raises:
        ConfigError: there are several.
    """
    if len(targets) > 1:
        raise ConfigError(
            f"--tgt-lang {', '.join(targets)}: sentences are aligned between two languages",
            hint="name one target language",
        )
    return targets[0]
