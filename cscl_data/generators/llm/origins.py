"""Where in the parallel sentence the words of an answer come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from unicodedata import category

from cscl_data.generators.item import Side
from cscl_data.generators.llm.pieces import Piece, key_of, pieces_of, resembles


class Origin(NamedTuple):
    """A stretch of the parallel sentence, 0-based code points.

    `sizes` are the lengths of the keys of its words, in order; none where it is another form of the word.
    """

    start: int
    end: int
    sizes: tuple[int, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the word stands there as it is."""
        return bool(self.sizes)

    @property
    def n_words(self) -> int:
        """Words of the parallel sentence in it."""
        return max(1, len(self.sizes))


class _Part(NamedTuple):
    """Letters and digits of a piece between two marks: `keyword` and `only` of `keyword-only`."""

    start: int
    end: int
    word: int
    tail: bool
    key: str


class Origins:
    """Finds words in a sentence: whole words, stems, parts between hyphens, and runs of words written together.

    Args:
        side: the sentence.
    """

    def __init__(self, side: Side) -> None:
        pieces = [piece for piece in pieces_of(side.text, side.words) if not piece.bare]
        self._stems = [piece for piece in pieces if not piece.tail]
        self._parts = [part for piece in pieces for part in _parts(side.text, piece)]
        self._key = "".join(part.key for part in self._parts)
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        at = 0
        for i, part in enumerate(self._parts):
            if not part.tail:
                self._starts[at] = i
            at += len(part.key)
            self._ends[at] = i

    def find(self, key: str, after: int) -> Origin | None:
        """Return where a word stands; of several places the first one at or behind `after`, a code point.

        Args:
            key: the word, as `pieces.key_of` gives it.
            after: end of the origin of the word before it, 0 for none.
        """
        exact = self.find_exact(key, after)
        if exact is not None:
            return exact
        forms = [Origin(piece.start, piece.end) for piece in self._stems if resembles(key, piece.key)]
        return _first(forms, after)

    def find_exact(self, key: str, after: int) -> Origin | None:
        """Return where a word or a run of words stands as it is, see `find`; marks in it do not count."""
        plain = "".join(char for char in key if not _is_mark(char))
        return _first(list(self._exact(plain)), after)

    def _exact(self, key: str) -> Iterator[Origin]:
        at = self._key.find(key) if key else -1
        while at >= 0:
            first, last = self._starts.get(at), self._ends.get(at + len(key))
            if first is not None and last is not None:
                run = self._parts[first : last + 1]
                yield Origin(run[0].start, run[-1].end, _word_sizes(run))
            at = self._key.find(key, at + 1)


def _first(found: Sequence[Origin], after: int) -> Origin | None:
    return next((origin for origin in found if origin.start >= after), found[0] if found else None)


def _parts(text: str, piece: Piece) -> Iterator[_Part]:
    start = piece.start
    for at in range(piece.start, piece.end + 1):
        if at == piece.end or _is_mark(text[at]):
            if start < at:
                yield _Part(start, at, piece.word, piece.tail, key_of(text[start:at]))
            start = at + 1


def _word_sizes(parts: Sequence[_Part]) -> tuple[int, ...]:
    sizes: dict[int, int] = {}
    for part in parts:
        sizes[part.word] = sizes.get(part.word, 0) + len(part.key)
    return tuple(sizes.values())


def _is_mark(char: str) -> bool:
    """Tell whether a character is punctuation, a symbol, white space or a control character."""
    return category(char)[0] in "PSZC"
