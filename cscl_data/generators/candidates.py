"""Which stretches of the matrix sentence may be switched, and for what: closed blocks of the alignment, over words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from cscl_data.generators.word_links import WordLinks, is_content
from cscl_data.text.words import Word

MAX_PHRASE_LEN = 4
"""Words on either side of one switched unit (our default; adversarial-polyglots uses 4 as well)."""

HALF_TIER = 2
"""Tier of halves of terms."""
LAST_TIER = 3
"""Tier of function words for function words, and of what hardly fits; beyond it stands what nobody would write."""
_NOUNS = frozenset({"NOUN", "PROPN", "X", ""})
PREDICATES = frozenset({"VERB", "ADJ"})
"""Parts of speech that carry endings."""
_BOUND = frozenset({"ADP", "AUX"})
"""Tags of function words that cannot stand alone; of the languages whose analysers tell them apart."""


class Block(NamedTuple):
    """A stretch of words on both sides, 0-based and inclusive, and the best score of the links inside."""

    first: int
    last: int
    emb_first: int
    emb_last: int
    score: float


class _Reach(NamedTuple):
    """The first and the last word that a word is linked with, and the best score of its links."""

    first: int
    last: int
    score: float


class Candidate(NamedTuple):
    """A unit that may be switched: words `[first, last]` of the matrix for words `[emb_first, emb_last]` embedded.

    Indices are 0-based and inclusive. `tier` orders candidates by how natural the switch is: 0 nouns, 1 other content
    words and nominal stems with 하다 or する, 2 predicates that take 하다 and halves of terms, 3 function words for
    function words, 4 the rest, such as particles and auxiliaries. `score` is the best score of the links inside. `risk`
    in [0, 1] is how likely a bilingual rejects the unit (see `risk`).
    """

    first: int
    last: int
    emb_first: int
    emb_last: int
    tier: int
    score: float
    risk: float = 0.0

    @property
    def n_words(self) -> int:
        """Matrix words that the unit replaces."""
        return self.last - self.first + 1


def find_candidates(
    links: WordLinks,
    matrix_words: Sequence[Word],
    embedded_words: Sequence[Word],
    *,
    max_phrase_len: int,
    is_phrase: Callable[[Block], bool] | None = None,
) -> list[Candidate]:
    """List every unit that may be switched.

    A unit is a contiguous block on both sides that no link leaves (closed on both sides), begins and ends with linked
    words, holds no punctuation, number or protected span, cuts no run of names, and is at most
    `max_phrase_len` words long on either side.

    Args:
        links: between the words of both sides.
        matrix_words: those of the matrix sentence.
        embedded_words: those of the other one.
        max_phrase_len: in words.
        is_phrase: which blocks count that hold a smaller one; without it, none does (`prime minister` for one word).

    Source:
        xu-yvon-2021 (minimal alignment units). Deviations: blocks over words, not tokens; tiers are ours.
    """
    blocks = list(_closed_blocks(links, matrix_words, embedded_words, max_phrase_len, alone=is_phrase is None))
    whole = _smallest(blocks)
    return [
        Candidate(
            *block[:4],
            tier_of(matrix_words[block.first : block.last + 1], embedded_words[block.emb_first : block.emb_last + 1]),
            block.score,
        )
        for block in blocks
        if block in whole or (is_phrase is not None and is_phrase(block))
    ]


def _closed_blocks(
    links: WordLinks, matrix_words: Sequence[Word], embedded_words: Sequence[Word], longest: int, *, alone: bool
) -> Iterator[Block]:
    """Yield closed blocks by their first word; `alone` leaves out those that hold one with the same first word."""
    theirs, ours = _reaches(links)
    here, there = [*map(_switchable, matrix_words)], [*map(_switchable, embedded_words)]
    tied, other_tied = _ties(matrix_words), _ties(embedded_words)
    for first in sorted(theirs):
        emb_first, emb_last, best = theirs[first]
        low, high = first, first
        for last in range(first, min(first + longest, len(matrix_words))):
            if not here[last]:
                break
            reach = theirs.get(last)
            if reach is not None:
                emb_first, emb_last = min(emb_first, reach.first), max(emb_last, reach.last)
                best = max(best, reach.score)
            if emb_last - emb_first >= longest:
                break
            for j in range(emb_first, emb_last + 1):
                if j in ours:
                    low, high = min(low, ours[j].first), max(high, ours[j].last)
            if low < first:
                break
            if high > last or reach is None or not all(there[emb_first : emb_last + 1]):
                continue
            if not (first - 1 in tied or last in tied or emb_first - 1 in other_tied or emb_last in other_tied):
                yield Block(first, last, emb_first, emb_last, best)
                if alone:
                    break


def _reaches(links: WordLinks) -> tuple[dict[int, _Reach], dict[int, _Reach]]:
    """Return how far the links of every linked word go, by matrix word and by embedded word."""
    theirs: dict[int, _Reach] = {}
    ours: dict[int, _Reach] = {}
    for (i, j), score in links.items():
        for reaches, word, other in ((theirs, i, j), (ours, j, i)):
            known = reaches.get(word)
            reaches[word] = (
                _Reach(min(known.first, other), max(known.last, other), max(known.score, score))
                if known
                else _Reach(other, other, score)
            )
    return theirs, ours


def _smallest(blocks: Sequence[Block]) -> set[Block]:
    """Return the blocks that hold no other one; given by their first word, then by their last."""
    found: set[Block] = set()
    nearest: int | None = None  # the first of the last words of all blocks that begin later
    for i in range(len(blocks) - 1, -1, -1):
        block = blocks[i]
        if i and blocks[i - 1].first == block.first:
            continue
        if nearest is None or nearest > block.last:
            found.add(block)
            nearest = block.last
    return found


def _switchable(word: Word) -> bool:
    return word.kind in ("content", "function") and word.stem_end > word.start


def tier_of(matrix: Sequence[Word], embedded: Sequence[Word]) -> int:
    """Return the tier of a unit with these words, see `Candidate`."""
    content = (any(map(is_content, matrix)), any(map(is_content, embedded)))
    if not all(content):
        bound = all(word.pos in _BOUND for word in matrix) or all(word.pos in _BOUND for word in embedded)
        return LAST_TIER + (any(content) or bound)
    tags = {head_pos(matrix), head_pos(embedded)}
    if tags <= _NOUNS:
        return 0
    bare = any(_is_bare(word) for word in matrix) or any(_is_bare(word) and not _modifies(word) for word in embedded)
    return LAST_TIER + 1 if bare and not matrix[-1].light else 2 if bare else 1


def cuts_name(words: Sequence[Word], first: int, last: int) -> bool:
    """Tell whether a unit ends inside a name, or inside a run of names one space apart (`European Union`)."""
    return not _ties(words).isdisjoint((first - 1, last))


def _ties(words: Sequence[Word]) -> set[int]:
    """Return the words behind which a name goes on, or another follows one space on."""
    return {
        i
        for i, (one, other) in enumerate(pairwise(words))
        if other.continues or (one.name and other.name and one.end + 1 == other.start)
    }


def _is_bare(word: Word) -> bool:
    return word.pos in PREDICATES and not word.tagged and word.stem_end == word.end


def _modifies(word: Word) -> bool:
    """Tell whether an adjective may stand before a noun as it is: `작은`, `高い`, but not `작다`."""
    return word.pos == "ADJ" and word.light in ("", "한")


def head_pos(words: Sequence[Word]) -> str:
    """Return the tag of the word that a unit is about: its last content word, by a pipeline's tags its last noun."""
    head: Word | None = None
    for word in reversed(words):
        if word.kind == "content":
            if word.tagged and word.pos in ("NOUN", "PROPN"):
                return word.pos
            head = head or word
    return head.pos if head else ""
