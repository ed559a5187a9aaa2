"""Takes the sentence out of what a model wrote around it."""

from __future__ import annotations

import re
from typing import NamedTuple

_THOUGHT = re.compile(r"\A\s*<(think|thinking|reasoning)>.*?</\1>", re.DOTALL)
_FENCE = re.compile(r"\A\s*```[^\n`]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_LABEL = re.compile(
    r"\A\s*\**(?:code[- ]switched(?: sentence)?|(?:rewritten )?sentence|answer|output|result|rewritten)"
    r"\**\s*[:：]\**\s*",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\A(\*\*|__|\*)(?=\S)(.*\S)\1\Z", re.DOTALL)
_QUOTES = ('""', "''", "“”", "‘’", "«»", "「」", "『』", "``")


class Cleaned(NamedTuple):
    """A sentence without its wrapping, and the names of what was taken off."""

    text: str
    repairs: tuple[str, ...]


def cleaned(answer: str, matrix_text: str) -> Cleaned:
    """Take thoughts, code fences, labels, emphasis and wrapping quotes off an answer, where the matrix has none.

    Args:
        answer: what the model wrote.
        matrix_text: the sentence that it was to rewrite.

    Example:
        >>> cleaned('Answer: "I drink 녹차."', "I drink tea.")
        Cleaned(text='I drink 녹차.', repairs=('label', 'quotes'))
    """
    frame, text = matrix_text.strip(), answer
    repairs: list[str] = []

    def took(name: str, rest: str) -> None:
        nonlocal text
        text = rest
        if name not in repairs:
            repairs.append(name)

    if (thought := _THOUGHT.match(text)) and not frame.startswith("<"):
        took("thought", text[thought.end() :])
    text = text.strip()
    for _ in range(3):
        if (fence := _FENCE.match(text)) and not frame.startswith("```"):
            took("fence", fence[1].strip())
        if (label := _LABEL.match(text)) and not _LABEL.match(frame):
            took("label", text[label.end() :].strip())
        if (marked := _MARKUP.match(text)) and not _MARKUP.match(frame):
            took("emphasis", marked[2].strip())
        if _is_quoted(text) and not (frame[:1] == text[0] and frame[-1:] == text[-1]):
            took("quotes", text[1:-1].strip())
    return Cleaned(text, tuple(repairs))


def _is_quoted(text: str) -> bool:
    """Tell whether one pair of quotes stands around all of a text."""
    return len(text) > 2 and text[0] + text[-1] in _QUOTES and not {text[0], text[-1]} & set(text[1:-1])
