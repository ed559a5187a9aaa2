"""How likely a bilingual rejects a unit: a logistic model of features, learned from judged units."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from cscl_data.generators.candidates import LAST_TIER, Candidate
from cscl_data.generators.endings import what_stays
from cscl_data.generators.reading import VERB
from cscl_data.generators.risk_features import Sentence, features
from cscl_data.generators.word_classes import FUNCTION, QUANTIFIER, VERBAL

LEARNED_ON = frozenset({"ko", "ja", "id"})
"""Languages that the weights were learned on, each with English."""
OF_FUNCTION_WORDS = 0.5
"""Least risk of units about function words, so that they come after all others: they belong to the matrix language."""
OF_MISFITS = 0.2
"""Least risk of verbs that nothing inflects (no 하다 or する), of quantifiers and adverbs of grammar, and of what an
article before it does not fit (`an 섬`), of hyphenated words for one (`two-page`) and of parts of a measure
(`大さじ2`): in whole rows they were refused more often than one by one."""

_VERBS = frozenset({VERB, VERBAL})
_MISFITS = frozenset(
    {"article", "beside a digit", "hyphenated en", "hyphenated xx", "inflected verb en", "inflected verb xx"}
)


def with_risks(units: Sequence[Candidate], sentence: Sentence) -> list[Candidate]:
    """Return the units with their risks.

    The risk is `1 / (1 + exp(-w·f))`, with the features f of `risk_features` and the weights w of
    `assets/switch_risk.json`, and no less than `least_risk`.

    Source:
        Our own: regularized logistic regression over units of FLORES-200 dev, Park dev and NusaX that were accepted or
        rejected one by one (`python -m benchmarks.switch_risk` fits it again).

    Args:
        units: in any order.
        sentence: what they are units of.
    """
    base = _weights().get("bias", 0.0) + _weighed(sentence.whole)
    risks = []
    for cand in units:
        heads = sentence.heads(cand)
        found = features(cand, sentence, heads)
        plain = 1 / (1 + math.exp(-base - _weighed(found)))
        risks.append(max(plain, least_risk(cand, sentence, heads, found)))
    return [Candidate(*cand[:-1], risk) for cand, risk in zip(units, risks, strict=True)]


def _weighed(found: Mapping[str, float]) -> float:
    weights = _weights()
    total = 0.0
    for name, value in found.items():
        if name in weights:
            total += weights[name] * value
    return total


def least_risk(cand: Candidate, sentence: Sentence, heads: tuple[str, str], found: Mapping[str, float]) -> float:
    """Return the least risk of a unit with some features, whatever its weights say.

    Source:
        myers-scotton-1993-duelling for function words and for verbs, whose inflection is the matrix language's. The
        numbers are our default.
    """
    if FUNCTION in heads or cand.tier >= LAST_TIER:
        return OF_FUNCTION_WORDS
    is_bare = not _VERBS.isdisjoint(heads) and not what_stays(cand, sentence.frame)[0]
    return OF_MISFITS if is_bare or QUANTIFIER in heads or not _MISFITS.isdisjoint(found) else 0.0


@cache
def _weights() -> dict[str, float]:
    table: dict[str, float] = json.loads(
        files("cscl_data.assets").joinpath("switch_risk.json").read_text(encoding="utf-8")
    )
    return table
