from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cscl_data.errors import ConfigError
from cscl_data.translators.base import Translation
from cscl_data.translators.catalysts import Catalyst
from cscl_data.translators.echo import EchoTranslator
from cscl_data.translators.ladder import DEFAULT_LADDER, LadderConfig, parse_rungs, translate_bundles
from cscl_data.translators.parts import Protection
from cscl_data.translators.results import BundleJob

STATEMENT = Catalyst("pair", "These belong together.")


class Scripted(EchoTranslator):
    """An echo that answers some texts by a rule, and remembers every call."""

    def __init__(self, rule):
        self.rule = rule
        self.calls = []

    def translate(self, texts, source, target):
        self.calls.append(list(texts))
        answers = [self.rule(text) for text in texts]
        return [answer if isinstance(answer, Translation) else Translation(answer, -0.5) for answer in answers]


def run(texts, translator=None, **config):
    job = BundleJob(id="r", texts=tuple(texts))
    [result] = translate_bundles(
        [job], translator or EchoTranslator(), source="en", target="ko", config=LadderConfig(**config)
    )
    return result


def test_the_first_bundle_that_holds_is_ok():
    translator = Scripted(str.upper)
    result = run(["a man runs", "a dog sleeps"], translator, catalyst=STATEMENT)
    assert translator.calls == [["These belong together. @ a man runs @ a dog sleeps"]]
    assert result.texts == ("A MAN RUNS", "A DOG SLEEPS")
    assert (result.status, result.level, result.indicator, result.catalyst) == ("ok", "indicator", "@", "pair")
    assert (result.attempts, result.score, result.first.strict, result.first.accepted) == (1, -0.5, True, True)


def test_the_best_hypothesis_that_comes_apart_is_taken_in_one_try():
    lost, kept = "A MAN RUNS @ A DOG SLEEPS", "TOGETHER. @ a MAN RUNS @ a DOG SLEEPS"
    translator = Scripted(lambda _: Translation(lost, -0.4, others=("@ @ X", kept)))
    result = run(["a man runs", "a dog sleeps"], translator, catalyst=STATEMENT)
    assert result.texts == ("a MAN RUNS", "a DOG SLEEPS")
    assert (result.status, result.attempts, len(translator.calls)) == ("ok", 1, 1)
    assert (result.first.strict, result.first.lenient, result.first.accepted) == (False, False, True)


def test_the_best_hypothesis_that_keeps_the_numbers_is_taken_before_others():
    answers = Translation("@ MEN @ A DOG", -0.1, others=("@ 3 MEN @ CUT", "@ 3 MEN @ CAT", "3 MEN"))
    result = run(["3 men", "a dog"], Scripted(lambda _: answers))
    assert (result.texts, result.flags, result.status) == (("3 MEN", "CUT"), ("copy",), "ok")
    without = Translation("@ MEN @ A DOG", -0.1, others=("@ SOME MEN @ CUT",))
    result = run(["3 men", "a dog"], Scripted(lambda _: without))
    assert (result.texts, result.flags, result.status) == (("MEN", "A DOG"), ("copy", "numbers"), "ok")
    unasked = run(["3 men", "a dog"], Scripted(lambda _: answers), protection=Protection(mode="off"))
    assert unasked.texts == ("MEN", "A DOG")


def test_where_no_hypothesis_holds_the_fields_that_do_are_taken_from_the_one_with_most():
    answers = Translation("{x} MEN A DOG", -0.1, others=("@ MEN @ BAD {y}", "@ MEN @ A DOG"))
    rule = {"@ {x} men @ a dog": answers, "{x} men": Translation("{x} MEN")}
    translator = Scripted(rule.__getitem__)
    result = run(["{x} men", "a dog"], translator)
    assert (result.texts, result.level, result.fell) == (("{x} MEN", "A DOG"), "separate", "protected")
    assert (result.attempts, result.first.lenient, result.first.accepted) == (2, False, False)


@pytest.mark.parametrize(
    ("texts", "answer", "told"),
    [
        (["a man", "a dog"], lambda text: text, ("ok", "")),
        (["a man", "a dog"], lambda text: text.replace("@", ""), ("fallback", "irreversible")),
        (
            ["a man", "see {x}"],
            lambda text: text.replace("{x}", "") if "@" in text else text,
            ("fallback", "protected"),
        ),
        (["a@b c#d", "e * f"], str.upper, ("fallback", "irreversible")),
        (["a man\nruns", "a dog"], str.upper, ("fallback", "lines")),
        (["a man\nruns", "a dog", "a cat"], lambda text: text.replace("@", ""), ("fallback", "irreversible")),
        (["a man", "a dog"], lambda _: "", ("kept_source", "irreversible")),
        (["a man"], lambda _: Translation("", problem="too_long"), ("kept_source", "too_long")),
        (["a", ""], lambda _: "네" * 10, ("kept_source", "repetition")),
    ],
)
def test_a_row_says_what_its_first_sequence_fell_on(texts, answer, told):
    result = run(texts, Scripted(answer), rungs=("indicator", "smaller", "separate", "split", "keep-source"))
    assert (result.status, result.fell) == told
    assert result.struct(source_texts=texts, sig="x")["reason"] == (told[1] or None)


def test_a_span_in_the_middle_of_a_sentence_is_why_a_field_waits():
    result = run(["One here. Open {x} now.", "plain"], protection=Protection(mode="skip"))
    assert (result.status, result.level, result.fell) == ("fallback", "split", "protected")


def test_a_single_field_goes_without_statement_and_indicator():
    translator = Scripted(str.upper)
    result = run(["a man runs", "  "], translator, catalyst=STATEMENT)
    assert translator.calls == [["a man runs"]]
    assert (result.texts, result.status, result.level) == (("A MAN RUNS", "  "), "ok", "indicator")
    assert (result.indicator, result.catalyst, result.attempts, result.first) == ("", "", 1, None)


def test_spaces_around_a_field_stay():
    assert run(["  a man ", "\n b\u00a0"]).texts == ("  a man ", "\n b\u00a0")


@pytest.mark.parametrize("texts", [(), ("", " \n"), ("42", "---", "🙂")])
def test_nothing_to_translate_is_skipped(texts):
    translator = Scripted(lambda text: "never")
    result = run(texts, translator)
    assert (result.status, result.texts, result.attempts, translator.calls) == ("skipped", tuple(texts), 0, [])


def test_lost_markers_are_tried_with_the_next_indicator():
    result = run(["a man", "a dog"], Scripted(lambda text: text.replace("@", "")), catalyst=STATEMENT)
    assert (result.status, result.level, result.indicator, result.attempts) == ("fallback", "indicator", "#", 2)
    assert (result.first.indicator, result.first.lenient) == ("@", False)


def test_smaller_bundles_come_before_single_fields():
    def loses_in_long(text):
        return text.replace("@", "").replace("#", "").replace("*", "") if len(text) > 40 else text.upper()

    result = run(["field one", "field two", "field three", "field four"], Scripted(loses_in_long))
    assert (result.status, result.level, result.indicator) == ("fallback", "smaller", "@")
    assert result.attempts == 3 + 2
    assert result.texts == ("FIELD ONE", "FIELD TWO", "FIELD THREE", "FIELD FOUR")


def test_halves_of_one_field_wait_for_the_rung_separate():
    translator = Scripted(lambda text: "".join(char for char in text if char not in "@#*").strip().upper())
    result = run(["field one", "field two"], translator)
    assert (result.level, result.attempts, result.indicator) == ("separate", 3 + 2, "")
    assert translator.calls[-1] == ["field one", "field two"]
    assert run(["field one", "field two"], translator, rungs=("indicator", "smaller", "reject")).level == "smaller"


def test_only_the_field_that_failed_goes_down():
    def rule(text):
        return text.replace("{x}", "") if "@" in text else text.upper().replace("{X}", "{x}")

    translator = Scripted(rule)
    result = run(["keep {x} here", "another field"], translator)
    assert result.texts == ("KEEP {x} HERE", "another field")
    assert (result.level, result.attempts, result.status) == ("separate", 2, "fallback")
    assert (result.first.lenient, result.first.accepted, result.indicator) == (True, False, "@")
    assert translator.calls[-1] == ["keep {x} here"]


def test_a_long_field_is_translated_by_its_sentences():
    def rule(text):
        return Translation("", problem="too_long") if len(text) > 20 else text.upper()

    result = run(["One is here. Two is there.", "short one"], Scripted(rule))
    assert result.texts == ("ONE IS HERE. TWO IS THERE.", "SHORT ONE")
    assert (result.level, result.status) == ("split", "fallback")


def test_line_breaks_are_never_sent():
    translator = Scripted(str.upper)
    result = run(["line one\n\n  - line two\r\n", "short one"], translator)
    assert result.texts == ("LINE ONE\n\n  - LINE TWO\r\n", "SHORT ONE")
    assert (result.level, result.attempts) == ("split", 2)
    assert all("\n" not in text for call in translator.calls for text in call)


def test_a_field_of_code_alone_stays_as_it_is():
    code = "```\nprint('x')\n```"
    result = run([code, "and some words"], Scripted(str.upper))
    assert result.texts == (code, "AND SOME WORDS")
    assert result.status == "ok"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Translation("", problem="missing"), "empty_side"),
        (Translation("", problem="too_long"), "too_long"),
        (Translation("", problem="empty"), "empty_side"),
        (Translation("half of i", truncated=True), "truncated"),
        (Translation("네네네네네네네네네네"), "guard_repetition"),
    ],
)
def test_what_holds_nowhere_is_rejected_whole_with_its_reason(answer, reason):
    def rule(text):
        return answer if "bad" in text else text

    result = run(["a good one", "a bad one"], Scripted(rule))
    assert (result.status, result.texts, result.reason) == ("rejected", None, reason)
    assert result.detail.startswith("field 2: ")
    kept = run(["a good one", "a bad one"], Scripted(rule), rungs=("indicator", "keep-source"))
    assert (kept.status, kept.level, kept.texts) == ("kept_source", "keep-source", ("a good one", "a bad one"))
    assert kept.reason


def test_a_lost_placeholder_is_rejected_and_can_be_allowed():
    result = run(["open {{file}} now", "a man"], Scripted(lambda text: text.replace("{{file}}", "file")))
    assert (result.status, result.reason) == ("rejected", "guard_protected")
    lost = Scripted(lambda text: text.replace("{{file}}", "file"))
    allowed = run(["open {{file}} now", "a man"], lost, protection=Protection(mode="off"))
    assert allowed.status == "ok"


def test_a_record_with_every_indicator_in_it_goes_on_to_single_fields():
    result = run(["a@b c#d", "e * f"], Scripted(str.upper))
    assert (result.status, result.level, result.first) == ("fallback", "separate", None)


def test_records_of_a_rung_go_in_one_call_and_come_back_in_order():
    translator = Scripted(lambda text: text.replace("@", "").replace("#", "").replace("*", ""))
    jobs = [BundleJob(id=str(n), texts=(f"record {n}", f"text {n}")) for n in range(40)]
    results = translate_bundles(jobs, translator, source="en", target="ko", config=LadderConfig())
    assert [result.id for result in results] == [job.id for job in jobs]
    assert [result.texts for result in results] == [job.texts for job in jobs]
    assert len(translator.calls) == 3 + 1


NAMES = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)


@settings(max_examples=150)
@given(
    records=st.lists(st.lists(NAMES, max_size=8), max_size=6),
    rungs=st.sampled_from([DEFAULT_LADDER, ("split", "keep-source"), ("separate", "reject")]),
)
def test_no_record_is_lost_and_the_echo_gives_every_field_back(records, rungs):
    jobs = [BundleJob(id=str(n), texts=tuple(texts)) for n, texts in enumerate(records)]
    config = LadderConfig(rungs=rungs, catalyst=STATEMENT)
    results = translate_bundles(jobs, EchoTranslator(), source="en", target="en", config=config)
    assert [result.id for result in results] == [job.id for job in jobs]
    for job, result in zip(jobs, results, strict=True):
        if result.texts is None:
            assert result.reason
        else:
            assert ["".join(text.split()) for text in result.texts] == ["".join(text.split()) for text in job.texts]


def test_fifty_fields_and_hostile_text_come_back():
    texts = [f"field {n} with words" for n in range(50)]
    assert run(texts).texts == tuple(texts)
    hostile = ["@ # *", "nul \x00 here", "emoji 👩‍👩‍👧 zwj", "שלום עולם", "<b>bold</b> &amp; `code`", "x" * 5000]
    assert run(hostile).texts == tuple(hostile)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "indicator",
        "reject",
        "indicator,nope,reject",
        "reject,indicator",
        "split,separate,reject",
        "split,split,reject",
    ],
)
def test_parse_rungs_refuses(text):
    with pytest.raises(ConfigError):
        parse_rungs(text)


def test_parse_rungs_reads_the_default():
    assert parse_rungs("indicator, smaller,separate,split,reject") == DEFAULT_LADDER
    assert parse_rungs("separate,keep-source") == ("separate", "keep-source")


def test_a_sentence_beyond_the_model_is_cut_at_its_clauses_and_flagged():
    class Narrow(Scripted):
        max_source_tokens = 30

    def rule(text):
        return Translation("", problem="too_long") if len(text) > 30 else text.upper()

    result = run(["it goes on and on, and then it goes on, and never ends", "short"], Narrow(rule))
    assert result.texts == ("IT GOES ON AND ON, AND THEN IT GOES ON, AND NEVER ENDS", "SHORT")
    assert (result.level, result.flags) == ("split", ("copy", "long_sentence"))
