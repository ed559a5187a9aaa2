"""How much of a sentence is switched: the measures of it, and what is asked of one row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.text.word_rules.base import CONTENT, FUNCTION
from cscl_data.text.words import Word

TOKEN, CHAR, CMI, SPF = "token", "char", "cmi", "spf"
RATIO_BY = (TOKEN, CHAR)
DEFAULT_RATIO = 0.2
"""Share of the words that are switched where no amount is asked for (our default, near what people write)."""
HIGHEST = {CMI: 50.0, SPF: 1.0}
"""Upper ends of the measures in a text of two languages."""


class Goal(NamedTuple):
    """What one row is to reach: `value` by `measure` (token and char: a ratio in [0, 1]; cmi; spf)."""

    measure: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much to switch.

    Attributes:
        ratio: share of the matrix to replace, in [0, 1]; None for `DEFAULT_RATIO`, as far as units are safe.
        ratio_by: what the share is of: `token`, words, or `char`, the characters of words.
        ratio_range: lowest and highest ratio; each row draws its own between them, all equally likely.
        target_cmi: mean and standard deviation of the rows' CMI, in [0, 50].
        target_spf: the same of SPF, the share of the gaps between tokens at which the language changes, in [0, 1].

    The last three stand for `ratio`; at most one of them is given.

    Raises:
        ConfigError: a value is out of range, or two are given.
    """

    ratio: float | None = None
    ratio_by: str = TOKEN
    ratio_range: tuple[float, float] | None = None
    target_cmi: tuple[float, float] | None = None
    target_spf: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.ratio_by not in RATIO_BY:
            raise unknown_name("measure of the ratio", self.ratio_by, RATIO_BY)
        if not 0.0 <= self.share <= 1.0:
            raise ConfigError(f"--ratio must be between 0 and 1, not {self.ratio}")
        if self.ratio_range is not None and not 0.0 < self.ratio_range[0] <= self.ratio_range[1] <= 1.0:
            raise ConfigError(f"--ratio-range must be LOW,HIGH above 0 and up to 1, not {_listed(self.ratio_range)}")
        for flag, measure, asked in (("--target-cmi", CMI, self.target_cmi), ("--target-spf", SPF, self.target_spf)):
            if asked is not None:
                _shape(flag, asked, HIGHEST[measure])
        if sum(asked is not None for asked in (self.ratio_range, self.target_cmi, self.target_spf)) > 1:
            raise ConfigError("--ratio-range, --target-cmi and --target-spf: give one of them")
        if self.ratio_by != TOKEN and (self.target_cmi or self.target_spf):
            raise ConfigError("--ratio-by concerns a ratio, which --target-cmi and --target-spf stand for")

    @property
    def is_asked(self) -> bool:
        """Whether an amount is asked for, rather than left to us."""
        return self.ratio is not None or self.ratio_range is not None or self.target is not None

    @property
    def has_ratio(self) -> bool:
        """Whether a ratio says how much, given or by default."""
        return self.ratio_range is None and self.target is None

    @property
    def share(self) -> float:
        """The ratio, given or not; it says nothing where a range or a target stands for it."""
        return DEFAULT_RATIO if self.ratio is None else self.ratio

    @property
    def switches(self) -> bool:
        """Whether anything is to be switched at all."""
        return self.share > 0 or self.target is not None or self.ratio_range is not None

    @property
    def target(self) -> tuple[str, tuple[float, float]] | None:
        """The measure whose distribution is asked for, with mean and standard deviation; None for a ratio."""
        if self.target_cmi is not None:
            return CMI, self.target_cmi
        return (SPF, self.target_spf) if self.target_spf is not None else None

    @property
    def highest_ratio(self) -> float:
        """The most that a row may be asked for; 1 where the ratio follows from another measure."""
        return 1.0 if self.target is not None else self.ratio_range[1] if self.ratio_range is not None else self.share

    def goal(self, rng: Random) -> Goal:
        """Draw what one row is to reach.

        A target is drawn from the beta distribution with its mean and standard deviation, between 0 and the measure's
        upper end (our default: natural text has wide, skewed distributions, and this one has no more parameters).
        """
        if self.target is not None:
            measure, asked = self.target
            from scipy.special import betaincinv

            a, b = _shape("", asked, HIGHEST[measure])
            return Goal(measure, HIGHEST[measure] * float(betaincinv(a, b, rng.random())))
        if self.ratio_range is not None:
            low, high = self.ratio_range
            return Goal(self.ratio_by, low + (high - low) * rng.random())
        return Goal(self.ratio_by, self.share)

    def sig_parts(self) -> dict[str, str | float]:
        """Return the parts of `sig` that say how much is switched."""
        if self.target is not None:
            return {self.target[0]: _listed(self.target[1])}
        by = {} if self.ratio_by == TOKEN else {"by": self.ratio_by}
        return {"ratio": self.share if self.ratio_range is None else _listed(self.ratio_range), **by}


def how_many(ratio: float, n_words: int, rng: Random) -> int:
    """Return floor(r n) plus one with probability frac(r n), at least 1 when r > 0: r is the ratio, n the words."""
    exact = ratio * n_words
    whole = math.floor(exact)
    drawn = whole + (rng.random() < exact - whole)
    return max(1, drawn) if ratio > 0 else 0


COUNTED = frozenset({CONTENT, FUNCTION})
"""Kinds of words that count for ratios: punctuation, digits, symbols and protected spans do not."""


def counts(word: Word) -> bool:
    """Tell whether a word counts for ratios."""
    return word.kind in COUNTED


def size(words: Sequence[Word], by: str) -> int:
    """Return how many words count, or how many characters (code points) they have."""
    counted = [word for word in words if word.kind in COUNTED]
    return len(counted) if by == TOKEN else sum(word.end - word.start for word in counted)


def _listed(values: tuple[float, ...]) -> str:
    return ",".join(f"{value:g}" for value in values)


def _shape(flag: str, asked: tuple[float, float], highest: float) -> tuple[float, float]:
    """Return both parameters of the beta distribution on [0, highest] that has a mean and a standard deviation."""
    mean, sd = asked[0] / highest, asked[1] / highest
    if not 0 < mean < 1 or sd <= 0 or sd * sd >= mean * (1 - mean):
        most = f", below {highest * math.sqrt(mean * (1 - mean)):.3g} for this mean" if 0 < mean < 1 else ""
        raise ConfigError(
            f"{flag} must be MEAN,STD with a mean between 0 and {highest:g} and a spread above 0{most}, "
            f"not {_listed(asked)}"
        )
    weight = mean * (1 - mean) / (sd * sd) - 1
    return mean * weight, (1 - mean) * weight
