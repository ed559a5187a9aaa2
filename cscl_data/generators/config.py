"""How to switch: what may be switched, and how much of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.generators.amount import Amount
from cscl_data.generators.candidates import MAX_PHRASE_LEN
from cscl_data.generators.constraints import DEFAULT, check_constraints
from cscl_data.generators.exclusions import check_patterns, check_pos

UNITS = ("word", "phrase")
LEXICON_POLICIES = ("best", "random")
DEFAULT_MAX_RISK = 0.1
"""Highest risk of a row where no amount is asked for (our default: one row in ten, see docs/methods.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCsConfig:
    """How to switch.

    Attributes:
        amount: how much.
        unit: `word` replaces the smallest units, `phrase` (our default) noun phrases of up to `max_phrase_len` words
            too.
        max_phrase_len: longest unit in words, on either side.
        constraints: names of `constraints.CONSTRAINTS`, all of which hold for every unit.
        pos: Universal POS tags that a unit may have; none means any. Known of Korean and Japanese words,
            and of those that a spaCy pipeline marks.
        exclude_stopwords: whether stop words, by spaCy's lists, stay on both sides.
        protect: regular expressions; a word that one of them touches stays, on both sides.
        max_risk: most that the risks of a row's units may add up to, in (0, 1]; None for `DEFAULT_MAX_RISK` where no
            amount is asked for, else without limit. Where every unit has more, the one of least risk is switched.
        lexicon_policy: how the method `lexicon` chooses a translation: `best`, or `random`.

    Raises:
        ConfigError: a value is out of range, or a name or a pattern is unknown or unreadable.
    """

    amount: Amount = field(default_factory=Amount)
    unit: str = "phrase"
    max_phrase_len: int = MAX_PHRASE_LEN
    constraints: tuple[str, ...] = DEFAULT
    pos: tuple[str, ...] = ()
    exclude_stopwords: bool = False
    protect: tuple[str, ...] = ()
    max_risk: float | None = None
    lexicon_policy: str = "best"

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise unknown_name("unit", self.unit, UNITS)
        if self.lexicon_policy not in LEXICON_POLICIES:
            raise unknown_name("lexicon policy", self.lexicon_policy, LEXICON_POLICIES)
        if self.max_phrase_len < 1:
            raise ConfigError(f"--max-phrase-len must be at least 1, not {self.max_phrase_len}")
        if self.max_risk is not None and not 0.0 < self.max_risk <= 1.0:
            raise ConfigError(f"--max-risk must be above 0 and up to 1, not {self.max_risk}")
        check_constraints(self.constraints)
        check_pos(self.pos)
        check_patterns(self.protect)

    @property
    def risk_limit(self) -> float:
        """The risk up to which a row's units are switched; infinite where there is no limit."""
        if self.max_risk is not None:
            return self.max_risk
        return math.inf if self.amount.is_asked else DEFAULT_MAX_RISK
