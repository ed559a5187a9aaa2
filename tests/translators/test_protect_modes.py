"""The ladder with protected spans that are masked, not sent at all, or only checked; and what a failed check does."""

from __future__ import annotations

import re

import pytest

from cscl_data.translators.base import Translation
from cscl_data.translators.guards import DEFAULT_CHECKS
from cscl_data.translators.parts import Protection
from tests.translators.test_ladder import STATEMENT, Scripted, run

MASK = Protection(mode="mask", shape="{1}")
SKIP = Protection(mode="skip")
SPANS = re.compile(r"https?:\S+|`[^`]+`|🎉")


def shouting(text: str) -> str:
    """Translate to capitals, and every protected span to nothing."""
    return SPANS.sub("", text).upper()


def test_masks_are_sent_and_counted_through_the_record():
    translator = Scripted(shouting)
    result = run(["see https://a.org or `x`", "plain", "🎉 well"], translator, protection=MASK, catalyst=STATEMENT)
    assert translator.calls == [["These belong together. @ see {1} or {2} @ plain @ {3} well"]]
    assert result.texts == ("SEE https://a.org OR `x`", "PLAIN", "🎉 WELL")
    assert (result.status, result.level) == ("ok", "indicator")


def test_masks_that_change_fields_are_lost():
    def swapping(text):
        return text.replace("{1}", "{9}").replace("{2}", "{1}").replace("{9}", "{2}")

    result = run(["see https://a.org", "or `x`"], Scripted(swapping), protection=MASK)
    assert (result.status, result.reason) == ("rejected", "irreversible")
    assert (
        result.detail == "field 1: mask {1} came back 0 times; '{' of a mask is left over; '}' of a mask is left over"
    )


def test_a_lost_mask_goes_down_the_ladder():
    def rule(text):
        return shouting(text.replace("{1}", "") if "@" in text else text)

    result = run(["see https://a.org", "plain"], Scripted(rule), protection=MASK)
    assert result.texts == ("SEE https://a.org", "PLAIN")
    assert (result.status, result.level, result.first.lenient, result.first.accepted) == (
        "fallback", "separate", True, False,
    )  # fmt: skip


def test_masks_count_anew_in_every_sentence_that_is_sent_alone():
    translator = Scripted(shouting)
    result = run(["one `a` and {1}.\ntwo `b` here."], translator, protection=MASK)
    assert translator.calls == [["one {2} and {3}.", "two {2} here."]]
    assert result.texts == ("ONE `a` AND {1}.\nTWO `b` HERE.",)


def test_skipped_spans_at_the_edges_are_cut_off_before_a_bundle_is_made():
    translator = Scripted(str.upper)
    result = run(["see https://a.org.", "`x`: plain", "🎉"], translator, protection=SKIP)
    assert translator.calls == [["@ see @ plain"]]
    assert result.texts == ("SEE https://a.org.", "`x`: PLAIN", "🎉")
    assert (result.status, result.flags) == ("ok", ("copy",))


def test_a_sentence_with_a_span_inside_is_kept_and_flagged():
    translator = Scripted(str.upper)
    result = run(["One here. Open {file} now. Two there.", "plain"], translator, protection=SKIP)
    assert translator.calls == [["plain"], ["One here.", "Two there."]]
    assert result.texts == ("ONE HERE. Open {file} now. TWO THERE.", "PLAIN")
    assert "kept_sentence" in result.flags
    alone = run(["open {file} now", "go to https://a.org at once"], translator, protection=SKIP)
    assert (alone.status, alone.attempts, alone.flags) == ("skipped", 0, ("kept_sentence",))


@pytest.mark.parametrize("mode", ["check", "mask", "skip"])
def test_fields_of_protected_spans_alone_are_never_sent(mode):
    translator = Scripted(str.upper)
    result = run(["https://a.org", "`rm -rf x`", "plain"], translator, protection=Protection(mode=mode, shape="{1}"))
    assert translator.calls == [["plain"]]
    assert result.texts == ("https://a.org", "`rm -rf x`", "PLAIN")


def test_failed_checks_are_flagged_and_the_text_stands():
    def rule(text):
        return Translation(shouting(text).replace("3", ""), -0.1, truncated=True)

    result = run(["3 men at https://a.org", "plain"], Scripted(rule), on_fail="flag")
    assert result.texts == ("MEN AT", "PLAIN")
    assert (result.status, result.level, result.attempts) == ("ok", "indicator", 1)
    assert result.flags == ("copy", "numbers", "protected", "truncated")
    assert (result.first.lenient, result.first.accepted) == (True, False)


def test_of_flagged_hypotheses_the_one_with_fewest_faults_is_taken():
    answers = Translation("@ MEN @ PLAIN", -0.1, others=("@ 3 MEN @ PLAIN",))
    checks = (*DEFAULT_CHECKS, "numbers")
    found = run(["3 men", "plain"], Scripted(lambda _: answers), on_fail="flag", checks=checks)
    assert found.texts == ("3 MEN", "PLAIN")


def test_flagging_does_not_take_what_is_no_translation():
    lost = Scripted(lambda text: text.replace("{1}", ""))
    assert run(["see https://a.org now"], lost, on_fail="flag", protection=MASK).reason == "irreversible"
    empty = Scripted(lambda text: Translation("", problem="empty"))
    assert run(["a man"], empty, on_fail="flag").reason == "empty_side"


def test_a_record_that_fails_a_check_is_given_up_at_once():
    translator = Scripted(shouting)
    for last in ("reject", "keep-source"):
        translator.calls.clear()
        rungs = ("indicator", "smaller", "separate", "split", last)
        result = run(["a man", "see https://a.org"], translator, on_fail="reject", rungs=rungs)
        assert (result.status, result.reason, result.attempts) == ("rejected", "guard_protected", 1)
        assert result.detail.startswith("field 2: ")
        assert len(translator.calls) == 1


def test_a_later_field_does_not_bring_back_a_record_that_failed_a_check():
    def rule(text):
        return Translation("", problem="empty") if text == "nothing" else shouting(text)

    fields = ["see https://a.org\nnow", "nothing\nhere"]
    rungs = ("separate", "split", "keep-source")
    result = run(fields, Scripted(rule), on_fail="reject", rungs=rungs)
    assert (result.status, result.reason) == ("rejected", "guard_protected")


def test_lost_markers_are_tried_again_all_the_same():
    result = run(["a man", "a dog"], Scripted(lambda text: text.replace("@", "")), on_fail="reject")
    assert (result.status, result.indicator, result.attempts) == ("fallback", "#", 2)


@pytest.mark.parametrize("checks", [(), ("copy",), ("numbers",)])
def test_only_the_checks_named_refuse(checks):
    result = run(["3 men here", "plain"], Scripted(lambda text: text.replace("3", "")), checks=checks)
    assert result.reason == {(): "", ("copy",): "guard_copy", ("numbers",): "guard_protected"}[checks]
