"""Options of `--method llm`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cscl_data.cli.options import two_numbers
from cscl_data.errors import ConfigError

if TYPE_CHECKING:
    from cscl_data.generators.llm.settings import LlmRun, LlmSettings

Endpoint = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="OpenAI-compatible server, up to and with /v1. Its key is read from CSCL_LLM_API_KEY alone.",
    ),
]
Model = Annotated[str | None, typer.Option("--llm-model", help="Name of the model there.")]
Mode = Annotated[
    str,
    typer.Option("--llm-mode", help="free, or guided: the model is told which aligned words to switch."),
]
Fallback = Annotated[
    str,
    typer.Option(
        "--llm-fallback", help="Where no answer is valid: align (its sig says so), or reject (as llm_invalid)."
    ),
]
AnswerTokens = Annotated[int, typer.Option("--llm-answer-tokens", help="Longest answer, in tokens (max_tokens).")]
Extra = Annotated[
    str | None,
    typer.Option(
        "--llm-extra", metavar="JSON", help="More fields of the request; null takes one away. Stands in the manifest."
    ),
]
RatioBounds = Annotated[
    str | None,
    typer.Option(
        "--llm-ratio-bounds",
        metavar="LOW,HIGH",
        help="Switch ratio of a valid answer. [default: half to twice what was asked for, or one word off]",
    ),
]
Concurrency = Annotated[int, typer.Option("--llm-concurrency", help="Requests under way at once.")]
PerMinute = Annotated[float | None, typer.Option("--requests-per-minute", help="Highest rate of requests.")]
Timeout = Annotated[float, typer.Option("--llm-timeout", help="Seconds to wait for an answer.")]
Cache = Annotated[
    Path | None,
    typer.Option(
        "--llm-cache",
        help="Folder of answers, which runs may share; --overwrite keeps it. [default: OUT/.cscl/llm-cache]",
    ),
]
MaxRequests = Annotated[
    int | None,
    typer.Option(
        help="New answers that this run may pay for; then exit 5, and the same command goes on. Answers in the cache "
        "are free."
    ),
]
MaxTokens = Annotated[
    int | None,
    typer.Option(
        "--max-tokens-total",
        help="The same in tokens of prompts and answers; requests under way are estimated, so that a few tokens more "
        "may be paid for.",
    ),
]
PriceIn = Annotated[
    float | None, typer.Option("--price-in", help="Price of a million prompt tokens, for the report of the cost.")
]
PriceOut = Annotated[float | None, typer.Option("--price-out", help="Price of a million answer tokens.")]

OPTIONS = (
    *("endpoint", "llm_model", "llm_mode", "llm_fallback", "llm_answer_tokens", "llm_extra", "llm_ratio_bounds"),
    *("llm_concurrency", "requests_per_minute", "llm_timeout", "llm_cache", "max_requests", "max_tokens_total"),
    *("price_in", "price_out"),
)
"""Their names, as the command's parameters are called."""


def llm_settings(
    method: str,
    *,
    endpoint: str | None,
    model: str | None,
    mode: str,
    fallback: str,
    answer_tokens: int,
    extra: str | None,
    ratio_bounds: str | None,
) -> LlmSettings | None:
    """Gather what decides the text; None for other methods.

    Raises:
        ConfigError: the server or the model is missing, or a value is unknown or out of range.
    """
    if method != "llm":
        return None
    if endpoint is None or model is None:
        raise ConfigError(
            "--method llm needs --endpoint URL and --llm-model NAME",
            hint="for a server on this machine: --endpoint http://127.0.0.1:8000/v1",
        )
    from cscl_data.generators.llm.settings import LlmSettings

    return LlmSettings(
        endpoint=endpoint,
        model=model,
        mode=mode,
        fallback=fallback,
        max_answer_tokens=answer_tokens,
        extra=extra or "{}",
        ratio_bounds=two_numbers("--llm-ratio-bounds", ratio_bounds),
    )


def llm_run(
    *,
    concurrency: int,
    requests_per_minute: float | None,
    timeout_s: float,
    cache: Path | None,
    max_requests: int | None,
    max_tokens_total: int | None,
    price_in: float | None,
    price_out: float | None,
) -> LlmRun:
    """Gather what never changes the text.

    Raises:
        ConfigError: a value is out of range, or one price is given without the other.
    """
    from cscl_data.generators.llm.settings import LlmRun

    prices = None
    if price_in is not None and price_out is not None:
        prices = (price_in, price_out)
    elif price_in is not None or price_out is not None:
        raise ConfigError("--price-in and --price-out go together", hint="give both; 0 for what costs nothing")
    return LlmRun(
        cache=cache,
        concurrency=concurrency,
        requests_per_minute=requests_per_minute,
        timeout_s=timeout_s,
        max_requests=max_requests,
        max_tokens_total=max_tokens_total,
        prices=prices,
    )
