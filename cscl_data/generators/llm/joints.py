"""Puts the words of a change into their place: spaces at the joints, the form of a Korean particle."""

from __future__ import annotations

from collections.abc import Sequence

from cscl_data.generators.item import Side
from cscl_data.generators.llm.comparing import Change
from cscl_data.generators.llm.pieces import Piece
from cscl_data.generators.llm.sorting import Sorted
from cscl_data.generators.substitution import Replacement
from cscl_data.records import TaggedToken
from cscl_data.text.surface import fit_particle, needs_space


def placed(
    change: Change,
    found: Sorted,
    tokens: Sequence[TaggedToken],
    matrix: tuple[Side, Sequence[Piece]],
    answer: tuple[str, Sequence[Piece]],
    after: int,
) -> Replacement:
    """Return the replacement for a change.

    White space around it is the matrix's, but none stands beside a mark that joins it to a word. A particle behind a
    switched word, in the change or after it, takes the form that the word asks for. A change that begins inside a word
    takes in the word from its beginning.

    Args:
        change: the change.
        found: its pieces, sorted.
        tokens: its tokens, by offsets into the answer.
        matrix: the matrix sentence and its pieces.
        answer: the answer and its pieces.
        after: where the origin is said to be of a change without words of the parallel sentence.
    """
    (frame, ours), (text, theirs) = matrix, answer
    start, end = _range(change, ours)
    if change.new_first < change.new_last:
        if theirs[change.new_first].bare and change.first > 0:
            start = ours[change.first - 1].end
        if theirs[change.new_last - 1].bare and change.last < len(ours):
            end = ours[change.last].start
    new, words = _written(change, tokens, text, theirs)
    if new and change.last < len(ours) and ours[change.last].tail and ours[change.last].start == end and words:
        tail = frame.text[end : ours[change.last].end]
        fitted = fit_particle(tail, new) if words[-1].switched else tail
        if fitted != tail:
            words.append(TaggedToken(len(new), len(new) + len(fitted), frame.lang, False))
            new, end = new + fitted, ours[change.last].end
    if new:
        new, words = _spaced(new, words, change, (frame.text, ours), (text, theirs), start, end)
    inside = _word_start(change, ours, start)
    if inside < start:
        head = frame.text[inside:start]
        words = [TaggedToken(0, len(head), frame.lang, False), *(_moved(word, len(head)) for word in words)]
        new, start = head + new, inside
    spans = [*found.origins.values()]
    first = min((origin.start for origin in spans), default=after)
    return Replacement(start, end, first, max((origin.end for origin in spans), default=after), new, tuple(words))


def _range(change: Change, ours: Sequence[Piece]) -> tuple[int, int]:
    """Return the matrix span of a change; of words that only go, with one of the spaces around them."""
    if change.first == change.last:
        at = ours[change.first].start if change.first < len(ours) else ours[-1].end if ours else 0
        return at, at
    start, end = ours[change.first].start, ours[change.last - 1].end
    if change.new_first < change.new_last:
        return start, end
    if change.last < len(ours) and ours[change.last].start > end:
        return start, ours[change.last].start
    if change.first > 0 and ours[change.first - 1].end < start:
        return ours[change.first - 1].end, end
    return start, end


def _written(
    change: Change, tokens: Sequence[TaggedToken], text: str, theirs: Sequence[Piece]
) -> tuple[str, list[TaggedToken]]:
    """Return the text of a change, particles fitted, and its tokens by offsets into it."""
    if change.new_first == change.new_last:
        return "", []
    at = theirs[change.new_first].start
    parts: list[str] = []
    words: list[TaggedToken] = []
    size = 0
    for token in tokens:
        gap, piece = text[at : token.start], text[token.start : token.end]
        if words and words[-1].switched and not token.switched and not gap:
            piece = fit_particle(piece, parts[-1])
        parts += [gap, piece]
        size += len(gap)
        words.append(token._replace(start=size, end=size + len(piece)))
        size, at = size + len(piece), token.end
    return "".join(parts), words


def _spaced(
    new: str,
    words: list[TaggedToken],
    change: Change,
    matrix: tuple[str, Sequence[Piece]],
    answer: tuple[str, Sequence[Piece]],
    start: int,
    end: int,
) -> tuple[str, list[TaggedToken]]:
    """Add the spaces that the matrix has not: around words that stand for none, and between words that now touch."""
    (frame, _), (text, theirs) = matrix, answer
    before, behind = frame[start - 1 : start], frame[end : end + 1]
    inserted = change.first == change.last
    opens = theirs[change.new_first].start
    closes = theirs[change.new_last - 1].end
    if before and not before.isspace():
        apart = inserted and text[opens - 1 : opens].isspace()
        if apart or needs_space(before, new[0]):
            new, words = " " + new, [_moved(word, 1) for word in words]
    if behind and not behind.isspace():
        apart = inserted and text[closes : closes + 1].isspace()
        if apart or needs_space(new[-1], behind):
            new += " "
    return new, words


def _word_start(change: Change, ours: Sequence[Piece], start: int) -> int:
    """Return where the word begins in whose middle a change does."""
    if change.first < len(ours) and ours[change.first].tail and ours[change.first].start == start:
        return ours[change.first - 1].start
    return start


def _moved(token: TaggedToken, by: int) -> TaggedToken:
    return token._replace(start=token.start + by, end=token.end + by)
