"""From a conversation in two languages to rows: preferences, instructions, and the recipes beside them."""

from __future__ import annotations

from cscl_data.pipelines.preferences.settings import (
    CLO,
    HANDHOLD,
    PLUG,
    PreferenceSettings,
    as_mapping,
)
from cscl_data.pipelines.preferences.talks import Talk
from cscl_data.records import Message, PreferenceRow, SftRow
from cscl_data.text.plug import extract_answer, instruction_cue, response_cue, two_answers

Row = PreferenceRow | SftRow


def rows_of(
    record_id: str, talks: tuple[Talk, Talk], langs: tuple[str, str], settings: PreferenceSettings
) -> list[Row]:
    """Make the rows of a record, one for each of `settings.prompt_langs`, in that order.

    Args:
        record_id: id of the record.
        talks: the conversation in both languages, in the order of `langs`.
        langs: the tags of both languages.
        settings: what to make.

    Returns:
        The rows; none where an answer cannot be told from its cues (`plug`).

    Source:
        lee-etal-2025-cross for `clo`; zhang-etal-2024-plug for `plug`; singh-etal-2024-three for `handhold`.
        Deviations: the wording and the layout of `handhold` are our default.
    """
    made: list[Row] = []
    for lang in settings.prompt_langs(*langs):
        here, there = (talks[0], talks[1]) if lang == langs[0] else (talks[1], talks[0])
        asked = _with_system(here.asked, as_mapping(settings.systems).get(lang))
        if settings.scheme == CLO:
            other = langs[1] if lang == langs[0] else langs[0]
            row = PreferenceRow(
                record_id=record_id,
                prompt=asked,
                chosen=here.answer,
                rejected=there.answer,
                prompt_lang=lang,
                rejected_lang=other,
            )
            row.check()
            made.append(row)
            continue
        answer = here.answer
        if settings.scheme == PLUG:
            answer = _plug(talks, langs, settings)
            if not answer:
                return []
        elif settings.scheme == HANDHOLD:
            asked = (*asked[:-1], Message(asked[-1].role, _beside(talks, langs, settings)))
        made.append(SftRow(record_id=record_id, prompt=asked, response=answer, lang=lang))
    return made


def _with_system(asked: tuple[Message, ...], system: str | None) -> tuple[Message, ...]:
    if system is None:
        return asked
    return (Message("system", system), *(message for message in asked if message.role != "system"))


def _cues(langs: tuple[str, str], settings: PreferenceSettings) -> tuple[str, str]:
    given = as_mapping(settings.cues)
    return response_cue(langs[0], given), response_cue(langs[1], given)


def _plug(talks: tuple[Talk, Talk], langs: tuple[str, str], settings: PreferenceSettings) -> str:
    """Return both answers; an empty text where the target's would not be found again."""
    pivot_cue, target_cue = _cues(langs, settings)
    instruction = f"{instruction_cue(langs[0])} {talks[0].prompt}" if settings.pivot_instruction else ""
    source, target = talks[0].answer, talks[1].answer
    text = two_answers(source, target, pivot_cue=pivot_cue, target_cue=target_cue, instruction=instruction)
    found = extract_answer(text, pivot_cue=pivot_cue, target_cue=target_cue)
    return text if (found.text, found.found) == (target.strip(), "both") else ""


def _beside(talks: tuple[Talk, Talk], langs: tuple[str, str], settings: PreferenceSettings) -> str:
    """Return the source's prompt and answer, then the target's prompt and the cue of its answer."""
    pivot_cue, target_cue = _cues(langs, settings)
    source, target = talks
    shown = f"{instruction_cue(langs[0])} {source.prompt}\n{pivot_cue} {source.answer}"
    return f"{shown}\n\n{instruction_cue(langs[1])} {target.prompt}\n{target_cue}"
