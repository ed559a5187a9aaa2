"""Whether the lines of a corpus still stand as they stood in their documents."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from cscl_data.errors import InputError
from cscl_data.pipelines.bead_documents import BeadDocument
from cscl_data.records import Reject, rng_for
from cscl_data.text.cohesion import cohesion

logger = logging.getLogger(__name__)

SAMPLED_SENTENCES = 3_000
FEWEST_PAIRS = 300
"""Neighbours that a judgement needs; a shorter text is taken as it is."""
RELATED_FROM = 1.5
"""Neighbours must be so many times as much alike as lines far apart, or it must be likely (two standard errors) that
they are. Novels, articles and software documentation have 1.4 to 18, the same lines shuffled 0.8 to 1.2. Ours."""


def check_line_order(documents: Iterable[BeadDocument | Reject], given: str, *, sure: bool = True) -> None:
    """Refuse documents whose neighbouring sentences have no more to do with each other than any two sentences.

    Args:
        documents: the input; its first sentences are looked at.
        given: what the input is called.
        sure: whether to refuse them; else they are warned of.

    Raises:
        InputError: the lines are shuffled, or were never documents.
    """
    sample: list[list[dict[str, str]]] = []
    seen = 0
    for item in documents:
        if isinstance(item, Reject):
            continue
        room = SAMPLED_SENTENCES - seen
        sample.append([dict(bead.texts) for bead in item.beads[:room]])
        seen += len(sample[-1])
        if seen >= SAMPLED_SENTENCES:
            break
    found = cohesion(sample, rng_for(0, "", "line_order"))
    if found.pairs >= FEWEST_PAIRS and found.lift + 2 * found.error < RELATED_FROM:
        error = InputError(
            f"{given}: the lines look shuffled: of {seen:,} sentences, neighbours in a document are only "
            f"{found.lift:.2f} times as much alike as lines far apart (documents: 1.4 and more)",
            hint="give the corpus in the order of its documents; --any-order takes it as it stands",
        )
        if sure:
            raise error
        logger.warning("warning: %s (hint: %s)", error.message, error.hint)
