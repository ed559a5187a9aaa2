"""Which part of what a model says is its answer, where it was taught to answer in two languages at once (PLUG)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.pipelines.preferences.settings import as_mapping, by_language
from cscl_data.text.languages import language
from cscl_data.text.plug import Extracted, extract_answer, response_cue

WAYS = ("plug",)
PIVOT = "en"


@dataclass(frozen=True, slots=True)
class Extraction:
    """How answers are taken out.

    Attributes:
        pivot: the language that is answered in first.
        cues: before responses, by language tag, in place of those of `text.plug`.
    """

    pivot: str
    cues: Mapping[str, str] = field(default_factory=dict)

    def take(self, said: str, lang: str) -> Extracted | None:
        """Return the answer in a language; None where that is the pivot, whose answers stand as they are."""
        if lang == self.pivot:
            return None
        pivot_cue, target_cue = (response_cue(tag, self.cues) for tag in (self.pivot, lang))
        return extract_answer(said, pivot_cue=pivot_cue, target_cue=target_cue)


def read_extraction(
    way: str | None, pivot: str | None, cues: Sequence[str], prompt_langs: Collection[str]
) -> Extraction | None:
    """Read what the options say of answers in two languages; None where each text is an answer.

    Args:
        way: one of `WAYS`.
        pivot: the language that is answered in first; None is English.
        cues: `LANG=TEXT`.
        prompt_langs: the languages of the prompts.

    Raises:
        ConfigError: an unknown way, a language is malformed, no prompt asks for another language than the pivot, or a
            cue is of another form or language, or there are cues or a pivot and no way.
    """
    if way is None:
        given = [flag for flag, value in (("--pivot", pivot), ("--cue", cues)) if value]
        if given:
            raise ConfigError(f"{' and '.join(given)}: for --extract plug, which is not given")
        return None
    if way not in WAYS:
        raise unknown_name("way to extract answers", way, WAYS)
    first = language(pivot or PIVOT).tag
    others = sorted(set(prompt_langs) - {first})
    if prompt_langs and not others:
        raise ConfigError(f"--extract {way}: all prompts are in {first}, the language that is answered in first")
    return Extraction(first, as_mapping(by_language("--cue", cues, (first, *others))))
