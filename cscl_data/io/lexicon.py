"""A bilingual lexicon as it lies in a file: lines of words that translate each other, `.gz` or not.

Read are

- two columns divided by a tab: word, translation;
- two words divided by spaces, as in MUSE; a line of more words does not say where the translation begins;
- four columns divided by tabs, as in word lists made from Wiktionary: word, part of speech, translation, gloss.

A translation cell may hold several, divided by `, ` or `; `. Remarks in brackets after a word, such as its spelling in
other letters, are left out. Any other line is passed over and counted; a file with more of these than entries is none.
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import NamedTuple

from cscl_data.errors import InputError

_REMARK = re.compile(r"\([^()]*\)|（[^（）]*）")
_SEVERAL = re.compile(r"[,;]\s+|；")
_FORMS = "word TAB translation, word SPACE translation, or word TAB part of speech TAB translation TAB gloss"


class Entry(NamedTuple):
    """A word and one translation; its part of speech as the file names it, and its gloss, where there are any."""

    word: str
    translation: str
    pos: str = ""
    gloss: str = ""


class LexiconFile(NamedTuple):
    """What stands in a lexicon.

    Attributes:
        entries: in the order of the file.
        passed_over: how many lines are no entry.
        first: where the first of them stands and what it looks like; empty if there is none.
    """

    entries: tuple[Entry, ...]
    passed_over: int = 0
    first: str = ""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(word, translation) of every entry."""
        return tuple((entry.word, entry.translation) for entry in self.entries)

    def note(self) -> str:
        """Say what was read, in a line."""
        note = f"lexicon: {len(self.entries):,} entries"
        return f"{note}; {self.passed_over:,} lines passed over, the first is {self.first}" if self.first else note


def read_lexicon(path: Path, *, max_words: int = 1) -> LexiconFile:
    """Read a lexicon.

    Args:
        path: the file, `.gz` or not.
        max_words: entries with more words than this on a side are left out.

    Raises:
        InputError: the file is missing or damaged, holds no line of a known form, or more of other forms.
    """
    entries: list[Entry] = []
    good = bad = 0
    first = ""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig") as handle:
            for number, line in enumerate(handle, 1):
                if not line.strip():
                    continue
                found = _entries(line.rstrip("\r\n"))
                good, bad = good + (found is not None), bad + (found is None)
                first = first or (f"{path}:{number}, {_looks(line)}" if found is None else "")
                entries += [
                    entry for entry in found or () if all(0 < len(side.split()) <= max_words for side in entry[:2])
                ]
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "damaged, or not UTF-8 text"
        raise InputError(f"{path}: {reason}") from error
    if not good and not bad:
        raise InputError(f"{path}: an empty lexicon", hint=f"a line is {_FORMS}")
    if bad > good:
        raise InputError(
            f"{path}: {bad:,} of {good + bad:,} lines are no entries ({first})", hint=f"a line is {_FORMS}"
        )
    return LexiconFile(tuple(entries), bad, first)


def _entries(line: str) -> list[Entry] | None:
    """Return the entries of a line; None if it is of no known form."""
    columns = line.split("\t") if "\t" in line else line.split()
    pos = gloss = ""
    if len(columns) == 4 and "\t" in line:
        word, pos, cell, gloss = columns
    elif len(columns) == 2:
        word, cell = columns
    else:
        return None
    word, cell = (_REMARK.sub(" ", side) for side in (word, cell))
    return [
        Entry(" ".join(word.split()), " ".join(translation.split()), pos.strip(), gloss.strip())
        for translation in _SEVERAL.split(cell)
    ]


def _looks(line: str) -> str:
    tabs = line.count("\t")
    return f"{tabs + 1} columns" if tabs else f"{len(line.split())} words without a tab"
