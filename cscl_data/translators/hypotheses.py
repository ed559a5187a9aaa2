"""What one hypothesis of a bundle gives: a text and a verdict for each part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cscl_data.translators.bundles import split_sequence
from cscl_data.translators.guards import Verdict, judge
from cscl_data.translators.unmarked import UNMARKED, split_unmarked


class Seen(NamedTuple):
    """One hypothesis: a text and a verdict for each part, and whether its markers came back (see `Split`)."""

    texts: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    strict: bool = False
    lenient: bool = False

    @property
    def holds(self) -> bool:
        """Whether every part has a text that passed the guards."""
        return not any(verdict.reason for verdict in self.verdicts)


def taken_apart(
    cores: Sequence[str], text: str, indicator: str, *, catalyst: bool, protect: bool, languages: tuple[str, str]
) -> Seen:
    """Take one translated bundle apart and judge its parts.

    Args:
        cores: the source texts of the parts.
        text: the translated sequence.
        indicator: what stood before each part, or `UNMARKED`.
        catalyst: whether a statement stood before them all.
        protect: whether URLs, e-mails, placeholders and code must come back.
        languages: tags of source and target.
    """
    if indicator == UNMARKED:
        apart = split_unmarked(text, cores, *languages)
    else:
        apart = split_sequence(text, len(cores), indicator, catalyst=catalyst)
    if not apart.parts:
        seen = refused_whole(len(cores), Verdict("irreversible", apart.reason))
    else:
        seen = judged(cores, apart.parts, protect=protect)
    return seen._replace(strict=apart.strict, lenient=apart.lenient)


def judged(cores: Sequence[str], texts: Sequence[str], *, protect: bool) -> Seen:
    """Judge a text for each part."""
    verdicts = [judge(core, text, protect=protect) for core, text in zip(cores, texts, strict=True)]
    return Seen(tuple(texts), tuple(verdicts))


def refused_whole(n_parts: int, verdict: Verdict) -> Seen:
    """Give every part the same verdict."""
    return Seen(("",) * n_parts, (verdict,) * n_parts)
