"""Running text: every token is a target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cscl_data.train.forms.base import Encode, Encoded, Form, Row, Speech


def build(speech: Speech) -> Encode:
    """Return the function that puts each text between the marks; an empty text is its marks alone."""
    begin = [] if speech.marks.bos is None else [speech.marks.bos]
    end = [speech.marks.eos]

    def encode(rows: Sequence[Row]) -> Encoded:
        tokens: list[int] = []
        lengths = []
        for ids in speech.ids([row[0] or "" for row in rows]):
            tokens += begin
            tokens += ids
            tokens += end
            lengths.append(len(begin) + len(ids) + 1)
        return Encoded(np.array(tokens, np.int32), None, lengths, 1)

    return encode


FORM = Form(columns=("text",), build=build)
