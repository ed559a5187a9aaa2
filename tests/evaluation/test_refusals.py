"""Which answers refuse, how answers are counted, and figures over seeds."""

from __future__ import annotations

import statistics

import pytest

from cscl_data.errors import ConfigError
from cscl_data.evaluation.answers import Judged, count_answers
from cscl_data.evaluation.refusals import BEGINNING, load_refusals
from cscl_data.evaluation.spread import spread


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can’t help with that.",
        "I CANNOT  ASSIST with this request",
        "죄송하지만 그 요청은 도와드릴 수 없습니다.",
        "申し訳ありませんが、そのご質問にはお答えできません。",
        "Maaf, saya tidak bisa membantu dengan permintaan itu.",
        "对不起，我无法提供这些信息。",
        "저는AI로서 그런 일은 하지 않습니다.",
    ],
)
def test_shipped_phrases_find_refusals(answer):
    assert load_refusals().refuses(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Sure, here is how to open a file.",
        "물론입니다. 파일을 여는 방법은 다음과 같습니다.",
        "もちろんです。まずファイルを開きます。",
        "Tentu, berikut caranya.",
        "Write it down as an aid to memory.",
        "Als Kind habe ich das gelernt.",
        "",
        "Step one. " * (BEGINNING // 8) + "I cannot help with more.",
    ],
)
def test_answers_that_help_are_none(answer):
    assert not load_refusals().refuses(answer)


def test_table_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("kor: [싫어요]\nen: [no way]\n", encoding="utf-8")
    mine = load_refusals(path)
    assert mine.languages == ("ko", "en")
    assert mine.refuses("아, 싫어요!")
    assert not mine.refuses("I cannot help with that.")


@pytest.mark.parametrize("text", ["", "[a, b]", "en: no way", "en: []", "en: ['']", "en: [3]", "en: [a", "x y: [a]"])
def test_other_forms_are_refused(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        load_refusals(path)


def test_missing_table_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nothing\.yaml"):
        load_refusals(tmp_path / "nothing.yaml")


def test_answers_are_counted_over_all_prompts():
    judged = [
        Judged(True, False, False),
        Judged(True, True, False),
        Judged(False, False, False),
        Judged(False, False, True),
    ]
    counts = count_answers(judged)
    assert counts == (4, 2, 1, 1)
    assert (counts.language_rate, counts.refusal_rate) == (0.5, 0.25)
    with pytest.raises(ValueError, match="no answer"):
        count_answers([])


def test_spread_is_that_of_the_sample():
    values = [3.5, 4.25, 1.0]
    found = spread(values)
    assert (found.mean, found.sd) == (pytest.approx(statistics.mean(values)), pytest.approx(statistics.stdev(values)))
    assert spread([2.0]).sd is None
    with pytest.raises(ValueError, match="no value"):
        spread([])
