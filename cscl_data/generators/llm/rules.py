"""The rules that an answer must obey to become a row; each has a name, under which the report counts it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from typing import NamedTuple

from cscl_data.generators.amount import TOKEN, size
from cscl_data.generators.item import Side
from cscl_data.generators.llm.pieces import key_of, scripts_of
from cscl_data.generators.llm.reading import Reading
from cscl_data.generators.llm.sorting import written_in
from cscl_data.text.languages import language

LENGTHS = (0.6, 1.6)
"""Lowest and highest length of an answer over that of the matrix sentence, in words.

Words of the parallel sentence are scaled, so that all of them together are as long as the matrix sentence.
"""
STRANGE_SHARE = 0.1
"""Share of the matrix words that may be dropped, or be in neither sentence: an article, an auxiliary (our default)."""
_SHOWN = 5
_RESIDUE = re.compile(
    r"```|<\|[a-z_]+\|>|</?(?:think|s|assistant|user|system)>|\A(?:sure|certainly|of course)[,!.]|here(?:'s| is) the|"
    r"\bas an ai\b|\bi(?:'m| am) sorry\b|\bi (?:can(?:not|'t)) (?:help|assist)|code-switched|\btranslation:|"
    r"\brewritten\b|죄송합니다만|申し訳ありません",
    re.IGNORECASE,
)


class Fault(NamedTuple):
    """A rule that an answer breaks, and how, in words that its writer can mend it by."""

    rule: str
    says: str


RULES = (
    "empty", "cut_off", "residue", "unchanged", "third_script", "one_language", "provenance", "invented", "added",
    "dropped", "names", "numbers", "protected", "length", "ratio",
)  # fmt: skip
"""Names of the rules, in the order in which faults are listed.

Source:
    The kinds of fault are those that published generators filter out (refusals and leftovers of the prompt, drift of
    the ratio, words of nowhere); thresholds are our default.
"""


def wrapping_faults(text: str, finish: str | None, frame: Side, other: Side) -> list[Fault]:
    """Return what is wrong with an answer before it is compared word by word.

    Args:
        text: the answer, without its wrapping.
        finish: why the server ended it.
        frame: the matrix sentence.
        other: the parallel sentence.
    """
    if not text:
        return [Fault("empty", "it is empty")]
    faults: list[Fault] = []
    if finish == "length":
        faults.append(Fault("cut_off", "it was cut off"))
    match = _RESIDUE.search(text)
    lines = len(text.splitlines())
    if lines > len(frame.text.strip().splitlines()):
        faults.append(Fault("residue", f"it has {lines} lines instead of the sentence alone"))
    elif match is not None and not _RESIDUE.search(frame.text + "\n" + other.text):
        faults.append(Fault("residue", f"it holds {match[0]!r}, which is no part of the sentence"))
    if _plain(text) in (_plain(frame.text), _plain(other.text)):
        whose = frame if _plain(text) == _plain(frame.text) else other
        faults.append(Fault("unchanged", f"it is the {language(whose.lang).name} sentence as it was"))
    known = scripts_of(frame.text) | scripts_of(other.text) | written_in(frame.lang) | written_in(other.lang)
    strange = sorted(scripts_of(text) - known)
    if strange:
        faults.append(Fault("third_script", f"it holds letters of another script ({', '.join(strange)})"))
    return faults


def reading_faults(
    reading: Reading, text: str, frame: Side, other: Side, ratio: float, bounds: tuple[float, float] | None
) -> list[Fault]:
    """Return what is wrong with an answer by what was switched, and by what else was changed.

    Args:
        reading: the answer, compared with both sentences.
        text: the row's text.
        frame: the matrix sentence.
        other: the parallel sentence.
        ratio: the switch ratio asked for, by words.
        bounds: lowest and highest ratio; None for half and twice `ratio`. One word more or less is never too much.
    """
    n_words = size(frame.words, TOKEN)
    few = math.floor(STRANGE_SHARE * n_words)
    ours, theirs = language(frame.lang).name, language(other.lang).name
    faults: list[Fault] = []
    if not (reading.replaced or reading.added or reading.unfound):
        faults.append(Fault("one_language", f"no word of it is switched to {theirs}"))
    if not reading.n_kept:
        faults.append(Fault("one_language", f"no {ours} word is left in it"))
    if reading.unfound:
        faults.append(Fault("provenance", f"{_list(reading.unfound)}: not in the {theirs} translation"))
    if len(reading.invented) > few:
        faults.append(Fault("invented", f"{_list(reading.invented)}: in neither sentence"))
    if reading.added:
        faults.append(Fault("added", f"{_list(reading.added)}: added beside the {ours} word instead of in its place"))
    if len(reading.idle) > few:
        left_out = [frame.text[word.start : word.end] for word in reading.idle]
        faults.append(Fault("dropped", f"{_list(left_out)}: left out"))
    if names := [frame.text[word.start : word.end] for word in reading.idle if word.name]:
        faults.append(Fault("names", f"{_list(names)}: a name must stay, or be switched"))
    if wrong := _wrong_numbers(text, frame.text, other.text):
        faults.append(Fault("numbers", f"{_list(wrong)}: numbers must stay as they are"))
    if reading.lost:
        faults.append(Fault("protected", f"{_list(reading.lost)}: must stay as it is"))
    embedded = reading.n_embedded * n_words / max(1, size(other.words, TOKEN))
    length = reading.n_kept + len(reading.unfound) + len(reading.invented) + embedded
    if abs(length - n_words) > 1 and not LENGTHS[0] <= length / max(1, n_words) <= LENGTHS[1]:
        faults.append(Fault("length", f"it is as long as {round(length)} {ours} words, and the sentence has {n_words}"))
    asked = bounds or (ratio / 2, min(1.0, 2 * ratio))
    switched = size(reading.replaced, TOKEN)
    slack = bounds is None and abs(switched - ratio * n_words) <= 1
    if reading.replaced and not slack and not asked[0] <= switched / max(1, n_words) <= asked[1]:
        faults.append(
            Fault("ratio", f"{switched} of {n_words} words are switched instead of {max(1, round(ratio * n_words))}")
        )
    return faults


def _wrong_numbers(text: str, matrix_text: str, embedded_text: str) -> list[str]:
    """Return numbers of the matrix that are gone, and numbers that neither sentence has."""
    there, ours, theirs = (_numbers(side) for side in (text, matrix_text, embedded_text))
    return sorted((ours - there) + (there - ours - theirs))


def _numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+", unicodedata.normalize("NFKC", text)))


def _plain(text: str) -> str:
    return "".join(char for char in key_of(text) if char.isalnum())


def _list(words: list[str]) -> str:
    return ", ".join(words[:_SHOWN]) + (" ..." if len(words) > _SHOWN else "")
