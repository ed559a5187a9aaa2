"""What every rung of the ladder needs: the translator, and how its answers are judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cscl_data.translators.base import Translation, Translator
from cscl_data.translators.bundles import build_sequence
from cscl_data.translators.catalysts import Catalyst
from cscl_data.translators.guards import Guards, Verdict
from cscl_data.translators.hypotheses import Seen
from cscl_data.translators.parts import Protection
from cscl_data.translators.unmarked import UNMARKED

_PROBLEMS = {
    "missing": Verdict("empty_side", "no translation is recorded"),
    "too_long": Verdict("too_long", "more tokens than the model takes"),
    "empty": Verdict("empty_side", "the model gave nothing"),
}
_TRUNCATED = Verdict("truncated", "the model had not ended at its output limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every rung needs: the translator, and how bundles are made and judged.

    `max_fields` is the most fields of one bundle; None without a limit.
    """

    translator: Translator
    guards: Guards
    protection: Protection
    indicators: tuple[str, ...]
    catalyst: Catalyst
    max_fields: int | None = None

    def sequence(self, texts: Sequence[str], indicator: str) -> str:
        """Join texts as they are sent: each behind the indicator, the statement before all."""
        return " ".join(texts) if indicator == UNMARKED else build_sequence(texts, indicator, self.catalyst.text)

    def fits(self, text: str) -> bool:
        """Tell whether the translator can take a text whole."""
        limit = self.translator.max_source_tokens
        return limit is None or self.translator.count_tokens(text, self.guards.source, self.guards.target) <= limit

    def translate(self, texts: Sequence[str]) -> list[Translation]:
        """Translate texts, without a call where there are none."""
        return self.translator.translate(texts, self.guards.source, self.guards.target) if texts else []

    def looked_at(self, hypotheses: Iterable[Seen]) -> list[Seen]:
        """Return hypotheses up to the first against which the guards have nothing; see `Guards.shortcomings`."""
        found: list[Seen] = []
        for seen in hypotheses:
            found.append(seen)
            if not any(self.guards.shortcomings(seen.verdicts)):
                break
        return found

    def best_of(self, found: Sequence[Seen]) -> Seen:
        """Return the hypothesis against which the guards have least, the first of equals."""
        return min(found, key=lambda seen: self.guards.shortcomings(seen.verdicts))


def refusal(answer: Translation, guards: Guards) -> Verdict:
    """Return why there is no translation to judge; no reason where there is one."""
    if answer.problem:
        return _PROBLEMS[answer.problem]
    return _TRUNCATED if answer.truncated and guards.stops("truncated") else Verdict()


def mean_score(scores: Sequence[float | None]) -> float | None:
    """Return the mean of the scores that are there; None without one."""
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None
