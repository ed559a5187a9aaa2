"""About how many requests and tokens `make-token-cs --method llm` takes, without asking anything."""

from __future__ import annotations

from typing import NamedTuple

from cscl_data.generators.item import Side
from cscl_data.generators.llm.budget import BYTES_A_TOKEN, tokens_of
from cscl_data.generators.llm.prompts import first_messages, free_amount
from cscl_data.generators.llm.settings import LlmRun
from cscl_data.io.bitext import BitextSpec
from cscl_data.pipelines.extent import bitext_extent

ANSWER_S = 2.0
"""Seconds for one answer (our default; a small model on a CPU takes longer, a hosted one less)."""


class LlmEstimate(NamedTuple):
    """About so many requests, tokens and seconds; `cost` is None without prices."""

    requests: int
    prompt_tokens: int
    answer_tokens: int
    seconds: float
    cost: float | None


def estimate_llm(bitext: BitextSpec, run: LlmRun, *, items_a_pair: int) -> LlmEstimate:
    """Estimate a job whose every answer is valid at once; tokens are bytes of text over `BYTES_A_TOKEN`.

    Raises:
        InputError: an input cannot be read.
    """
    extent = bitext_extent(bitext)
    requests = items_a_pair * extent.rows
    sides = Side(bitext.src_lang, "", ()), Side(bitext.tgt_lang, "", ())
    around = tokens_of(first_messages(*sides, free_amount(1, 1)), "").prompt_tokens
    text_tokens = items_a_pair * extent.text_bytes // BYTES_A_TOKEN
    prompt_tokens, answer_tokens = requests * around + text_tokens, text_tokens // 2
    seconds = requests * ANSWER_S / run.concurrency
    if run.requests_per_minute is not None:
        seconds = max(seconds, requests * 60 / run.requests_per_minute)
    cost = None
    if run.prices is not None:
        cost = (prompt_tokens * run.prices[0] + answer_tokens * run.prices[1]) / 1e6
    return LlmEstimate(requests, prompt_tokens, answer_tokens, seconds, cost)
