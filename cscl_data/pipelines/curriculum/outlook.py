"""What a curriculum would take, job by job, told without making anything."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from cscl_data.pipelines.curriculum.arms import PARTS
from cscl_data.pipelines.curriculum.documents import estimate_documents
from cscl_data.pipelines.curriculum.jobs import MADE, Jobs
from cscl_data.pipelines.curriculum.shares import MORE, row_tokens
from cscl_data.pipelines.estimate import (
    BYTES_A_TOKEN,
    Estimate,
    estimate_align,
    estimate_mono,
    estimate_token_cs,
)
from cscl_data.pipelines.extent import bitext_extent
from cscl_data.pipelines.token_counting import BYTES

COPIED_PER_S = 10_000_000
"""Bytes of text a second that are weighed and copied into a part."""


class Outlook(NamedTuple):
    """About what one job would take."""

    folder: str
    command: str
    about: Estimate


def outlook(jobs: Jobs, *, workers: int) -> list[Outlook]:
    """Estimate every job of a curriculum.

    Raises:
        InputError: an input cannot be read.
    """
    plan = jobs.plan
    per_token = 1 if plan.tokenizer == BYTES else BYTES_A_TOKEN
    there = bitext_extent(plan.bitext)
    tokens = row_tokens(plan, round(there.text_bytes / 2 / per_token), round(there.text_bytes / 2 / per_token))
    share = min(1.0, MORE * jobs.wanted_of_pairs / max(1.0, tokens))
    drawn = replace(plan.bitext, limit=max(1, round(share * there.rows)))
    aligning = jobs.alignment((share, plan.seed) if share < 1 else None).alignment
    items = plan.n_variants * (2 if plan.matrix_lang == "both" else 1)
    text = jobs.texts()
    found = [
        *(
            Outlook(f"{MADE}/{kind}", "make-sentence-cs", estimate_documents(jobs.documents(kind), workers=workers))
            for kind in ("sentence", "parallel")
            if kind in jobs.wanted
        ),
        Outlook(
            f"{MADE}/mono",
            "make-mono",
            estimate_mono(text.source, text.target, budget=text.budget, tokenizer=text.tokenizer, workers=workers),
        ),
        Outlook(f"{MADE}/align", "align", estimate_align(drawn, aligning, [], workers=workers)),
        *(
            Outlook(
                f"{MADE}/{kind}",
                "make-token-cs",
                estimate_token_cs(
                    drawn, replace(aligning, links="made"), [], aligns=True, items=items, workers=workers
                ),
            )
            for kind in ("token", "salad")
            if kind in jobs.wanted
        ),
    ]
    for name in jobs.parts:
        size = plan.budget_of(name) * per_token
        command = "shuffle" if PARTS[name].made is None else "draw"
        found.append(
            Outlook(PARTS[name].folder, command, Estimate(0, size, round(size / 2), 0.1 + size / COPIED_PER_S))
        )
    return found
