"""From an answer to a row: what was switched, where it comes from, and what else was changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cscl_data.generators.item import Side
from cscl_data.generators.llm.comparing import Change, changes_of
from cscl_data.generators.llm.joints import placed
from cscl_data.generators.llm.pieces import Piece, pieces_of
from cscl_data.generators.llm.sorting import Sorted, Sorter
from cscl_data.generators.substitution import Replacement
from cscl_data.records import NO_LANGUAGE, TaggedToken
from cscl_data.text.words import Word

WordsOf = Callable[[str], tuple[Word, ...]]
"""Cuts a text into words by the rules of the matrix language."""


MOST_FOR_ONE = 3
"""Content words of the matrix that one switched word may stand for (our default: `prime minister's office`, 총리실)."""


@dataclass(slots=True)
class Reading:
    """An answer compared with both sentences.

    Attributes:
        replacements: what makes the row's text of the matrix text.
        replaced: matrix words that words of the parallel sentence stand for.
        n_kept: words of the answer that are matrix words.
        n_embedded: words of the parallel sentence in it.
        added: words of the parallel sentence that stand for no matrix word.
        unfound: words in the letters of the embedded language that the parallel sentence has not.
        invented: other words that neither sentence has.
        idle: content words of the matrix that nothing stands for.
        lost: protected spans of the matrix that the answer has not.
    """

    replacements: list[Replacement] = field(default_factory=list)
    replaced: list[Word] = field(default_factory=list)
    n_kept: int = 0
    n_embedded: int = 0
    added: list[str] = field(default_factory=list)
    unfound: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    idle: list[Word] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def read_answer(text: str, frame: Side, other: Side, words_of: WordsOf) -> Reading:
    """Compare an answer with the sentence that it rewrites and with its translation.

    What both have in common, white space, case and the form of quotes left out, stays as the matrix sentence has it.
    Every other stretch of the answer is one replacement. Its words come from the parallel sentence where they stand
    there, as they are or in another form, and from the matrix sentence where they stand there.

    Args:
        text: the answer, without its wrapping.
        frame: the sentence that it rewrites.
        other: the translation.
        words_of: cuts the answer into words.
    """
    matrix, answer = pieces_of(frame.text, frame.words), pieces_of(text, words_of(text))
    sorter = Sorter(frame, other, matrix)
    reading = Reading(n_kept=sum(piece.counts for piece in answer))
    after = 0
    for change in changes_of(matrix, answer):
        found = sorter.sort(change, answer, after)
        after = max([after, *(origin.end for origin in found.origins.values())])
        tokens = _tokens(change, found, answer, frame.lang, other.lang)
        reading.replacements.append(placed(change, found, tokens, (frame, matrix), (text, answer), after))
        _count(reading, found, (frame, matrix), (text, answer))
    _pair_moved(reading)
    return reading


def _pair_moved(reading: Reading) -> None:
    """Take a word that goes and one that is added elsewhere for a switch that moved (`Start it`, `it 시작`)."""
    if not reading.added:
        return
    moved = reading.idle[: MOST_FOR_ONE * len(reading.added)]
    if len(reading.added) <= MOST_FOR_ONE * len(moved):
        reading.added = []
    reading.replaced += [word for word in moved if word not in reading.replaced]
    reading.idle = reading.idle[len(moved) :]


def _tokens(
    change: Change, found: Sorted, answer: Sequence[Piece], matrix_lang: str, embedded_lang: str
) -> list[TaggedToken]:
    """Return the tokens of a change, by offsets into the answer."""
    tokens: list[TaggedToken] = []
    for j in range(change.new_first, change.new_last):
        piece = answer[j]
        origin = found.origins.get(j)
        if origin is None:
            lang = matrix_lang if piece.lettered and piece.kind in ("content", "function") else NO_LANGUAGE
            tokens.append(TaggedToken(piece.start, piece.end, lang, False))
            continue
        at = piece.start
        whole = sum(origin.sizes) == piece.end - piece.start
        for size in origin.sizes if whole else (piece.end - piece.start,):
            tokens.append(TaggedToken(at, at + size, embedded_lang, True))
            at += size
    return tokens


def _count(
    reading: Reading,
    found: Sorted,
    matrix: tuple[Side, Sequence[Piece]],
    answer: tuple[str, Sequence[Piece]],
) -> None:
    frame, ours = matrix
    text, theirs = answer
    reading.unfound += [text[theirs[j].start : theirs[j].end] for j in found.unfound]
    reading.invented += [text[theirs[j].start : theirs[j].end] for j in found.invented]
    reading.n_embedded += sum(origin.n_words for origin in set(found.origins.values()))
    reading.n_kept -= sum(theirs[j].counts for j in (*found.origins, *found.unfound, *found.invented))
    gone = [ours[i] for i in found.gone]
    reading.lost += [frame.text[piece.start : piece.end] for piece in gone if piece.kind == "protected"]
    words = [frame.words[piece.word] for piece in gone if piece.counts]
    content = [word for word in words if word.kind == "content"]
    if found.origins and words:
        reading.replaced += words
        reading.idle += content[MOST_FOR_ONE * len(found.origins) :]
    elif found.origins:
        reading.added += [text[theirs[j].start : theirs[j].end] for j in found.origins]
    elif not (found.unfound or found.invented):
        reading.idle += content
