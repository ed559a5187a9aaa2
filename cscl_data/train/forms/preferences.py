"""Preferences (`preferences/1`, `preferences_chat/1`): a prompt with the answer that is chosen and the one rejected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cscl_data.train.forms.base import Encode, Encoded, Form, Row, Speech, join
from cscl_data.train.forms.sft import chat_sequences, dialogue, plain_pairs, refuse_messages

Said = str | list[dict[str, Any]] | None
"""A text, or messages."""


def build(speech: Speech) -> Encode:
    """Return the function that turns a row into two sequences: the prompt with `chosen`, then with `rejected`."""

    def encode(rows: Sequence[Row]) -> Encoded:
        pairs = [(row[0], answer) for row in rows for answer in row[1:3]]
        if not speech.has_template:
            texts = [(_text(prompt), _text(answer)) for prompt, answer in pairs]
            return join(plain_pairs(speech, texts), per_row=2)
        return join(chat_sequences(speech, [_talk(*pair) for pair in pairs]), per_row=2)

    return encode


def _text(said: Said) -> str:
    if isinstance(said, list):
        refuse_messages(said, f"prompt {(said[-1]['content'] if said else '')[:40]!r}")
        return ""
    return said or ""


def _talk(prompt: Said, answer: Said) -> list[dict[str, Any]]:
    if isinstance(prompt, list) and isinstance(answer, list):
        return [*prompt, *answer]
    return dialogue(_text(prompt), _text(answer))


FORM = Form(
    columns=("prompt", "chosen", "rejected", "prompt_lang"),
    optional=("record_id",),
    build=build,
    unit="record_id",
    schema="preferences/1",
)
PROMPT_LANG = FORM.columns.index("prompt_lang")
"""Where a row's values hold the language of its prompt."""
