"""Whether a conversation and its translation are what rows can be made of: two languages, and different texts."""

from __future__ import annotations

from cscl_data.pipelines.preferences.talks import Talk
from cscl_data.text.in_language import VERSION, foreign

__all__ = ["VERSION", "unfit"]

_NAMES = {"system": "system text", "user": "prompt", "assistant": "response"}


def unfit(source: Talk, target: Talk, langs: tuple[str, str]) -> tuple[str, str] | None:
    """Return a reject reason and a detail, None where rows can be made.

    Every turn has to be in its language. Prompt and answer must differ between the languages: the same prompt twice
    would ask for two answers, and the same answer twice leaves nothing to prefer.

    Args:
        source: the conversation.
        target: its translation, turn by turn.
        langs: the tags of both languages.
    """
    there = langs[1], langs[0]
    sides = [(turn, langs) for turn in source.turns] + [(turn, there) for turn in target.turns]
    for turn, (expected, other) in sides:
        found = foreign(turn.text, expected, other)
        if found is not None:
            return found.reason, f"the {_NAMES[turn.role]} in {expected}: {found.detail}"
    for here, translated in zip(source.turns[-2:], target.turns[-2:], strict=True):
        if here.text.strip().casefold() == translated.text.strip().casefold():
            return "guard_copy", f"the {_NAMES[here.role]} is the same in both languages"
    return None
