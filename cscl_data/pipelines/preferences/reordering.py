"""`--scheme reorder`: the words of target prompts in the order of their English, by our word aligner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from cscl_data.io.bitext import BitextSpec
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.align_sig import align_sig
from cscl_data.pipelines.alignment import HowToAlign, LinkedPair, align_pairs, prepare
from cscl_data.pipelines.link_files import link_files
from cscl_data.pipelines.listen import Listener
from cscl_data.pipelines.preferences.talks import Talk, Turn
from cscl_data.records import Alignment, Pair, Span
from cscl_data.text.reordering import reordered
from cscl_data.text.sentences import sentence_spans
from cscl_data.text.word_rules.base import NONE
from cscl_data.text.words import WordSplitter


def order_files(settings: AlignSettings, langs: tuple[str, str]) -> list[InputFacts]:
    """Return the facts of the files that decide the order; see `link_files` for what it raises."""
    return link_files(settings, _learned_from(settings, langs))


def order_sig(settings: AlignSettings, langs: tuple[str, str], files: Sequence[InputFacts]) -> dict[str, str]:
    """Return the parts of `sig` that say how words were aligned."""
    return {
        **align_sig(settings, *langs, files),
        "words": "+".join(dict.fromkeys(_splitter(lang).name for lang in langs)),
    }


def ready_to_order(
    settings: AlignSettings, langs: tuple[str, str], state: Path, listener: Listener, *, workers: int
) -> HowToAlign:
    """Fit the aligner on what `--fit-on` names, or take the one of `--load-model`; see `prepare`."""
    bitext = _learned_from(settings, langs)
    return prepare(replace(settings, fit_on=()), bitext, state, listener, workers=workers)


def in_source_order(how: HowToAlign, talks: Sequence[tuple[Talk, Talk]]) -> list[Talk | str]:
    """Return the target conversations with their last prompts reordered.

    Where both prompts have as many lines, each line is aligned with its own, else the whole with the whole.

    Args:
        how: from `ready_to_order`.
        talks: conversations in the source and the target language.

    Returns:
        One conversation for each, or the detail of why its prompt cannot be aligned.
    """
    pieces = [_pieces(source.prompt, target.prompt) for source, target in talks]
    pairs = [
        LinkedPair(_pair(how, source, target), None)
        for parts in pieces
        for source, target in parts
        if _aligned(source, target)
    ]
    links = iter(align_pairs(how, pairs))
    made: list[Talk | str] = []
    for (_, talk), parts in zip(talks, pieces, strict=True):
        lines: list[str] = []
        problem = ""
        for source, target in parts:
            alignment = next(links) if _aligned(source, target) else None
            if alignment is not None and alignment.skipped:
                problem = f"its words cannot be aligned ({alignment.skipped})"
            lines.append(target if alignment is None else _ordered(target, alignment, how.tgt_lang))
        made.append(problem or _with_prompt(talk, "\n".join(lines)))
    return made


def _pieces(source: str, target: str) -> list[tuple[str, str]]:
    here, there = source.split("\n"), target.split("\n")
    return list(zip(here, there, strict=True)) if len(here) == len(there) else [(source, target)]


def _aligned(source: str, target: str) -> bool:
    return bool(source.strip() and target.strip())


def _pair(how: HowToAlign, source: str, target: str) -> Pair:
    return Pair(id="", src_lang=how.src_lang, tgt_lang=how.tgt_lang, src_text=source, tgt_text=target)


def _ordered(text: str, alignment: Alignment, lang: str) -> str:
    words = [Span(word.start, word.end) for word in _splitter(lang).words(text) if word.kind != NONE]
    sources: dict[int, list[int]] = {}
    for link in alignment.links:
        sources.setdefault(link.tgt, []).append(link.src)
    places: list[float | None] = []
    for word in words:
        linked = [
            source
            for number, token in enumerate(alignment.tgt_tokens)
            if word.start < token.end and token.start < word.end
            for source in sources.get(number, ())
        ]
        places.append(sum(linked) / len(linked) if linked else None)
    return reordered(text, words, places, sentence_spans(text, lang))


def _with_prompt(talk: Talk, prompt: str) -> Talk:
    *before, last, answer = talk.turns
    return Talk((*before, Turn(last.role, (prompt,)), answer))


def _learned_from(settings: AlignSettings, langs: tuple[str, str]) -> BitextSpec:
    paths = settings.fit_on or (str(settings.load_model),)
    return BitextSpec(src_lang=langs[0], tgt_lang=langs[1], paths=paths, else_by_code=True)


@lru_cache(maxsize=4)
def _splitter(lang: str) -> WordSplitter:
    return WordSplitter(lang)
