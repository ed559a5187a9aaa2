"""Answers that are spans of a context (`answer_start`, as in SQuAD and XQuAD): where they stand in its translation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cscl_data.errors import ConfigError, InputError
from cscl_data.text.fields import ConcretePath, find, parse_path
from cscl_data.translators import Translator
from cscl_data.translators.pieces import translatable_spans

START, TEXT = "answer_start", "text"
LOST = "answer_lost"
"""Flag of a record with an answer whose place in the translated context is not known; its offset is null."""
MARKS = (("[", "]"), ("«", "»"), ("{", "}"), ("(", ")"))
"""What a span is marked by; the first pair of which the sentence has neither. Our default."""


class AnswerFields(NamedTuple):
    """Where contexts stand, and the objects with `answer_start` and `text`; dotted paths."""

    context: str
    answers: str

    @property
    def changed(self) -> tuple[str, str]:
        """The paths whose values may change."""
        return f"{self.answers}.{START}", f"{self.answers}.{TEXT}"


class Question(NamedTuple):
    """An answer to find: its place in a record, the translated context, and its sentence with the span in marks."""

    number: int
    place: ConcretePath
    translated: str
    sentence: str
    marks: tuple[str, str]
    expected: float


def parse_answers(text: str | None) -> AnswerFields | None:
    """Read `--answer-offsets`: `context=answers.*`.

    Raises:
        ConfigError: it is not of this form.
    """
    if text is None:
        return None
    context, equals, answers = (part.strip() for part in text.partition("="))
    if not (context and equals and answers):
        raise ConfigError(f"--answer-offsets {text!r}: expected CONTEXT=ANSWERS", hint="as in context=answers.*")
    parse_path(context)
    parse_path(answers)
    return AnswerFields(context, answers)


def relocate(
    records: Sequence[tuple[Mapping[str, Any], Mapping[ConcretePath, str]]],
    fields: AnswerFields,
    translator: Translator,
    *,
    source: str,
    target: str,
) -> list[tuple[dict[ConcretePath, Any], int, bool]]:
    """Find every answer in the translation of its context.

    A translated answer that stands in the translated context exactly once is there. For any other one, the sentence
    around it is translated once more with the span in marks, all of them in one call; what stands between the marks,
    if it is in the translated context, is the answer then. SQuAD's offsets count code points from 0.

    Args:
        records: the source values of each record, and its translations by place.
        fields: where contexts and answers stand.
        translator: the model.
        source: language of the records.
        target: language of the translations.

    Returns:
        For each record what changes (offsets; null where the place is not known; texts), the sequences sent for it, and
        whether an answer was lost.
    """
    found: list[tuple[dict[ConcretePath, Any], int, bool]] = []
    questions: list[Question] = []
    for number, (values, texts) in enumerate(records):
        changes: dict[ConcretePath, Any] = {}
        lost = False
        listed, unreadable = _answers(values, fields)
        for place in unreadable:
            lost = True
            if place is not None:
                changes[(*place, START)] = None
        for place, start, text, context_at in listed:
            context = _value(values, context_at)
            translated = texts.get(context_at, context)
            answer = texts.get((*place, TEXT), text)
            expected = start / max(1, len(context))
            if translated.count(answer) == 1 and answer:
                changes[(*place, START)] = translated.index(answer)
                continue
            changes[(*place, START)] = None
            marked = _marked(context, start, text, source) if context[start : start + len(text)] == text else None
            if marked is None:
                lost = True
            else:
                questions.append(Question(number, place, translated, *marked, expected))
        found.append((changes, 0, lost))
    asked = translator.translate([question.sentence for question in questions], source, target) if questions else []
    for question, translation in zip(questions, asked, strict=True):
        changes, sent, lost = found[question.number]
        inner = _between(translation.text, question.marks)
        starts = _occurrences(question.translated, inner) if inner else []
        if starts:
            wanted = question.expected * len(question.translated)
            changes[(*question.place, START)] = min(starts, key=lambda start: abs(start - wanted))
            changes[(*question.place, TEXT)] = inner
        found[question.number] = (changes, sent + 1, lost or not starts)
    return found


def _answers(
    values: Mapping[str, Any], fields: AnswerFields
) -> tuple[list[tuple[ConcretePath, int, str, ConcretePath]], list[ConcretePath | None]]:
    """List the answers of a record: place, offset, text, and the place of the context that they are in.

    Beside them the places of those that cannot be found anew (no one context around them, an offset that is no number);
    None for what is no object at all. An object without an offset, or with null for one, has nothing to find.
    """
    try:
        contexts = [place for place, value in find(values, fields.context, skip_missing=True) if isinstance(value, str)]
        objects = find(values, fields.answers, skip_missing=True)
    except InputError:
        return [], [None]
    listed: list[tuple[ConcretePath, int, str, ConcretePath]] = []
    unreadable: list[ConcretePath | None] = []
    for place, value in objects:
        if value is None or (isinstance(value, Mapping) and value.get(START) is None):
            continue
        if not isinstance(value, Mapping):
            unreadable.append(None)
            continue
        start, text = value[START], value.get(TEXT)
        around = [context for context in contexts if place[: len(context) - 1] == context[:-1]]
        if len(around) == 1 and type(start) is int and start >= 0 and isinstance(text, str):
            listed.append((place, start, text, around[0]))
        else:
            unreadable.append(place)
    return listed, unreadable


def _marked(context: str, start: int, text: str, source: str) -> tuple[str, tuple[str, str]] | None:
    """Return the sentence that holds a span, with the span in marks, and the marks; None where no sentence does."""
    end = start + len(text)
    for span in translatable_spans(context, source):
        if span.start <= start and end <= span.end and text.strip():
            sentence = context[span.start : span.end]
            marks = next((pair for pair in MARKS if not any(mark in sentence for mark in pair)), None)
            if marks is None:
                return None
            before, behind = context[span.start : start], context[end : span.end]
            return f"{before}{marks[0]}{text}{marks[1]}{behind}", marks
    return None


def _between(text: str, marks: tuple[str, str]) -> str:
    opened, closed = (_any_width(text).split(mark) for mark in marks)
    if len(opened) != 2 or len(closed) != 2:
        return ""
    return text[len(opened[0]) + 1 : len(closed[0])].strip()


def _any_width(text: str) -> str:
    return text.translate(_FULL_WIDTH)


_FULL_WIDTH = str.maketrans("［］｛｝（）", "[]{}()")


def _occurrences(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _value(values: Any, path: ConcretePath) -> Any:
    for step in path:
        values = values[step]
    return values
