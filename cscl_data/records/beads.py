"""A bead: the smallest stretch of a document that has a translation of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Bead:
    """Sentences that translate each other, usually one a language; a document is a list of them.

    Attributes:
        id: of the bead; that of its pair, or `<doc>:<n>` where sentences were aligned here.
        texts: by language, verbatim and without the white space around it. A language that has nothing here is
            missing, and the bead can only stand in another one.
        before: by language, the white space that stands before `texts[lang]` in that language's own document; empty
            for the first bead. A language is missing where nothing is known of it: its sentences came one by one.
    """

    id: str
    texts: Mapping[str, str]
    before: Mapping[str, str] = field(default_factory=dict)
