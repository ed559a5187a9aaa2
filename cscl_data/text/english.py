"""Which parts of speech an English word may have, and which inflection it is, by lemminflect's dictionary."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from cscl_data.errors import missing_package


class Entry(NamedTuple):
    """What a dictionary says of one form: its Universal POS tags, and those as which it is an inflected form."""

    pos: frozenset[str] = frozenset()
    inflected: frozenset[str] = frozenset()


_UNKNOWN = Entry()
_TAGS = ("ADJ", "ADV", "AUX", "NOUN", "VERB")


def entry(word: str) -> Entry:
    """Return what the dictionary says of a form; an empty entry where it has none.

    A hyphenated word that it lacks is looked up by its last part.

    Args:
        word: one word; names are in the dictionary with their capitals, all else in lower case.

    Source:
        The table of lemminflect, which is made from NIH's SPECIALIST lexicon. It is read as a file, for the package
        imports spaCy, and that torch, which takes seconds in every worker.

    Raises:
        BackendError: lemminflect is not installed.

    Example:
        >>> sorted(entry("fastest").pos), sorted(entry("fastest").inflected), sorted(entry("Nadal").pos)
        (['ADJ', 'ADV'], ['ADJ', 'ADV'], [])
    """
    found = _dictionary().get(word)
    if found is None and "-" in word:
        found = _dictionary().get(word.rpartition("-")[2])
    return found or _UNKNOWN


@cache
def _dictionary() -> dict[str, Entry]:
    spec = find_spec("lemminflect")
    if spec is None or spec.origin is None:
        raise missing_package("dictionary", "en", "lemminflect")
    table = Path(spec.origin).parent / "resources" / "lemma_lu.csv.gz"
    flags: dict[str, int] = {}  # by form, a bit for each tag, and above them one for each as which it is inflected
    with gzip.open(table, "rt", encoding="utf-8") as lines:
        for line in lines:
            form, tag, lemmas = line.rstrip("\n").split(",")
            bit = 1 << _TAGS.index(tag.upper())
            inflected = 0 if form in lemmas.split("/") else bit << len(_TAGS)
            flags[form] = flags.get(form, 0) | bit | inflected
    entries = {flag: _entry_of(flag) for flag in set(flags.values())}
    return {form: entries[flag] for form, flag in flags.items()}


def _entry_of(flag: int) -> Entry:
    pos, inflected = (
        frozenset(tag for i, tag in enumerate(_TAGS) if flag >> (i + shift) & 1) for shift in (0, len(_TAGS))
    )
    return Entry(pos, inflected)
