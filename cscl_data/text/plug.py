"""Answers in two languages in one text, a cue before each (PLUG): written for training, taken apart in evaluation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from cscl_data.text.languages import language

_RESPONSE = {
    "en": "English response:",
    "zh": "中文回复：",
    "ko": "한국어 응답:",
    "es": "Respuesta en español:",
    "it": "Risposta in italiano:",
    "ja": "日本語の回答：",
    "id": "Jawaban dalam bahasa Indonesia:",
}
_INSTRUCTION = {
    "en": "English instruction:",
    "zh": "中文指令：",
    "ko": "한국어 지시:",
    "es": "Instrucción en español:",
    "it": "Istruzione in italiano:",
    "ja": "日本語の指示：",
    "id": "Instruksi dalam bahasa Indonesia:",
}

Found = Literal["both", "target", "pivot", "neither"]


class Extracted(NamedTuple):
    """The answer in the target language, and which cues stood in the text.

    `found` is `both`, `target` (the pivot's cue is missing: the text is monolingual), `pivot` or `neither`; for the
    last two there is no answer, and `text` is empty.
    """

    text: str
    found: Found


def response_cue(tag: str, cues: Mapping[str, str] | None = None) -> str:
    """Return the cue before a response in a language: one of `cues` by tag, else the table's, else `German response:`.

    Raises:
        ConfigError: the tag is malformed.

    Source:
        zhang-etal-2024-plug: the cues of en, zh, ko, es and it, from its public code. The others are our default.
    """
    return _cue(tag, _RESPONSE, "response", cues)


def instruction_cue(tag: str) -> str:
    """Return the cue before an instruction in a language (our default; the paper's is not published).

    Raises:
        ConfigError: the tag is malformed.
    """
    return _cue(tag, _INSTRUCTION, "instruction", None)


def two_answers(pivot: str, target: str, *, pivot_cue: str, target_cue: str, instruction: str = "") -> str:
    """Write both answers, the pivot's first, a blank line between them.

    Args:
        pivot: the answer in the pivot language.
        target: the answer in the target language.
        pivot_cue: stands before the first.
        target_cue: stands before the second.
        instruction: the instruction in the pivot language with its cue, before everything else; may be empty.
    """
    return "\n\n".join(filter(None, [instruction, f"{pivot_cue} {pivot}", f"{target_cue} {target}"]))


def extract_answer(text: str, *, pivot_cue: str, target_cue: str) -> Extracted:
    r"""Take the answer in the target language out of a text with both.

    A cue counts where it begins a line. Pivot first: what stands after the first target cue behind it. Target first:
    what stands between the two cues.

    Args:
        text: what a model wrote.
        pivot_cue: of the pivot language, see `response_cue`.
        target_cue: of the target language.

    Source:
        zhang-etal-2024-plug. Deviations: cues count only where a line begins (our default).

    Example:
        >>> extract_answer("English response: Yes.\n\n한국어 응답: 네.", pivot_cue="English response:",
        ...                target_cue="한국어 응답:")
        Extracted(text='네.', found='both')
    """
    pivot = _lines_with(pivot_cue).search(text)
    target = _lines_with(target_cue).search(text, pivot.end() if pivot else 0)
    if target is not None:
        return Extracted(text[target.end() :].strip(), "both" if pivot else "target")
    first = _lines_with(target_cue).search(text)
    if first is not None and pivot is not None:
        return Extracted(text[first.end() : pivot.start()].strip(), "both")
    return Extracted("", "pivot" if pivot else "neither")


def _lines_with(cue: str) -> re.Pattern[str]:
    return re.compile(rf"^[^\S\n]*{re.escape(cue.strip())}", re.MULTILINE)


def _cue(tag: str, table: Mapping[str, str], what: str, cues: Mapping[str, str] | None) -> str:
    lang = language(tag)
    given = {language(name).tag: cue for name, cue in (cues or {}).items()}
    return given.get(lang.tag) or table.get(lang.primary) or f"{lang.name} {what}:"
