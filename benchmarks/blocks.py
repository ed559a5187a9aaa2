"""Beads of Markdown guides against pairs of blocks that translate each other."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from cscl_data.io.documents import DocumentPair, FolderPairs, FolderSpec
from cscl_data.pipelines.bead_settings import BeadSettings
from cscl_data.pipelines.document_alignment import as_beads, find_beads, prepare_beads
from cscl_data.records import Bead, Reject

_SEEN = 40
"""Characters by which the beginning of a block is found in its document."""


def crossing(data: Path, lang: str, priors: str) -> tuple[int, int]:
    """Align all guides and count the beads whose blocks are known on both sides, and those among them that differ.

    Args:
        data: holds `docs/<language>/*.md`, and `osg.en-<language>.jsonl` with the block pairs of each `doc`.
        lang: the target language.
        priors: as for `BeadSettings`.
    """
    blocks: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in (data / f"osg.en-{lang}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        blocks[row["doc"]].append((row["en"], row["xx"]))
    settings = BeadSettings(src_lang="en", tgt_lang=lang, priors=priors)
    pairs = FolderPairs(FolderSpec(src_docs=str(data / "docs/en"), tgt_docs=str(data / "docs" / lang)))
    judged = wrong = 0
    with tempfile.TemporaryDirectory() as state:
        how = prepare_beads(settings, pairs, Path(state))
        for pair in pairs:
            made = pair if isinstance(pair, Reject) else as_beads(pair, find_beads(pair, how), settings)
            if isinstance(made, Reject) or not isinstance(pair, DocumentPair):
                continue
            gold = blocks.get(pair.doc_id) or blocks[pair.doc_id.removesuffix(".md")]
            beads = made.document.beads
            src = _labels(pair.src_text, beads, "en", [one for one, _ in gold])
            tgt = _labels(pair.tgt_text, beads, lang, [other for _, other in gold])
            both = [(a, b) for a, b in zip(src, tgt, strict=True) if a and b]
            judged += len(both)
            wrong += sum(a != b for a, b in both)
    return judged, wrong


def _labels(text: str, beads: Sequence[Bead], lang: str, blocks: Sequence[str]) -> list[set[int]]:
    """Return for each bead the blocks that its text in one language lies in."""
    spans: list[tuple[int, int]] = []
    at = 0
    for block in blocks:
        start = text.find(block[:_SEEN], at)
        spans.append((start, start + len(block)) if start >= 0 else (-1, -1))
        at = max(at, start + len(block))
    labels: list[set[int]] = []
    at = 0
    for bead in beads:
        if lang not in bead.texts:
            labels.append(set())
            continue
        start = text.index(bead.texts[lang], at)
        at = start + len(bead.texts[lang])
        labels.append({k for k, (low, high) in enumerate(spans) if low < at and high > start})
    return labels
