"""How risky a unit is: links that doubt, words of other kinds, halves of terms; and what the limit does."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from cscl_data.errors import ConfigError
from cscl_data.generators.amount import DEFAULT_RATIO
from cscl_data.generators.candidates import Candidate
from cscl_data.generators.config import DEFAULT_MAX_RISK
from cscl_data.generators.item import FEW_UNITS, RISKY, Side
from cscl_data.generators.phrases import Phrases
from cscl_data.generators.risk import OF_FUNCTION_WORDS, with_risks
from cscl_data.generators.risk_features import Sentence, features
from cscl_data.generators.selection import Chosen
from cscl_data.generators.token import notes_of
from cscl_data.records import Link, TokenCsRow
from cscl_data.text.words import WordSplitter
from tests.factories import make_alignment, make_pair
from tests.generators.switching import make_config, split, switched

EN, KO = "Scientists announced a new tool yesterday", "과학자들은 어제 새로운 도구를 발표했다"
LINKS = {(0, 0): 0.9, (1, 4): 0.9, (3, 2): 0.9, (4, 3): 0.9, (5, 1): 0.9}


def sentence(links=LINKS, src=EN, tgt=KO, langs=("en", "ko")):
    sides = [Side(lang, text, WordSplitter(lang).words(text)) for lang, text in zip(langs, (src, tgt), strict=True)]
    return Sentence(*sides, links, (Phrases(sides[0]), Phrases(sides[1])))


def unit(first, last, emb_first, emb_last, score=0.9, tier=0):
    return Candidate(first, last, emb_first, emb_last, tier, score)


def found(cand, of):
    return features(cand, of, of.heads(cand))


def risk(cand, of=None):
    return with_risks([cand], of or sentence())[0].risk


def test_a_doubtful_link_is_riskier():
    doubtful = sentence({**LINKS, (0, 0): 0.4})
    assert risk(unit(0, 0, 0, 0)) < risk(unit(0, 0, 0, 0, score=0.4), doubtful)


def test_a_noun_for_a_noun_is_safer_than_a_noun_for_a_verb():
    assert risk(unit(0, 0, 0, 0)) < risk(unit(1, 1, 4, 4, tier=1))


def test_units_about_function_words_come_after_all_others():
    assert risk(unit(2, 2, 3, 3, tier=3)) >= OF_FUNCTION_WORDS


@pytest.mark.parametrize(
    ("cand", "name"),
    [
        (unit(4, 4, 3, 3), "torn en"),
        (unit(3, 4, 2, 3), "phrase"),
        (unit(3, 4, 3, 3), "uneven"),
        (unit(3, 4, 3, 3), "contents differ"),
    ],
)
def test_features(cand, name):
    assert found(cand, sentence())[name] == 1.0


def test_features_of_what_stands_beside():
    idle = sentence({pair: score for pair, score in LINKS.items() if pair != (3, 2)})
    shown = found(unit(4, 4, 3, 3), idle)
    assert shown["frame left unlinked en"] == shown["other left unlinked en"] == 1.0
    assert not any(name.startswith("torn") for name in shown)


def test_features_tell_a_lost_degree_and_a_clashing_article():
    high = sentence({(1, 1): 0.9}, "the highest tower", "가장 높은 탑", ("en", "ko"))
    assert found(unit(1, 1, 1, 1), high)["degree lost"] == 1.0
    an = sentence({(1, 0): 0.9}, "an example", "contoh itu", ("en", "id"))
    assert found(unit(1, 1, 0, 0), an)["article"] == 1.0


def rows(**options):
    pair = make_pair(EN, KO)
    links = tuple(Link(i, j, score) for (i, j), score in LINKS.items())
    alignment = replace(make_alignment(pair), links=links)
    made = [switched(pair, alignment, split(EN, KO), seed=seed, **options) for seed in range(20)]
    assert all(isinstance(row, TokenCsRow) for row in made)
    return made


def test_without_an_amount_risky_units_stay():
    careful, asked = rows(), rows(ratio=1.0)
    assert all("발표" not in row.text for row in careful), "a verb for a verbal noun is risky"
    assert all("발표" in row.text for row in asked)
    assert all(row.switch_ratio <= 0.5 for row in careful)


def test_where_all_units_are_too_risky_the_least_risky_one_is_switched_and_counted():
    assert {len(row.edits) for row in rows(ratio=1.0, max_risk=1e-9)} == {1}
    chosen = Chosen([unit(0, 0, 0, 0)._replace(risk=0.2)], too_few=True)
    assert notes_of(chosen, make_config(max_risk=0.1)) == (RISKY,)
    assert notes_of(chosen, make_config(ratio=0.5)) == (FEW_UNITS,)


def test_the_limit_follows_from_what_is_asked():
    assert (make_config().amount.share, make_config().risk_limit) == (DEFAULT_RATIO, DEFAULT_MAX_RISK)
    assert make_config(ratio=0.2).risk_limit == make_config(target_cmi=(20, 10)).risk_limit == math.inf
    assert make_config(ratio=0.2, max_risk=0.3).risk_limit == 0.3
    for wrong in (0, -0.1, 1.5, math.inf, math.nan):
        with pytest.raises(ConfigError, match="--max-risk must be above 0 and up to 1"):
            make_config(max_risk=wrong)
