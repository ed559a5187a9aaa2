from __future__ import annotations

import pytest

from cscl_data.translators.base import Translation
from cscl_data.translators.catalysts import Catalyst
from cscl_data.translators.division import evenly
from cscl_data.translators.echo import EchoTranslator
from cscl_data.translators.ladder import LadderConfig, translate_bundles
from cscl_data.translators.results import BundleJob

STATEMENT = Catalyst("pair", "Together.")


class Limited(EchoTranslator):
    """An echo in capitals with limits, which keeps what it was sent, call by call."""

    def __init__(self, fields=None, tokens=None, rule=str.upper):
        self.max_bundle_fields, self.max_source_tokens = fields, tokens
        self.rule, self.calls = rule, []

    def translate(self, texts, source, target):
        self.calls.append(list(texts))
        assert all(len(text) <= (self.max_source_tokens or 10_000) for text in texts)
        return [Translation(self.rule(text)) for text in texts]


def run(texts, translator, **config):
    jobs = [BundleJob(id="r", texts=tuple(texts))]
    config = LadderConfig(**{"catalyst": STATEMENT, **config})
    [result] = translate_bundles(jobs, translator, source="en", target="ko", config=config)
    return result


@pytest.mark.parametrize(("length", "n"), [(0, 1), (1, 1), (7, 3), (8, 8), (9, 2), (50, 7)])
def test_runs_are_in_order_and_nearly_equal(length, n):
    runs = evenly(range(length), n)
    assert [item for one in runs for item in one] == list(range(length))
    assert len(runs) == n
    assert max(map(len, runs)) - min(map(len, runs)) <= 1


def test_a_record_of_more_fields_than_the_model_holds_goes_as_several_bundles():
    translator = Limited(fields=3)
    result = run("abcdefg", translator)
    assert translator.calls == [["Together. @ a @ b @ c", "Together. @ d @ e", "Together. @ f @ g"]]
    assert "".join(result.texts) == "ABCDEFG"
    assert (result.status, result.level, result.attempts) == ("ok", "indicator", 3)
    assert (result.first.strict, result.first.accepted) == (True, True)


def test_what_is_asked_for_counts_more_than_what_the_model_says():
    translator = Limited(fields=3)
    run("abcde", translator, max_fields=4)
    assert translator.calls == [["Together. @ a @ b @ c", "Together. @ d @ e"]]
    unlimited = Limited()
    run("abcde", unlimited)
    assert unlimited.calls == [["Together. @ a @ b @ c @ d @ e"]]


def test_a_sequence_beyond_the_model_is_divided_before_it_is_sent():
    translator = Limited(tokens=40)
    texts = ["a" * 12, "b" * 12, "c" * 12, "d", "e" * 35]
    result = run(texts, translator)
    [sent] = translator.calls
    assert sent == [f"Together. @ {texts[0]} @ {texts[1]}", texts[2], texts[3], texts[4]]
    assert result.texts == tuple(text.upper() for text in texts)
    assert (result.status, result.level, result.attempts) == ("ok", "indicator", len(sent))


def test_the_first_try_of_a_record_is_all_its_bundles():
    lossy = Limited(fields=2, rule=lambda text: text.replace("@", "") if "d" in text else text.upper())
    result = run("abcd", lossy, rungs=("indicator", "reject"))
    assert lossy.calls == [["Together. @ a @ b", "Together. @ c @ d"], ["Together. # c # d"]]
    assert (result.status, result.attempts, result.first.strict, result.first.lenient) == ("fallback", 3, False, False)
    guarded = Limited(fields=2, rule=lambda text: text.upper().replace("`X`", ""))
    result = run(["a", "b", "c `x` y", "d"], guarded, rungs=("indicator", "keep-source"))
    assert len(guarded.calls) == 1
    assert (result.first.strict, result.first.accepted, result.texts[0]) == (True, False, "a")


def test_smaller_bundles_are_halves_of_those_that_the_model_holds():
    lossy = Limited(fields=4, rule=lambda text: text.replace("@", "") if text.count("@") > 2 else text.upper())
    result = run("abcdefgh", lossy, indicators=("@",))
    assert lossy.calls[1] == [f"Together. @ {one} @ {other}" for one, other in ("ab", "cd", "ef", "gh")]
    assert (result.level, result.attempts, result.first.lenient) == ("smaller", 6, False)
