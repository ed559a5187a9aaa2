"""Which stretches of the matrix sentence an answer replaced, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from cscl_data.generators.llm.pieces import Piece


class Change(NamedTuple):
    """Matrix pieces `[first, last)` stand no longer; answer pieces `[new_first, new_last)` do. Either may be empty."""

    first: int
    last: int
    new_first: int
    new_last: int


def changes_of(matrix: Sequence[Piece], answer: Sequence[Piece]) -> list[Change]:
    """Compare a sentence with an answer, piece by piece, white space, case and the form of quotes left out.

    A change neither begins nor ends with punctuation: what stands at its ends stays as the matrix has it, and
    punctuation that the answer adds there is left out, but for a mark that joins two words (`NUL-terminated`).
    """
    matcher = SequenceMatcher(None, [p.key for p in matrix], [p.key for p in answer], autojunk=False)
    found: list[Change] = []
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag == "equal":
            continue
        first, last = _trimmed(matrix, first, last)
        new_first, new_last = _trimmed(answer, new_first, new_last, keeps_joints=True)
        change = _cut_alike(Change(first, last, new_first, new_last), matrix, answer)
        if change.first < change.last or change.new_first < change.new_last:
            found.append(change)
    return found


def _trimmed(pieces: Sequence[Piece], first: int, last: int, *, keeps_joints: bool = False) -> tuple[int, int]:
    while first < last and pieces[first].bare and not (keeps_joints and _joins(pieces, first)):
        first += 1
    while first < last and pieces[last - 1].bare and not (keeps_joints and _joins(pieces, last - 1)):
        last -= 1
    return first, last


def _joins(pieces: Sequence[Piece], i: int) -> bool:
    """Tell whether a mark stands between two words without a space."""
    if not 0 < i < len(pieces) - 1 or pieces[i - 1].bare or pieces[i + 1].bare:
        return False
    return pieces[i - 1].end == pieces[i].start and pieces[i].end == pieces[i + 1].start


def _cut_alike(change: Change, matrix: Sequence[Piece], answer: Sequence[Piece]) -> Change:
    """Take off both ends what reads alike and was only cut in other places (飲ん|で and 飲|んで)."""
    first, last, new_first, new_last = change
    while True:
        ours, theirs = _alike(matrix[first:last], answer[new_first:new_last])
        if not ours:
            break
        first, new_first = first + ours, new_first + theirs
    while True:
        ours, theirs = _alike(matrix[first:last][::-1], answer[new_first:new_last][::-1], from_end=True)
        if not ours:
            return Change(first, last, new_first, new_last)
        last, new_last = last - ours, new_last - theirs


def _alike(matrix: Sequence[Piece], answer: Sequence[Piece], *, from_end: bool = False) -> tuple[int, int]:
    """Return the fewest pieces on both sides, from the first one on, whose keys read the same; (0, 0) for none."""
    ours = theirs = ""
    i = j = 0
    while True:
        if ours and ours == theirs:
            return i, j
        if len(ours) <= len(theirs) and i < len(matrix):
            ours = matrix[i].key + ours if from_end else ours + matrix[i].key
            i += 1
        elif len(theirs) < len(ours) and j < len(answer):
            theirs = answer[j].key + theirs if from_end else theirs + answer[j].key
            j += 1
        else:
            return 0, 0
        agree = ours.endswith(theirs) or theirs.endswith(ours) if from_end else _begin_alike(ours, theirs)
        if not agree:
            return 0, 0


def _begin_alike(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
