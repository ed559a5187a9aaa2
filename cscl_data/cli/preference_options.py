"""Options of `make-preferences` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cscl_data.pipelines.preferences.settings import Places

PromptField = Annotated[
    str, typer.Option(help="The prompt: a dotted path, or parts by commas (instruction,input), a blank line between.")
]
ResponseField = Annotated[str, typer.Option(help="The response: a dotted path.")]
MessagesField = Annotated[
    str | None, typer.Option(help="A list of {role, content} in place of both; the last message is the response.")
]
TgtPromptField = Annotated[
    str | None, typer.Option(help="The prompt in the target language, where the records hold it: no model is needed.")
]
TgtResponseField = Annotated[str | None, typer.Option(help="The response in the target language.")]
Scheme = Annotated[
    str,
    typer.Option(
        help="clo (preferences), or instructions: sft-target, sft-english, sft-both; plug (English answer first, then "
        "the target's); handhold (English example beside); reorder (target words in English order)."
    ),
]
RowForm = Annotated[str, typer.Option("--form", help="plain (texts), or chat (messages, as trainers call it).")]
System = Annotated[
    list[str] | None, typer.Option(metavar="LANG=TEXT", help="System text of prompts in a language; repeatable.")
]
Cue = Annotated[
    list[str] | None,
    typer.Option(metavar="LANG=TEXT", help="plug, handhold: the words before a response; repeatable."),
]
PivotInstruction = Annotated[
    bool, typer.Option("--pivot-instruction", help="plug: the English instruction stands before its answer.")
]
OrderFitOn = Annotated[list[str] | None, typer.Option("--fit-on", help="reorder: bitext that words are aligned by.")]
OrderModel = Annotated[str | None, typer.Option("--load-model", help="reorder: a file of align --save-model, instead.")]
OrderPriors = Annotated[str, typer.Option("--priors", help="reorder: lexical priors: auto (shipped), none, or a file.")]


def places(
    prompt_field: str,
    response_field: str,
    messages_field: str | None,
    tgt_prompt_field: str | None,
    tgt_response_field: str | None,
) -> Places:
    """Gather where texts stand.

    Raises:
        ConfigError: the fields do not go together.
    """
    from cscl_data.pipelines.preferences.settings import Places

    return Places(
        prompt=_parts(prompt_field),
        response=response_field,
        messages=messages_field,
        tgt_prompt=_parts(tgt_prompt_field or ""),
        tgt_response=tgt_response_field,
    )


def _parts(fields: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in fields.split(",") if part.strip())
