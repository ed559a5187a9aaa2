"""How well documents that translate each other are told from others, by the likeness that rejects are made by."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cscl_data.aligners.beads.model import align_sides, learn
from cscl_data.aligners.beads.sides import Side
from cscl_data.io.documents import DocumentPair, FolderPairs, FolderSpec
from cscl_data.pipelines.bead_settings import BeadSettings
from cscl_data.pipelines.document_alignment import find_beads, prepare_beads


class Likenesses(NamedTuple):
    """Likeness of documents with their translations, and with the translation of the next document."""

    own: list[float]
    other: list[float]

    def told(self) -> tuple[str, str]:
        """Return how many there are of each, and the one nearest to the bar."""
        return (
            f"{len(self.own)} with their own: {min(self.own):.2f} and more",
            f"{len(self.other)} with another: {max(self.other):.2f} and less" if self.other else "no other one",
        )


def of_guides(data: Path, lang: str) -> Likenesses:
    """Compare Markdown guides in English and another language, as `make-sentence-cs` does, with the shipped priors.

    Args:
        data: holds `docs/<language>/*.md`.
        lang: the other language.
    """
    found = FolderPairs(FolderSpec(src_docs=str(data / "docs/en"), tgt_docs=str(data / "docs" / lang)))
    pairs = [item for item in found if isinstance(item, DocumentPair)]
    turned = [*pairs[1:], *pairs[:1]]
    with tempfile.TemporaryDirectory() as state:
        how = prepare_beads(BeadSettings(src_lang="en", tgt_lang=lang), found, Path(state))
        own = [find_beads(pair, how).likeness for pair in pairs]
        other = [
            find_beads(pair._replace(tgt_text=next_one.tgt_text), how).likeness
            for pair, next_one in zip(pairs, turned, strict=True)
        ]
    return Likenesses([*_judged(own)], [*_judged(other)])


def of_novels(sides: list[tuple[Side, Side]], languages: tuple[str, str]) -> Likenesses:
    """Compare novels in the same way, without priors."""
    model = learn(sides, priors={}, languages=languages)
    turned = [*sides[1:], *sides[:1]]
    own = [align_sides(src, tgt, model).likeness for src, tgt in sides]
    crossed = zip(sides, turned, strict=True) if len(sides) > 1 else ()
    other = [align_sides(src, tgt, model).likeness for (src, _), (_, tgt) in crossed]
    return Likenesses([*_judged(own)], [*_judged(other)])


def _judged(found: list[float | None]) -> Iterator[float]:
    yield from (likeness for likeness in found if likeness is not None)
