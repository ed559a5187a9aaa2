"""Switching by a lexicon: what the row says of the words it took, the constraints, and the random baseline."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cscl_data.errors import ConfigError
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.item import Made, Offer, Side, SwitchItem
from cscl_data.records import Reject, TokenCsRow, restore, rng_for
from cscl_data.text.words import WordSplitter
from tests.factories import make_pair
from tests.generators.switching import ROW_ID, made_by

EN = "Green tea and water boil in a kettle."
OFFERS = ((0, 1, "녹차"), (3, 3, "물"), (4, 4, "끓이다"), (7, 7, "주전자"))


def switched(
    text: str,
    found: Sequence[tuple[int, int, str]],
    seed: int = 0,
    *,
    src: str = "en",
    tgt: str = "ko",
    **options: object,
) -> TokenCsRow | Reject:
    cut, words = WordSplitter(tgt), WordSplitter(src).words(text)
    offers = tuple(Offer(first, last, new, cut.words(new), "NOUN") for first, last, new in found)
    other = Side(tgt, "", (), running=False)
    pair = make_pair(text, "", src_lang=src, tgt_lang=tgt)
    item = SwitchItem(ROW_ID, pair, None, "src", Side(src, text, words), other, offers=offers)
    made = made_by(item, rng_for(seed, ROW_ID, "token_cs"), name="lexicon", **{"ratio": 1.0, **options})
    return made.row if isinstance(made, Made) else made


def test_embedded_side_is_the_translations_in_order_one_a_line() -> None:
    row = switched(EN, OFFERS, unit="phrase")
    assert row.text == "녹차 and 물 boil in a 주전자."
    assert row.tgt_text == "녹차\n물\n주전자"
    assert [row.tgt_text[e.embedded_start : e.embedded_end] for e in row.edits] == ["녹차", "물", "주전자"]
    assert restore(row.text, row.edits, EN) == EN
    assert row.switch_ratio == pytest.approx(4 / 8)


def test_predicate_that_would_stand_bare_needs_no_constraint() -> None:
    assert "끓이다" not in switched(EN, OFFERS).text
    assert "끓이다" in switched(EN, OFFERS, constraints=("none",)).text


def test_words_alone_where_they_are_asked_for() -> None:
    assert switched(EN, OFFERS, unit="word").text.startswith("Green tea and 물")


def test_parts_of_speech_are_those_of_the_lexicon() -> None:
    made = switched(EN, OFFERS, pos=("VERB",))
    assert isinstance(made, Reject)
    assert made.reason == "no_candidate"


def test_capital_of_a_sentence_is_given_and_none_is_taken() -> None:
    row = switched("Tea is good in Jakarta.", [(0, 0, "teh"), (4, 4, "Batavia")], tgt="id")
    assert row.text == "Teh is good in Batavia."
    row = switched("We like Berlin.", [(2, 2, "Jakarta")], tgt="id")
    assert row.text == "We like Jakarta.", "a list of words has no sentence that it opens"


def test_korean_frame_keeps_particles_and_endings() -> None:
    row = switched("그를 부르는 회의를 했다.", [(1, 1, "call"), (2, 2, "film")], src="ko", tgt="en")
    assert row.text == "그를 call하는 film을 했다."


def test_random_takes_each_word_with_the_probability_of_the_ratio() -> None:
    found = [(i, i, new) for i in (0, 1, 3, 4, 7) for new in ("하나", "둘")]
    rows = [switched(EN, found, seed, ratio=0.4, lexicon_policy="random") for seed in range(400)]
    assert sum(len(row.edits) for row in rows) / 400 == pytest.approx(5 * 0.4, abs=0.2)
    drawn = [line for row in rows for line in row.tgt_text.split("\n")]
    assert 0.8 < drawn.count("하나") / drawn.count("둘") < 1.25
    assert min(len(row.edits) for row in rows) == 1


def test_random_knows_no_constraints() -> None:
    assert "끓이다" in switched(EN, OFFERS[2:3], lexicon_policy="random").text


@pytest.mark.parametrize("policy", ["best", "random"])
def test_no_offer_is_a_reject(policy: str) -> None:
    for found in ((), [(0, 0, "Green")]):
        made = switched(EN, found, tgt="id", lexicon_policy=policy)
        assert isinstance(made, Reject)
        assert (made.reason, made.source["tgt_text"]) == ("no_candidate", "")


def test_unknown_policy_is_refused() -> None:
    with pytest.raises(ConfigError, match="lexicon policy"):
        TokenCsConfig(lexicon_policy="first")
