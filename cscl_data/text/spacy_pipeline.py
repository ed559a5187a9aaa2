"""A trained spaCy pipeline that is asked for names and parts of speech; its tokens cut no words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cscl_data.errors import BackendError, missing_package
from cscl_data.records import Span
from cscl_data.text.tokenizers.base import Token
from cscl_data.text.tokenizers.cover import encodable, pieces
from cscl_data.text.word_rules.marked import Marks

FLAG = "--spacy-pipeline"
NO_NAMES = frozenset({
    *("date", "time", "datetime", "period", "percent", "money", "quantity", "ordinal", "cardinal", "numeric_value"),
    *("dt", "ti", "qt", "msr", "tme"),
})  # fmt: skip
"""Labels, in lower case, of entities that are no names: dates, times and amounts in the schemes of spaCy's pipelines
and of KLUE (our default)."""
_MAX_CHARS = 10_000
_REMEMBERED = 16
"""Texts whose marks are kept: a source sentence is asked for once a target language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacyPipeline:
    """A pipeline, found and checked before anything runs.

    Texts are read one by one, not in batches: then the sums of its networks, and with them a row, depend on no other
    row.

    Attributes:
        lang: primary subtag of the language whose words it marks.
        source: name of an installed package, or a directory.
        is_package: which of both.
        sig: what it is, for `sig`: name and version of a package, 8 hexadecimal digits of a directory's files.
        excluded: names of its components that are not needed, and so not loaded.
        names: whether it may know names.
        tags: whether it may know parts of speech.
    """

    lang: str
    source: str
    is_package: bool
    sig: str
    excluded: tuple[str, ...] = ()
    names: bool = True
    tags: bool = True

    def marks(self, text: str) -> Marks:
        """Return the names of a text, and its tokens with Universal POS tags; spans are 0-based code points.

        Texts longer than 10,000 characters are cut first, at a line's or a sentence's end where there is one.

        Raises:
            BackendError: the pipeline cannot be loaded, or does not work.
        """
        return _reader(self)(text)


@lru_cache(maxsize=8)
def _reader(pipeline: SpacyPipeline) -> Callable[[str], Marks]:
    try:
        import spacy
    except ImportError as error:
        raise missing_package("option", FLAG, "spacy") from error
    where = f"{FLAG} {pipeline.lang}={pipeline.source}"
    try:
        nlp = spacy.load(
            pipeline.source if pipeline.is_package else Path(pipeline.source), exclude=list(pipeline.excluded)
        )
    except (OSError, ImportError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise _broken(f"{where}: spaCy {spacy.__version__} cannot load it", error) from error

    @lru_cache(maxsize=_REMEMBERED)
    def read(text: str) -> Marks:
        names: list[Span] = []
        tags: list[Token] = []
        readable = encodable(text)
        for start, end in pieces(readable, _MAX_CHARS):
            # Without a zone, spaCy keeps every string that it has met.
            with nlp.memory_zone():
                try:
                    doc = nlp(readable[start:end])
                except (ValueError, KeyError, TypeError) as error:
                    raise _broken(f"{where}: fails on a text", error) from error
                names += [
                    Span(start + entity.start_char, start + entity.end_char)
                    for entity in doc.ents
                    if entity.label_.lower() not in NO_NAMES
                ]
                tags += [
                    Token(start + token.idx, start + token.idx + len(token), token.pos_) for token in doc if token.pos_
                ]
        return Marks(tuple(names), tuple(tags))

    return read


def _broken(what: str, error: Exception) -> BackendError:
    said = " ".join(str(error).split())
    return BackendError(f"{what}: {said[:300]}", hint="python -m spacy validate")
