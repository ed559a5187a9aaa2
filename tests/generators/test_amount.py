"""How much is switched: the number of words, shares of characters, ranges, and targets for CMI and SPF."""

from __future__ import annotations

from statistics import fmean, pstdev

import pytest

from cscl_data.errors import ConfigError
from cscl_data.generators.amount import Amount, how_many
from cscl_data.generators.candidates import Candidate
from cscl_data.generators.item import FEW_UNITS, Made
from cscl_data.generators.selection import choose_until
from cscl_data.records import cmi, rng_for, spf
from tests.factories import make_alignment, make_pair, make_words
from tests.generators.switching import made_by, make_item

N = 24
EN = " ".join(f"word{chr(97 + i)}" + "x" * (i % 7) for i in range(N))
KO = " ".join(f"말{chr(0xAC00 + 28 * i)}" for i in range(N))


def rows(n: int = 400, *, links: int = N, **options: object) -> list[Made]:
    pair = make_pair(EN, KO)
    item = make_item(pair, make_alignment(pair, links=[(i, i) for i in range(links)]), (make_words(EN), make_words(KO)))
    made = [made_by(item, rng_for(seed, "row", "token_cs"), **options) for seed in range(n)]
    assert all(isinstance(one, Made) for one in made)
    return made


def test_share_of_characters_is_reached_on_average() -> None:
    made = rows(ratio=0.35, ratio_by="char", unit="word")
    assert fmean(one.row.switch_ratio for one in made) == pytest.approx(0.35, abs=0.01)
    for one in made:
        replaced = sum(edit.matrix_end - edit.matrix_start for edit in one.row.edits)
        assert one.row.switch_ratio == pytest.approx(replaced / len(EN.replace(" ", "")))
    assert len({len(one.row.edits) for one in made}) > 1, "long words are fewer"


def test_ratio_range_is_drawn_evenly() -> None:
    ratios = [one.row.switch_ratio for one in rows(1000, ratio_range=(0.2, 0.6))]
    assert fmean(ratios) == pytest.approx(0.4, abs=0.015)
    assert pstdev(ratios) == pytest.approx(0.4 / 12**0.5, abs=0.015)
    assert 0.16 <= min(ratios) < 0.25
    assert 0.55 < max(ratios) <= 0.64


@pytest.mark.parametrize(("asked", "option"), [((29.0, 10.0), "target_cmi"), ((20.0, 5.0), "target_cmi")])
def test_rows_have_the_cmi_asked_for(asked: tuple[float, float], option: str) -> None:
    got = [one.row.cmi for one in rows(1000, target_cmi=asked)]
    assert fmean(got) == pytest.approx(asked[0], abs=1.0)
    assert pstdev(got) == pytest.approx(asked[1], abs=1.5)
    assert got == [pytest.approx(cmi(one.row.tokens)) for one in rows(1000, **{option: asked})]


def test_rows_have_the_spf_asked_for() -> None:
    got = [spf(one.row.tokens) for one in rows(1000, target_spf=(0.3, 0.1))]
    assert fmean(got) == pytest.approx(0.3, abs=0.02)
    assert pstdev(got) == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize(
    "options", [{"ratio": 0.9}, {"ratio": 0.9, "ratio_by": "char"}, {"target_cmi": (45, 1)}, {"target_spf": (0.8, 0.1)}]
)
def test_too_few_units_are_noted(options: dict[str, object]) -> None:
    assert {one.notes for one in rows(20, links=3, **options)} == {(FEW_UNITS,)}


def test_enough_units_are_not_noted() -> None:
    assert {one.notes for one in rows(50, ratio=0.5)} == {()}


def test_mean_number_of_words_is_the_ratio_asked_for() -> None:
    drawn = [how_many(0.3, n, rng_for(i, "x", "y")) / n for i in range(500) for n in range(10, 30)]
    assert fmean(drawn) == pytest.approx(0.3, abs=0.002)


@pytest.mark.parametrize(
    "options",
    [
        {"ratio": 2},
        {"ratio": -0.1},
        {"ratio_by": "word"},
        {"ratio_range": (0.5, 0.2)},
        {"ratio_range": (0.0, 0.2)},
        {"target_cmi": (60, 10)},
        {"target_cmi": (25, 25)},
        {"target_spf": (0.2, 0)},
        {"target_spf": (0.2, 0.1), "target_cmi": (20, 10)},
        {"target_spf": (0.2, 0.1), "ratio_by": "char"},
    ],
)
def test_amounts_that_cannot_be_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Amount(**options)


def test_sig_says_how_much() -> None:
    assert Amount(ratio=0.3).sig_parts() == {"ratio": 0.3}
    assert Amount(ratio=0.3, ratio_by="char").sig_parts() == {"ratio": 0.3, "by": "char"}
    assert Amount(ratio_range=(0.1, 0.5)).sig_parts() == {"ratio": "0.1,0.5"}
    assert Amount(target_cmi=(29, 15)).sig_parts() == {"cmi": "29,15"}


def test_long_text_reaches_its_goal_in_few_measures() -> None:
    counted = 0

    def share(units: list[Candidate]) -> float:
        nonlocal counted
        counted += 1
        return len(units) / 1000

    drawn = [Candidate(i, i, i, i, 0, 1.0) for i in range(1000)]
    sizes = {len(choose_until(drawn, share, 0.3005, rng_for(seed, "r", "x")).units) for seed in range(20)}
    assert sizes == {300, 301}
    assert counted < 20 * 100
    assert choose_until(drawn, share, 1.5, rng_for(0, "r", "x")).too_few
