"""How answers to prompts are counted: in the language wanted, refused, empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cscl_data.text.plug import Found


class Judged(NamedTuple):
    """What one answer is: in the language wanted, a refusal, without any letter."""

    in_language: bool
    refused: bool
    empty: bool


class AnswerCounts(NamedTuple):
    """Answers to prompts of one language.

    Attributes:
        prompts: how many were asked.
        in_language: answers in the language wanted; one without letters is in none.
        refused: answers that refuse, in whatever language.
        empty: answers without letters.
    """

    prompts: int
    in_language: int
    refused: int
    empty: int

    @property
    def language_rate(self) -> float:
        """Share of all prompts that were answered in the language wanted, in [0, 1]."""
        return self.in_language / self.prompts

    @property
    def refusal_rate(self) -> float:
        """Share of all prompts that were refused, in [0, 1]."""
        return self.refused / self.prompts

    def document(self) -> dict[str, Any]:
        """Return counts and rates as JSON values."""
        return {**self._asdict(), "language_rate": self.language_rate, "refusal_rate": self.refusal_rate}


class ExtractedCounts(NamedTuple):
    """Answers in two languages, of which the target's was to be taken out.

    Attributes:
        prompts: how many were asked.
        both: both cues were there.
        monolingual: only the target's cue was there; what is behind it counts as the answer.
        not_found: the target's cue was not there, so there is no answer.
    """

    prompts: int
    both: int
    monolingual: int
    not_found: int

    def shares(self) -> dict[str, float]:
        """Return the share of each kind, in [0, 1]."""
        return {
            "both": self.both / self.prompts,
            "monolingual": self.monolingual / self.prompts,
            "not found": self.not_found / self.prompts,
        }


def count_extracted(found: Sequence[Found]) -> ExtractedCounts:
    """Count which cues stood in what was said, of one text or more; see `text.plug`.

    Source:
        zhang-etal-2024-plug, the two counts of its extraction.
    """
    both, monolingual = found.count("both"), found.count("target")
    return ExtractedCounts(len(found), both, monolingual, len(found) - both - monolingual)


def count_answers(judged: Iterable[Judged]) -> AnswerCounts:
    """Count judged answers.

    Raises:
        ValueError: there is none.
    """
    held = list(judged)
    if not held:
        raise ValueError("no answer")
    sums = (sum(values) for values in zip(*held, strict=True))
    return AnswerCounts(len(held), *sums)
