"""Which words of a changed stretch come from the matrix sentence, from the parallel one, and from neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cscl_data.generators.item import Side
from cscl_data.generators.llm.comparing import Change
from cscl_data.generators.llm.origins import Origin, Origins
from cscl_data.generators.llm.pieces import Piece, resembles, scripts_of
from cscl_data.text.languages import language

_WRITTEN_IN = {
    "Jpan": frozenset({"Hani", "Kana"}),
    "Hans": frozenset({"Hani"}),
    "Hant": frozenset({"Hani"}),
    "Hira": frozenset({"Kana"}),
}
LONGEST_RUN = 12
"""Pieces that are looked for together, so that a phrase is found in one place, and a word cut in two as one."""


class Sorted(NamedTuple):
    """The pieces of one change.

    Attributes:
        origins: by answer piece that was switched in: where it comes from; an index into all of the answer's pieces.
        unfound: answer pieces in the letters of the embedded language that the parallel sentence has not.
        invented: answer pieces that neither sentence has, otherwise.
        gone: matrix pieces that the answer has not, in no form; indices into all of the matrix's pieces.
    """

    origins: dict[int, Origin]
    unfound: tuple[int, ...]
    invented: tuple[int, ...]
    gone: tuple[int, ...]


class Sorter:
    """Sorts the pieces of changes to one matrix sentence.

    Args:
        frame: the matrix sentence.
        other: the parallel one.
        matrix: the pieces of the matrix sentence.
    """

    def __init__(self, frame: Side, other: Side, matrix: Sequence[Piece]) -> None:
        self._matrix = matrix
        self._keys = {piece.key for piece in matrix}
        self._origins = Origins(other)
        self._ours, self._theirs = written_in(frame.lang), written_in(other.lang)

    def sort(self, change: Change, answer: Sequence[Piece], after: int) -> Sorted:
        """Sort the pieces of one change.

        Args:
            change: the change.
            answer: all pieces of the answer.
            after: end of the origin of the last change, in code points; words are looked for behind it first.
        """
        gone = list(range(change.first, change.last))
        origins: dict[int, Origin] = {}
        unfound: list[int] = []
        invented: list[int] = []
        for j in range(change.new_first, change.new_last):
            piece = answer[j]
            if j in origins:
                continue
            same = next((i for i in gone if self._matrix[i].key == piece.key), None)
            if same is not None:
                gone.remove(same)
                continue
            if piece.tail or not piece.lettered:
                continue
            run, origin = self._run(answer[j : change.new_last], after)
            if run:
                origins.update((j + k, origin) for k in range(run) if origin is not None and not answer[j + k].bare)
                after = max(after, origin.end if origin is not None else 0)
                continue
            if piece.key in self._keys:
                continue
            scripts = scripts_of(piece.key)
            foreign, native = bool(scripts - self._ours), bool(scripts - self._theirs)
            if origin is not None and (foreign or not native):
                origins[j], after = origin, origin.end
                continue
            form = None if foreign else self._form(piece, gone)
            if form is not None:
                gone = [i for i in gone if i != form]
            else:
                (unfound if foreign else invented).append(j)
        return Sorted(origins, tuple(unfound), tuple(invented), tuple(gone))

    def _run(self, pieces: Sequence[Piece], after: int) -> tuple[int, Origin | None]:
        """Find the longest run of pieces that stands in the parallel sentence as it is; 0 pieces for none.

        Where not even the first one does, its origin may be another form of the word.
        """
        for size in range(min(LONGEST_RUN, len(pieces)), 1, -1):
            if pieces[size - 1].bare:
                continue
            found = self._origins.find_exact("".join(piece.key for piece in pieces[:size]), after)
            if found is not None:
                return size, found
        origin = self._origins.find(pieces[0].key, after)
        return (1 if origin is not None and origin.exact else 0), origin

    def _form(self, piece: Piece, gone: Sequence[int]) -> int | None:
        """Return a matrix piece that the piece is another form of: one that has gone, else any."""
        places = [*gone, *range(len(self._matrix))]
        stems = (i for i in places if not self._matrix[i].tail)
        return next((i for i in stems if resembles(piece.key, self._matrix[i].key)), None)


def written_in(lang: str) -> frozenset[str]:
    """Return the scripts that a language is written in."""
    script = language(lang).script
    return _WRITTEN_IN.get(script, frozenset({script}))
