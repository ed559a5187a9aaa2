"""A record as a conversation that ends with an answer, and its texts as a flat list to translate and put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cscl_data.errors import InputError
from cscl_data.io.recordfile import Record
from cscl_data.pipelines.preferences.settings import Places
from cscl_data.records import Message, Reject
from cscl_data.text.fields import find

STAGE = "make_preferences"
_ROLES = ("system", "user", "assistant")
_PART_BREAK = "\n\n"


class Turn(NamedTuple):
    """What one side says: a prompt may have several parts."""

    role: str
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its parts as one text, a blank line between them."""
        return _PART_BREAK.join(part for part in self.parts if part.strip())


class Talk(NamedTuple):
    """Turns in one language; the last one is the answer."""

    turns: tuple[Turn, ...]

    @property
    def asked(self) -> tuple[Message, ...]:
        """Everything before the answer."""
        return tuple(Message(turn.role, turn.text) for turn in self.turns[:-1])

    @property
    def prompt(self) -> str:
        """The last turn before the answer."""
        return self.turns[-2].text

    @property
    def answer(self) -> str:
        """The answer."""
        return self.turns[-1].text

    @property
    def texts(self) -> tuple[str, ...]:
        """All parts of all turns, in order."""
        return tuple(part for turn in self.turns for part in turn.parts)

    def with_texts(self, texts: Sequence[str]) -> Talk:
        """Return the same turns with other texts, as many as `texts` has."""
        left = iter(texts)
        return Talk(tuple(Turn(role, tuple(next(left) for _ in parts)) for role, parts in self.turns))


def talk_of(record: Record, places: Places, *, one_turn: bool) -> Talk | Reject:
    """Read the conversation of a record in the source language.

    Args:
        record: the record.
        places: where its texts stand.
        one_turn: refuse conversations of more than a prompt and a response.
    """
    try:
        found = _from_messages(record, places, one_turn) if places.messages else _from_fields(record, places)
    except _Unfit as unfit:
        return _refused(record, *unfit.args)
    return found


def translation_of(record: Record, places: Places) -> Talk | Reject:
    """Read the conversation of a record in the target language, which the record holds."""
    there = Places(prompt=places.tgt_prompt, response=str(places.tgt_response))
    try:
        return _from_fields(record, there)
    except _Unfit as unfit:
        return _refused(record, *unfit.args)


def _refused(record: Record, reason: str, detail: str) -> Reject:
    return Reject(id=record.id, stage=STAGE, reason=reason, detail=detail, source=record.values)


class _Unfit(Exception):
    """A reject reason and a detail."""


def _from_fields(record: Record, places: Places) -> Talk:
    parts = tuple(_text(record, path, optional=number > 0) for number, path in enumerate(places.prompt))
    return _checked(Talk((Turn("user", parts), Turn("assistant", (_text(record, places.response, optional=False),)))))


def _text(record: Record, path: str, *, optional: bool) -> str:
    try:
        found = [value for _, value in find(record.values, path, skip_missing=True)]
    except InputError as error:
        raise _Unfit("missing_field", error.message) from error
    values = [value for value in found if value is not None]
    if not values and optional:
        return ""
    if len(values) != 1:
        raise _Unfit("missing_field", f"field {path}: {len(values)} values, one text is needed")
    if not isinstance(values[0], str):
        raise _Unfit("missing_field", f"field {path}: expected text, found {type(values[0]).__name__}")
    return values[0]


def _from_messages(record: Record, places: Places, one_turn: bool) -> Talk:
    try:
        found = [value for _, value in find(record.values, str(places.messages), skip_missing=True)]
    except InputError as error:
        raise _Unfit("missing_field", error.message) from error
    if len(found) != 1 or not isinstance(found[0], list):
        raise _Unfit("missing_field", f"field {places.messages}: no list of messages")
    turns = tuple(_turn(number, message) for number, message in enumerate(found[0], 1))
    told = [turn.role for turn in turns]
    spoken = told[1:] if told[:1] == ["system"] else told
    if len(spoken) < 2 or spoken != ["user", "assistant"] * (len(spoken) // 2):
        detail = f"roles {', '.join(told) or 'none'}: user and assistant in turn are needed, an answer last"
        raise _Unfit("missing_field", detail)
    if one_turn and len(spoken) > 2:
        raise _Unfit("missing_field", f"{len(spoken)} turns: --form chat takes more than a prompt and a response")
    return _checked(Talk(turns))


def _turn(number: int, message: Any) -> Turn:
    role, content = (message.get(key) if isinstance(message, dict) else None for key in ("role", "content"))
    if role not in _ROLES or not isinstance(content, str):
        raise _Unfit("missing_field", f"message {number}: a role of {', '.join(_ROLES)} and a content are needed")
    return Turn(str(role), (content,))


def _checked(talk: Talk) -> Talk:
    blank = next((turn.role for turn in talk.turns if not turn.text.strip()), None)
    if blank is not None:
        raise _Unfit("empty_side", f"the {blank}'s text is blank")
    return talk
