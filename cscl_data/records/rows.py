"""The rows that the generators make, with the invariants each must hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from cscl_data.errors import SchemaError

NO_LANGUAGE = "zxx"
"""BCP-47's tag for what has no language: punctuation, digits, symbols."""
WITH_TRANSLATIONS = ("annotate", "parallel")
"""Modes of `sentence_cs/1` whose rows hold a sentence and its translation."""
_BRACKETS = "()（）"


class TaggedToken(NamedTuple):
    """One token of a code-switched text: its span, its language, and whether it was switched in."""

    start: int
    end: int
    lang: str
    switched: bool


def cmi(tokens: Iterable[TaggedToken]) -> float:
    """Return the Code-Mixing Index of one text, in [0, 100]; 0 where no token has a language.

    `100 * (1 - max_i w_i / N)` with `w_i` the tokens of language i and N all tokens that have a language.

    Source:
        das-gambaeck-2014. Deviations: none known.
    """
    counts = Counter(token.lang for token in tokens if token.lang != NO_LANGUAGE)
    return 100.0 * (1 - max(counts.values()) / counts.total()) if counts else 0.0


def spf(tokens: Iterable[TaggedToken]) -> float:
    """Return the switch-point fraction of one text, in [0, 1]; 0 where fewer than two tokens have a language.

    `P / (N - 1)` with N the tokens that have a language and P the neighbours among them in different ones.

    Source:
        guzman-etal-2017 (there the I-index). Deviations: none known.
    """
    spoken = [token.lang for token in tokens if token.lang != NO_LANGUAGE]
    return sum(a != b for a, b in pairwise(spoken)) / (len(spoken) - 1) if len(spoken) > 1 else 0.0


class Edit(NamedTuple):
    """One replacement: `text[start:end]` stands where `matrix[matrix_start:matrix_end]` stood.

    Its words come from `embedded[embedded_start:embedded_end]`; what was adapted (a particle, a capital, the space at
    a joint) lies inside `[start, end)` too. All are 0-based half-open code-point offsets.
    """

    start: int
    end: int
    matrix_start: int
    matrix_end: int
    embedded_start: int
    embedded_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCsRow:
    """One sentence with switched words (`token_cs/1`). `switch_ratio` is in [0, 1], `cmi` in [0, 100]."""

    id: str
    pair_id: str
    doc_id: str | None
    text: str
    matrix_lang: str
    embedded_lang: str
    tokens: tuple[TaggedToken, ...]
    edits: tuple[Edit, ...]
    switch_ratio: float
    cmi: float
    src_text: str
    tgt_text: str

    def check(self, matrix_text: str, embedded_text: str) -> None:
        """Check that the row is what it says: spans in order, and everything outside the edits is the matrix text.

        Raises:
            SchemaError: a span is out of place, or the text outside the edits differs from the matrix text.
        """
        at = 0
        for token in self.tokens:
            if not at <= token.start < token.end <= len(self.text):
                raise SchemaError(f"token_cs row {self.id}: token span {token.start}-{token.end} is out of place")
            at = token.end
        if restore(self.text, self.edits, matrix_text) != matrix_text:
            raise SchemaError(f"token_cs row {self.id}: the text outside the edits differs from the matrix text")
        if any(not 0 <= e.embedded_start <= e.embedded_end <= len(embedded_text) for e in self.edits):
            raise SchemaError(f"token_cs row {self.id}: an edit lies outside the embedded text")

    def row(self, sig: str) -> dict[str, Any]:
        """Return the columns of `token_cs/1`."""
        return {
            "id": self.id,
            "pair_id": self.pair_id,
            "doc_id": self.doc_id,
            "text": self.text,
            "matrix_lang": self.matrix_lang,
            "embedded_lang": self.embedded_lang,
            "tokens": [token._asdict() for token in self.tokens],
            "edits": [edit._asdict() for edit in self.edits],
            "switch_ratio": self.switch_ratio,
            "cmi": self.cmi,
            "src_text": self.src_text,
            "tgt_text": self.tgt_text,
            "sig": sig,
        }


class Segment(NamedTuple):
    """One sentence of a mixed document; `role` is `text` or `translation`."""

    start: int
    end: int
    lang: str
    pair_id: str
    role: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCsRow:
    """One document whose sentences stand in more than one language (`sentence_cs/1`)."""

    id: str
    doc_id: str
    text: str
    mode: str
    segments: tuple[Segment, ...]

    @property
    def n_switches(self) -> int:
        """Number of neighbouring segments in different languages."""
        return sum(a.lang != b.lang for a, b in pairwise(self.segments))

    def check(self) -> None:
        """Check that the segments are the text, and that no neighbours translate each other unless asked for.

        White space stands between segments, and brackets around a translation; a bead has one segment of the role
        `text` at most; in `annotate` its translation follows that, in `parallel` all translations follow all texts.

        Raises:
            SchemaError: a segment is out of place, text belongs to none, or a translation stands where none may be.
        """
        at = 0
        for segment in self.segments:
            if not at <= segment.start < segment.end <= len(self.text):
                raise SchemaError(f"sentence_cs row {self.id}: segment {segment.start}-{segment.end} is out of place")
            self._check_between(at, segment.start)
            at = segment.end
        self._check_between(at, len(self.text))
        texts = [segment.pair_id for segment in self.segments if segment.role == "text"]
        if any(a == b for a, b in pairwise(texts)):
            raise SchemaError(f"sentence_cs row {self.id}: neighbours translate each other")
        if len(set(texts)) < len(texts):
            raise SchemaError(f"sentence_cs row {self.id}: a sentence and its translation both stand as text")
        self._check_translations()

    def _check_between(self, start: int, end: int) -> None:
        outside = self.text[start:end].strip()
        if outside and (self.mode != "annotate" or outside.strip(_BRACKETS + " ")):
            raise SchemaError(f"sentence_cs row {self.id}: text {start}-{end} belongs to no segment")

    def _check_translations(self) -> None:
        if self.mode not in WITH_TRANSLATIONS and any(segment.role == "translation" for segment in self.segments):
            raise SchemaError(f"sentence_cs row {self.id}: mode {self.mode} holds no translations")
        roles = [segment.role for segment in self.segments]
        if self.mode == "parallel" and "translation" in roles and "text" in roles[roles.index("translation") :]:
            raise SchemaError(f"sentence_cs row {self.id}: text follows a translation")
        before = (None, *self.segments)
        for left, right in zip(before, self.segments, strict=False):
            own = left is not None and left.role == "text" and left.pair_id == right.pair_id and left.lang != right.lang
            if self.mode == "annotate" and right.role == "translation" and not own:
                raise SchemaError(f"sentence_cs row {self.id}: a translation follows another sentence than its own")

    def row(self, sig: str) -> dict[str, Any]:
        """Return the columns of `sentence_cs/1`."""
        return {
            "id": self.id,
            "doc_id": self.doc_id,
            "text": self.text,
            "mode": self.mode,
            "segments": [segment._asdict() for segment in self.segments],
            "n_switches": self.n_switches,
            "sig": sig,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MonoRow:
    """One text in one language (`mono/1`)."""

    id: str
    doc_id: str | None
    text: str
    lang: str

    def row(self, sig: str) -> dict[str, Any]:
        """Return the columns of `mono/1`."""
        return {"id": self.id, "doc_id": self.doc_id, "text": self.text, "lang": self.lang, "sig": sig}


def restore(text: str, edits: tuple[Edit, ...] | list[Edit], matrix_text: str) -> str:
    """Put the matrix slices back where the edits stand; a faithful row gives its matrix text again."""
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += [text[at : edit.start], matrix_text[edit.matrix_start : edit.matrix_end]]
        at = edit.end
    return "".join([*parts, text[at:]])
