"""What one hypothesis of a bundle gives: a text and a verdict for each part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cscl_data.translators.bundles import split_sequence
from cscl_data.translators.guards import Guards, Verdict
from cscl_data.translators.masks import Sealed
from cscl_data.translators.unmarked import UNMARKED, split_unmarked


class Seen(NamedTuple):
    """One hypothesis: a text and a verdict for each part, and whether its markers came back (see `Split`)."""

    texts: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    strict: bool = False
    lenient: bool = False

    @property
    def holds(self) -> bool:
        """Whether every part has a text that may stand."""
        return not any(verdict.reason for verdict in self.verdicts)


def taken_apart(
    parts: Sequence[Sealed], text: str, indicator: str, *, catalyst: bool, guards: Guards, truncated: bool = False
) -> Seen:
    """Take one translated bundle apart and judge its parts.

    Args:
        parts: the parts as they were sent.
        text: the translated sequence.
        indicator: what stood before each part, or `UNMARKED`.
        catalyst: whether a statement stood before them all.
        guards: what judges.
        truncated: whether the model had not ended: the last part is a beginning.
    """
    if indicator == UNMARKED:
        apart = split_unmarked(text, [part.text for part in parts], guards.source, guards.target)
    else:
        apart = split_sequence(text, len(parts), indicator, catalyst=catalyst)
    if not apart.parts:
        seen = refused_whole(len(parts), Verdict("irreversible", apart.reason))
    else:
        seen = judged(parts, apart.parts, guards, truncated=truncated)
    return seen._replace(strict=apart.strict, lenient=apart.lenient)


def judged(parts: Sequence[Sealed], texts: Sequence[str], guards: Guards, *, truncated: bool = False) -> Seen:
    """Open and judge a text for each part; where the model had not ended, the last one is a beginning."""
    opened: list[str] = []
    verdicts: list[Verdict] = []
    for number, (part, text) in enumerate(zip(parts, texts, strict=True), start=1):
        whole, wrong = part.opened(text)
        opened.append(whole)
        cut = truncated and number == len(parts)
        verdicts.append(Verdict("irreversible", wrong) if wrong else guards.judge(part.source, whole, truncated=cut))
    return Seen(tuple(opened), tuple(verdicts))


def refused_whole(n_parts: int, verdict: Verdict) -> Seen:
    """Give every part the same verdict."""
    return Seen(("",) * n_parts, (verdict,) * n_parts)
