"""The units of a sentence that may be switched, with what would stand behind them in their place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from cscl_data.generators.candidates import (
    HALF_TIER,
    LAST_TIER,
    PREDICATES,
    Block,
    Candidate,
    find_candidates,
)
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.constraints import Context, constrained
from cscl_data.generators.endings import what_stays
from cscl_data.generators.exclusions import has_pos, holds_stop_word
from cscl_data.generators.item import Side
from cscl_data.generators.phrases import Phrases
from cscl_data.generators.risk import with_risks
from cscl_data.generators.risk_features import Sentence
from cscl_data.generators.word_links import WordLinks, word_links
from cscl_data.records import Alignment, Link
from cscl_data.text.base_forms import verb_base
from cscl_data.text.languages import language
from cscl_data.text.scripts import letters_of, scripts_in
from cscl_data.text.surface import fits_place
from cscl_data.text.word_rules.spaced import word_lists

_SHORT = 3
_CASES = frozenset(("이", "가", "을", "를", "은", "는", "が", "を", "は"))


def units_of(
    alignment: Alignment,
    frame: Side,
    other: Side,
    *,
    matrix: str,
    config: TokenCsConfig,
) -> list[Candidate]:
    """List the units that may be switched, in no order of preference.

    Args:
        alignment: of the pair.
        frame: the side that gives the order.
        other: the side that the switched words come from.
        matrix: `src` or `tgt`, which of both the frame is.
        config: what a unit may be.
    """
    sentence = sentence_of(alignment, frame, other, matrix=matrix)
    lifted, phrases = sentence.links, sentence.phrases
    found = find_candidates(
        lifted,
        frame.words,
        other.words,
        max_phrase_len=config.max_phrase_len,
        is_phrase=_phrases_of(frame, other, phrases, lifted) if config.unit == "phrase" else None,
    )
    if config.pos:
        found = [cand for cand in found if has_pos(cand, frame.words, other.words, config.pos)]
    allowed = permitted(found, frame, other, config=config, links=lifted, phrases=phrases)
    return with_risks(allowed, sentence)


def sentence_of(alignment: Alignment, frame: Side, other: Side, *, matrix: str) -> Sentence:
    """Return a pair with its links between the words of both sides, those of the frame first; see `units_of`."""
    if matrix == "src":
        links, matrix_tokens, embedded_tokens = alignment.links, alignment.src_tokens, alignment.tgt_tokens
    else:
        links = tuple(Link(link.tgt, link.src, link.score) for link in alignment.links)
        matrix_tokens, embedded_tokens = alignment.tgt_tokens, alignment.src_tokens
    lifted = word_links(links, matrix_tokens, embedded_tokens, frame.words, other.words)
    return Sentence(frame, other, lifted, (Phrases(frame), Phrases(other)))


def _phrases_of(
    frame: Side, other: Side, phrases: tuple[Phrases, Phrases], links: WordLinks
) -> Callable[[Block], bool]:
    """Return what tells whether a block is a phrase on both sides, all its content linked."""
    idle = _unlinked(frame, {i for i, _ in links}), _unlinked(other, {j for _, j in links})

    def is_whole(block: Block) -> bool:
        return (
            idle[0].isdisjoint(range(block.first, block.last + 1))
            and idle[1].isdisjoint(range(block.emb_first, block.emb_last + 1))
            and phrases[0].is_phrase(block.first, block.last)
            and phrases[1].is_phrase(block.emb_first, block.emb_last)
        )

    return is_whole


def _unlinked(side: Side, linked: set[int]) -> set[int]:
    """Return the content words that have no link."""
    return {i for i, word in enumerate(side.words) if word.kind == "content" and i not in linked}


def permitted(
    units: Sequence[Candidate],
    frame: Side,
    other: Side,
    *,
    config: TokenCsConfig,
    links: WordLinks,
    phrases: tuple[Phrases, Phrases] | None = None,
) -> list[Candidate]:
    """Return the units that change something and that the settings permit, their tiers fitted to their places.

    Args:
        units: in any order.
        frame: the side that gives the order.
        other: the side that the switched words come from.
        config: what a unit may be; parts of speech are not looked at.
        links: between the words of both sides, for constraints over them.
        phrases: those of both sides, where they are known already.
    """
    phrases = phrases or (Phrases(frame), Phrases(other))
    ours, theirs = (letters_of(language(side.lang).script) for side in (frame, other))
    letters = frozenset() if ours & theirs else ours
    texts = [_texts(cand, frame, other) for cand in units]
    placed = [
        _placed(cand, text, frame, other, phrases)
        for cand, (replaced, text) in zip(units, texts, strict=True)
        if _changes(replaced, text, letters)
    ]
    if config.exclude_stopwords:
        placed = [cand for cand in placed if not _has_stop_word(cand, frame, other)]
    return constrained(placed, config.constraints, Context(links, frame.words, other.words))


def _has_stop_word(cand: Candidate, frame: Side, other: Side) -> bool:
    sides = (frame, cand.first, cand.last), (other, cand.emb_first, cand.emb_last)
    return any(
        holds_stop_word(side.text, side.words[first : last + 1], language(side.lang).primary)
        for side, first, last in sides
    )


def _changes(ours: str, theirs: str, letters: frozenset[str]) -> bool:
    """Tell whether a unit changes the language and nothing else; `letters` are those of the frame's language alone.

    A name that is spelt alike on both sides is no switch, nor is a word in the letters of the matrix language, such as
    an English term in brackets behind a Korean one, nor words that both sides have in another order or number
    (`Utah Jazz`, `Jazz Utah`; `tellers`, `teller`). Digits that come along with a word are in the sentence already
    (`16세기` for the second word of `16th century`).
    """
    if (ours.isascii() == theirs.isascii() and _letters(ours) == _letters(theirs)) or _digits(ours) != _digits(theirs):
        return False
    return not letters or not scripts_in(theirs) <= letters


def _spans_arguments(side: Side, first: int, last: int) -> bool:
    """Tell whether a particle of subject, object or topic stands inside a unit of Korean or Japanese."""
    return first < last and any(
        side.text[word.stem_end : word.end] in _CASES
        or (word.pos == "ADP" and side.text[word.start : word.end] in _CASES)
        for word in side.words[first:last]
    )


def _letters(text: str) -> list[str]:
    """Return the words of a text in lower case, sorted, without what stands around them and the last s of each."""
    words = (word.strip(".,") for word in text.casefold().split())
    return sorted(word[:-1] if len(word) > _SHORT and word.endswith("s") else word for word in words)


def _digits(text: str) -> str:
    if text.replace(" ", "").isalpha():
        return ""
    return "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", text)))


def _placed(cand: Candidate, theirs: str, frame: Side, other: Side, phrases: tuple[Phrases, Phrases]) -> Candidate:
    """Put a unit into a later tier where it hardly fits its place, or takes the endings of a Korean predicate away."""
    last = frame.words[cand.last]
    predicate, marked = what_stays(cand, frame)
    if last.pos in PREDICATES and language(frame.lang).primary == "ko" and not marked:
        return cand._replace(tier=LAST_TIER + 1)
    if last.light and theirs.lower() in word_lists(language(other.lang).primary).open:
        return cand._replace(tier=LAST_TIER + 1)  # `many한`: what stands for 많은 is no stem
    if predicate and language(other.lang).primary == "en":
        theirs = verb_base(theirs.lower()) or theirs
    if (
        not fits_place(theirs, predicate=predicate, marked=marked)
        or _spans_arguments(frame, cand.first, cand.last)
        or _spans_arguments(other, cand.emb_first, cand.emb_last)
    ):
        return cand._replace(tier=max(cand.tier, LAST_TIER))
    if cand.tier == 0 and (
        phrases[0].cuts_term(cand.first, cand.last) or phrases[1].cuts_term(cand.emb_first, cand.emb_last)
    ):
        return cand._replace(tier=HALF_TIER)
    return cand


def _texts(cand: Candidate, frame: Side, other: Side) -> tuple[str, str]:
    ours = frame.text[frame.words[cand.first].start : frame.words[cand.last].stem_end]
    return ours, other.text[other.words[cand.emb_first].start : other.words[cand.emb_last].stem_end]
