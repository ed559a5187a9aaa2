"""The units of a sentence that may be switched, with what would stand behind them in their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.generators.candidates import (
    LAST_TIER,
    MAX_PHRASE_LEN,
    PREDICATES,
    Candidate,
    find_candidates,
    word_links,
)
from cscl_data.generators.constraints import DEFAULT, Context, check_constraints, constrained
from cscl_data.generators.exclusions import check_patterns, check_pos, has_pos, holds_stop_word
from cscl_data.records import Alignment, Link
from cscl_data.text.languages import language
from cscl_data.text.surface import fits_place, opens_with_suru
from cscl_data.text.words import Word

UNITS = ("word", "phrase")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitConfig:
    """What may be switched.

    Attributes:
        unit: `word` replaces single matrix words, `phrase` blocks of up to `max_phrase_len` words.
        max_phrase_len: longest unit in words, on either side.
        constraints: names of `constraints.CONSTRAINTS`, all of which hold for every unit.
        pos: Universal POS tags that a unit may have; none means any. Known of Korean and Japanese words.
        exclude_stopwords: whether stop words, by spaCy's lists, stay on both sides.
        protect: regular expressions; a word that one of them touches stays, on both sides.

    Raises:
        ConfigError: a value is out of range, or a name or a pattern is unknown or unreadable.
    """

    unit: str = "word"
    max_phrase_len: int = MAX_PHRASE_LEN
    constraints: tuple[str, ...] = DEFAULT
    pos: tuple[str, ...] = ()
    exclude_stopwords: bool = False
    protect: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise unknown_name("unit", self.unit, UNITS)
        if self.max_phrase_len < 1:
            raise ConfigError(f"--max-phrase-len must be at least 1, not {self.max_phrase_len}")
        check_constraints(self.constraints)
        check_pos(self.pos)
        check_patterns(self.protect)


class Side(NamedTuple):
    """One side of a pair: its language, its text, its words."""

    lang: str
    text: str
    words: tuple[Word, ...]


def units_of(
    alignment: Alignment,
    frame: Side,
    other: Side,
    *,
    matrix: str,
    config: UnitConfig,
) -> list[Candidate]:
    """List the units that may be switched, in no order of preference.

    Args:
        alignment: of the pair.
        frame: the side that gives the order.
        other: the side that the switched words come from.
        matrix: `src` or `tgt`, which of both the frame is.
        config: what a unit may be.
    """
    if matrix == "src":
        links, matrix_tokens, embedded_tokens = alignment.links, alignment.src_tokens, alignment.tgt_tokens
    else:
        links = tuple(Link(link.tgt, link.src, link.score) for link in alignment.links)
        matrix_tokens, embedded_tokens = alignment.tgt_tokens, alignment.src_tokens
    lifted = word_links(links, matrix_tokens, embedded_tokens, frame.words, other.words)
    found = find_candidates(lifted, frame.words, other.words, unit=config.unit, max_phrase_len=config.max_phrase_len)
    placed = [_placed(cand, frame, other) for cand in found if _changes(cand, frame, other)]
    if config.pos:
        placed = [cand for cand in placed if has_pos(cand, frame.words, other.words, config.pos)]
    if config.exclude_stopwords:
        placed = [cand for cand in placed if not _has_stop_word(cand, frame, other)]
    return constrained(placed, config.constraints, Context(lifted, frame.words, other.words))


def _has_stop_word(cand: Candidate, frame: Side, other: Side) -> bool:
    sides = (frame, cand.first, cand.last), (other, cand.emb_first, cand.emb_last)
    return any(
        holds_stop_word(side.text, side.words[first : last + 1], language(side.lang).primary)
        for side, first, last in sides
    )


def _changes(cand: Candidate, frame: Side, other: Side) -> bool:
    """Tell whether a unit changes anything: a name that is spelt alike on both sides is no switch."""
    ours, theirs = _texts(cand, frame, other)
    return ours.casefold() != theirs.casefold()


def _placed(cand: Candidate, frame: Side, other: Side) -> Candidate:
    """Put a unit into a later tier where it hardly fits its place, or takes the endings of a Korean predicate away."""
    last, theirs = frame.words[cand.last], _texts(cand, frame, other)[1]
    predicate, marked = _what_stays(cand, frame)
    if last.pos in PREDICATES and language(frame.lang).primary == "ko" and not marked:
        return cand._replace(tier=LAST_TIER + 1)
    fits = fits_place(theirs, predicate=predicate, marked=marked)
    return cand if fits else cand._replace(tier=max(cand.tier, LAST_TIER))


def _texts(cand: Candidate, frame: Side, other: Side) -> tuple[str, str]:
    ours = frame.text[frame.words[cand.first].start : frame.words[cand.last].stem_end]
    return ours, other.text[other.words[cand.emb_first].start : other.words[cand.emb_last].stem_end]


def _what_stays(cand: Candidate, frame: Side) -> tuple[bool, bool]:
    """Tell whether 하다 or する stands behind a unit of Korean or Japanese, and whether anything does."""
    last, primary = frame.words[cand.last], language(frame.lang).primary
    if primary == "ko":
        marked = last.stem_end < last.end or bool(last.light)
        return marked and last.pos in PREDICATES, marked
    if primary == "ja" and cand.last + 1 < len(frame.words):
        following = frame.words[cand.last + 1]
        marked = following.start == last.end and following.kind == "function"
        return marked and opens_with_suru(frame.text[following.start : following.end]), marked
    return False, False
