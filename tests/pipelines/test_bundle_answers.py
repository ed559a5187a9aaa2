"""Answers in the translations of their contexts: found where they stand once, by marks, or said to be lost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cscl_data.errors import ConfigError
from cscl_data.pipelines.bundle_answers import AnswerFields, parse_answers, relocate
from cscl_data.translators import Translation

CONTEXT = "The red fox ran. The fox slept near the old mill."
FIELDS = AnswerFields("context", "answers.*")


class Upper:
    """Translates into capitals, as recorded for marked sentences, and says what it was sent."""

    def __init__(self, recorded: dict[str, str] | None = None) -> None:
        self.recorded = recorded or {}
        self.sent: list[str] = []

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        self.sent += texts
        return [Translation(text=self.recorded.get(text, text.upper())) for text in texts]


def moved(
    answer: str, start: int, translated: str, answer_there: str, translator: Upper | None = None
) -> tuple[dict, int, bool]:
    values = {"context": CONTEXT, "answers": [{"answer_start": start, "text": answer}]}
    texts = {("context",): translated, ("answers", 0, "text"): answer_there}
    [found] = relocate([(values, texts)], FIELDS, translator or Upper(), source="en", target="de")
    return found


def test_answer_that_stands_once_is_there() -> None:
    upper = Upper()
    changes, sent, lost = moved("old mill", 40, CONTEXT.upper(), "OLD MILL", upper)
    assert changes == {("answers", 0, "answer_start"): CONTEXT.index("old mill")}
    assert (sent, lost, upper.sent) == (0, False, [])


def test_answer_that_stands_twice_is_told_by_marks_and_by_its_place() -> None:
    upper = Upper()
    changes, sent, lost = moved("fox", 21, CONTEXT.upper(), "FOX", upper)
    assert changes == {("answers", 0, "answer_start"): 21, ("answers", 0, "text"): "FOX"}
    assert (sent, lost, upper.sent) == (1, False, ["The [fox] slept near the old mill."])


def test_answer_in_other_words_takes_those_between_the_marks() -> None:
    marked = {"The fox slept near the [old mill].": "DER FUCHS SCHLIEF AN DER ［ALTEN MÜHLE］."}
    translated = "DER FUCHS RANNTE. ER SCHLIEF AN DER ALTEN MÜHLE."
    changes, _, lost = moved("old mill", 40, translated, "MÜHLE, ALT", Upper(marked))
    assert not lost
    at = changes[("answers", 0, "answer_start")]
    assert changes[("answers", 0, "text")] == "ALTEN MÜHLE"
    assert translated[at:].startswith("ALTEN MÜHLE")


@pytest.mark.parametrize(
    ("answer", "start", "recorded"),
    [("old mill", 40, "NO MARKS CAME BACK"), ("old mill", 40, "[TWO] AND [TWO]"), ("old mill", 3, "never asked")],
    ids=["marks lost", "marks doubled", "offset wrong in the source"],
)
def test_answer_that_is_not_found_has_no_offset_and_says_so(answer: str, start: int, recorded: str) -> None:
    upper = Upper({"The fox slept near the [old mill].": recorded})
    changes, _, lost = moved(answer, start, "ETWAS ANDERES", "MÜHLE", upper)
    assert changes == {("answers", 0, "answer_start"): None}
    assert lost


def test_answers_belong_to_the_context_around_them() -> None:
    paragraph = {"context": CONTEXT, "qas": [{"answers": [{"answer_start": 40, "text": "old mill"}]}]}
    other = {"context": "An old mill.", "qas": [{"answers": [{"answer_start": 3, "text": "old mill"}]}]}
    fields = AnswerFields("paragraphs.*.context", "paragraphs.*.qas.*.answers.*")
    texts = {("paragraphs", i, "context"): p["context"].upper() for i, p in enumerate((paragraph, other))}
    texts |= {("paragraphs", i, "qas", 0, "answers", 0, "text"): "OLD MILL" for i in range(2)}
    [(changes, _, _)] = relocate(
        [({"paragraphs": [paragraph, other]}, texts)], fields, Upper(), source="en", target="de"
    )
    assert [changes["paragraphs", i, "qas", 0, "answers", 0, "answer_start"] for i in range(2)] == [40, 3]


@pytest.mark.parametrize("text", ["context", "=answers.*", "context=", "a..b=answers"])
def test_paths_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_answers(text)


@pytest.mark.parametrize(
    ("answer", "changes"),
    [
        ({"answer_start": "40", "text": "old mill"}, {("answers", 0, "answer_start"): None}),
        ({"answer_start": -1, "text": "old mill"}, {("answers", 0, "answer_start"): None}),
        ({"answer_start": 40, "text": None}, {("answers", 0, "answer_start"): None}),
        (40, {}),
    ],
)
def test_answer_that_cannot_be_read_keeps_no_offset_and_says_so(answer: object, changes: dict) -> None:
    values = {"context": CONTEXT, "answers": [answer]}
    assert relocate([(values, {})], FIELDS, Upper(), source="en", target="de") == [(changes, 0, True)]


def test_answer_in_two_contexts_is_in_neither() -> None:
    values = {"pages": [{"context": CONTEXT}, {"context": CONTEXT}], "answers": [{"answer_start": 4, "text": "red"}]}
    fields = AnswerFields("pages.*.context", "answers.*")
    found = relocate([(values, {})], fields, Upper(), source="en", target="de")
    assert found == [({("answers", 0, "answer_start"): None}, 0, True)]


def test_answer_without_an_offset_has_nothing_to_find() -> None:
    values = {"context": CONTEXT, "answers": [{"text": "red"}, None, {"answer_start": None, "text": "red"}]}
    assert relocate([(values, {})], FIELDS, Upper(), source="en", target="de") == [({}, 0, False)]
