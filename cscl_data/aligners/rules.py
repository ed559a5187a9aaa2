"""Names of the rules that merge two directional alignments; `symmetrize` says what each one does."""

from __future__ import annotations

POSTERIOR = 5
RULES = {
    "intersection": 0,
    "union": 1,
    "grow-diag": 2,
    "grow-diag-final": 3,
    "grow-diag-final-and": 4,
    "posterior": POSTERIOR,
}
"""The rules by name, with the numbers that the compiled code knows them by."""

WITHOUT_POSTERIORS = "grow-diag-final-and"
"""What stands in for `posterior` where an aligner has none (our default)."""


def rule_without_posteriors(rule: str) -> str:
    """Return the rule that an aligner without posteriors uses where this one is asked for."""
    return WITHOUT_POSTERIORS if rule == "posterior" else rule
