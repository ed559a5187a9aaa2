"""What the search for beads knows of two languages: word weights, a ratio of lengths, and priors of shapes.

It starts from priors and a lexicon, finds beads, learns from those that have one sentence on each side, and then serves
every document. The first pass needs no more than lengths, copies and cognates to learn from.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cscl_data.aligners.base import TokenizedPair
from cscl_data.aligners.beads.mending import mended
from cscl_data.aligners.beads.path import SHAPES, BeadSpan, Shape, find_beads
from cscl_data.aligners.beads.sides import Side
from cscl_data.aligners.beads.trust import Likeness, likeness_of
from cscl_data.aligners.beads.words import Knowledge, knowledge_of, weigh
from cscl_data.aligners.lexicon_evidence import LEXICON_COUNT, lexicon_counts
from cscl_data.aligners.priors import STRENGTH, priors_of
from cscl_data.errors import InputError
from cscl_data.io.atomic import write_atomically

VERSION = 2
"""Raised when other beads are found in the same documents."""
FROM_LEXICON = 0.5
"""Weight of a pair of words that a lexicon gives. Our default."""
UNLIKE = 0.6
"""Documents whose beads are no more alike than this are not translations of each other. Our default: of 96 pairs of
documents that are, none scored below 1.2; of 94 that are not, none above 0.5."""
TEACHES_FROM = 0.4
"""Likeness from which on a document teaches, while hardly any of its words are known yet. Our default."""
PAPER_BEADS = 50.0
"""Weight of the priors of the paper against the shapes that were counted, in beads. Our default."""
_FORMAT = "cscl-data beads 1"


class BeadModel(NamedTuple):
    """Weights of words by source key, target characters for a source character, and priors of the shapes of beads."""

    knowledge: Knowledge
    ratio: float
    shapes: Mapping[Shape, float]


class Aligned(NamedTuple):
    """The beads of two documents, and how alike their words are; None where too few words say anything."""

    beads: list[BeadSpan]
    likeness: float | None

    @property
    def is_unlike(self) -> bool:
        """Whether the documents are no translations of each other."""
        return self.likeness is not None and self.likeness < UNLIKE


def align_sides(src: Side, tgt: Side, model: BeadModel) -> Aligned:
    """Find the beads of two documents.

    Args:
        src: the source document, with one unit or more.
        tgt: the target document, with one unit or more.
        model: what is known of the two languages.
    """
    weights = weigh(src, tgt, model.knowledge)
    likeness = Likeness(src, tgt, weights)
    beads = find_beads(src, tgt, weights, ratio=model.ratio, shapes=model.shapes)
    return Aligned(mended(beads, likeness), likeness_of(likeness, beads))


def learn(
    documents: Sequence[tuple[Side, Side]],
    *,
    priors: Mapping[tuple[str, str], float],
    lexicon: Sequence[tuple[str, str]] = (),
    languages: tuple[str, str] = ("", ""),
) -> BeadModel:
    """Learn from documents: find their beads by what is known before, and take the words of one-to-one beads.

    Documents that do not look like translations of each other teach nothing.

    Args:
        documents: source and target document of each pair.
        priors: weights in [0, 1] of (source key, target key).
        lexicon: (word, translation) entries.
        languages: primary subtags of both sides, for the lexicon.
    """
    from cscl_data.aligners.statistical import fit

    src_keys, tgt_keys = (list(dict.fromkeys(key for pair in documents for key in pair[k].keys)) for k in (0, 1))
    given = lexicon_counts(lexicon, src_keys, tgt_keys, languages)
    known = dict(priors)
    for cell, count in given.items():
        known[cell] = max(known.get(cell, 0.0), FROM_LEXICON * count / LEXICON_COUNT)
    lengths = [sum(float(pair[k].lengths.sum()) for pair in documents) for k in (0, 1)]
    model = BeadModel(knowledge_of(known), lengths[1] / lengths[0] if all(lengths) else 1.0, SHAPES)
    found = [(src, tgt, align_sides(src, tgt, model)) for src, tgt in documents]
    taught = [(src, tgt, one.beads) for src, tgt, one in found if one.likeness is None or one.likeness >= TEACHES_FROM]
    if not taught:
        return model
    fitted = priors_of(
        fit(
            (pair for one in taught for pair in _one_to_one(*one)),
            priors={cell: STRENGTH * weight for cell, weight in known.items()},
            languages=languages,
        ),
        src_lang=languages[0],
        tgt_lang=languages[1],
        tokenizers=("", ""),
    )
    for cell, weight in fitted.weights.items():
        known[cell] = max(known.get(cell, 0.0), weight)
    return BeadModel(knowledge_of(known), _ratio(taught, model.ratio), _shapes(taught))


def save_beads(path: Path, model: BeadModel) -> None:
    """Write a model; the same model gives the same bytes.

    Raises:
        OutputError: the file cannot be written.
    """
    shapes = [[*shape, prior] for shape, prior in model.shapes.items()]
    content = json.dumps(
        {"format": _FORMAT, "ratio": model.ratio, "shapes": shapes, "knowledge": model.knowledge}, ensure_ascii=False
    )

    def fill(partial: Path) -> None:
        with partial.open("wb") as handle, gzip.GzipFile(fileobj=handle, mode="wb", filename="", mtime=0) as packed:
            packed.write(content.encode("utf-8", "surrogatepass"))

    write_atomically(path, fill)


def load_beads(path: Path) -> BeadModel:
    """Read what `save_beads` wrote.

    Raises:
        InputError: the file is missing, damaged, or something else.
    """
    try:
        content = json.loads(gzip.decompress(path.read_bytes()).decode("utf-8", "surrogatepass"))
        if content["format"] != _FORMAT:
            raise InputError(f"{path}: of the form {content['format']!r}, not {_FORMAT!r}")
        shapes = {(a, b): prior for a, b, prior in content["shapes"]}
        knowledge = {key: [(t, weight) for t, weight in row] for key, row in content["knowledge"].items()}
        return BeadModel(knowledge, content["ratio"], shapes)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not what beads are found by ({error})", hint="--overwrite starts anew") from error


def _one_to_one(src: Side, tgt: Side, beads: Sequence[BeadSpan]) -> Iterator[TokenizedPair]:
    for bead in beads:
        if bead.shape == (1, 1):
            i, j = bead.src, bead.tgt
            yield TokenizedPair(str(i), src.units[i].text, tgt.units[j].text, src.tokens[i], tgt.tokens[j])


def _ratio(taught: Sequence[tuple[Side, Side, list[BeadSpan]]], otherwise: float) -> float:
    src_sum = tgt_sum = 0.0
    for src, tgt, beads in taught:
        for bead in beads:
            if bead.shape == (1, 1):
                src_sum += float(src.lengths[bead.src])
                tgt_sum += float(tgt.lengths[bead.tgt])
    return tgt_sum / src_sum if src_sum else otherwise


def _shapes(taught: Sequence[tuple[Side, Side, list[BeadSpan]]]) -> Mapping[Shape, float]:
    """Return the priors of shapes: the first ones, drawn towards what was counted.

    Those of sentences left out stay: the first pass finds few.
    """
    counts = Counter(bead.shape for _, _, beads in taught for bead in beads)
    total = sum(counts.values()) + PAPER_BEADS
    return {
        shape: prior if 0 in shape else (counts[shape] + PAPER_BEADS * prior) / total for shape, prior in SHAPES.items()
    }
