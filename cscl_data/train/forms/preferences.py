"""Preferences (`preferences/1`): a prompt with the answer that is chosen and the one that is rejected."""

from __future__ import annotations

from collections.abc import Sequence

from cscl_data.train.forms.base import Encode, Encoded, Form, Row, Speech, join
from cscl_data.train.forms.sft import chat_sequences, dialogue, plain_pairs


def build(speech: Speech) -> Encode:
    """Return the function that turns a row into two sequences: the prompt with `chosen`, then with `rejected`."""

    def encode(rows: Sequence[Row]) -> Encoded:
        pairs = [(row[0] or "", answer or "") for row in rows for answer in row[1:3]]
        if not speech.has_template:
            return join(plain_pairs(speech, pairs), per_row=2)
        return join(chat_sequences(speech, [dialogue(*pair) for pair in pairs]), per_row=2)

    return encode


FORM = Form(
    columns=("prompt", "chosen", "rejected", "prompt_lang"),
    optional=("record_id",),
    build=build,
    unit="record_id",
    schema="preferences/1",
)
PROMPT_LANG = FORM.columns.index("prompt_lang")
"""Where a row's values hold the language of its prompt."""
