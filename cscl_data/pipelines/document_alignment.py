"""Pairs of documents to beads: divide both into sentences, learn once from some of them, then align each by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cscl_data.aligners.beads.model import (
    UNLIKE,
    VERSION,
    Aligned,
    BeadModel,
    align_sides,
    learn,
    load_beads,
    save_beads,
)
from cscl_data.aligners.beads.path import BeadSpan
from cscl_data.aligners.beads.search import HEADING, SOLID
from cscl_data.aligners.beads.sides import Side, UnitText, read_side
from cscl_data.aligners.lexicon_evidence import MAX_WORDS
from cscl_data.io.documents import DocumentPair
from cscl_data.io.fingerprints import short_digest
from cscl_data.io.lexicon import read_lexicon
from cscl_data.io.shards import file_facts
from cscl_data.io.sources import InputFacts
from cscl_data.pipelines.align_sig import chosen_priors, segmenter_sig
from cscl_data.pipelines.bead_documents import STAGE, BeadDocument, closed_by_text, is_closed
from cscl_data.pipelines.bead_settings import BeadSettings
from cscl_data.pipelines.listen import SILENT, Listener
from cscl_data.records import Bead, Reject
from cscl_data.text import units
from cscl_data.text.blocks import CODE, FRONT, HTML, ITEM, QUOTE, ROW, RULE, TEXT
from cscl_data.text.languages import language
from cscl_data.text.units import PLAIN, Unit, document_units

MODEL = "beads.model"
"""Name of what was learned, in a job's `.cscl/`."""
LEARNS_FROM = 30_000
"""Source sentences, from the beginning of the input, that are learned from; they are held in memory. Our default."""
_KINDS = {kind: n for n, kind in enumerate((TEXT, ITEM, QUOTE))} | {
    kind: SOLID + n for n, kind in enumerate((CODE, HTML, FRONT, ROW, RULE))
}


def beads_sig(settings: BeadSettings, files: Sequence[InputFacts]) -> dict[str, str | None]:
    """Return the parts of a signature that say how beads are found.

    Raises:
        InputError: the priors cannot be read.
        ConfigError: they are for other languages.
    """
    priors = chosen_priors(settings.words, settings.src_lang, settings.tgt_lang)
    return {
        "beads": f"gale-church.{VERSION}",
        "units": str(units.VERSION),
        "markup": settings.markup,
        "priors": priors.digest if priors else "none",
        "lexicon": short_digest(files, "lexicon") if settings.lexicon else None,
        "segmenter": segmenter_sig(settings.words, settings.src_lang, settings.tgt_lang),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToFindBeads:
    """Everything a worker needs (picklable): the settings, and where the learned model lies, with its hash."""

    settings: BeadSettings
    model: str
    sha256: str


def prepare_beads(
    settings: BeadSettings,
    pairs: Iterable[DocumentPair | Reject],
    state: Path,
    listener: Listener = SILENT,
    *,
    learned: Path | None = None,
) -> HowToFindBeads:
    """Learn what beads are found by, once for a job; an earlier start has left it in `state`.

    Args:
        settings: how to divide and align.
        pairs: the job's input, of which the first documents are read.
        state: the job's `.cscl/`.
        listener: told of each step.
        learned: the `.cscl/` of another job with the same documents and settings; what it has learned is taken over.

    Raises:
        InputError: the input, the priors or the lexicon cannot be read.
        ConfigError: the priors are for other languages.
        OutputError: the model cannot be kept.
    """
    path = state / MODEL
    if not path.exists() and learned is not None and (learned / MODEL).is_file():
        save_beads(path, load_beads(learned / MODEL))
        listener.note("beads: learned before")
    if not path.exists():
        priors = chosen_priors(settings.words, settings.src_lang, settings.tgt_lang)
        listener.note(f"priors: {priors.digest if priors else 'none'}")
        lexicon = read_lexicon(Path(settings.lexicon), max_words=MAX_WORDS) if settings.lexicon else None
        if lexicon is not None:
            listener.note(lexicon.note())
        sample: list[tuple[Side, Side]] = []
        seen = 0
        for pair in pairs:
            if isinstance(pair, Reject):
                continue
            sides = tuple(_side(text, found, lang, settings) for text, found, lang in _divided(pair, settings))
            sample.append((sides[0], sides[1]))
            seen += len(sides[0].units)
            if seen >= LEARNS_FROM:
                break
        listener.note(f"beads: learning from {len(sample):,} documents, {seen:,} sentences")
        model = learn(
            sample,
            priors=priors.weights if priors else {},
            lexicon=lexicon.pairs if lexicon else (),
            languages=(language(settings.src_lang).primary, language(settings.tgt_lang).primary),
        )
        save_beads(path, model)
    return HowToFindBeads(settings=settings, model=str(path), sha256=file_facts(path).sha256)


class AlignedDocument(NamedTuple):
    """A document as beads, and how many there are of each shape, as `2-1`: source sentences, target sentences."""

    document: BeadDocument
    shapes: dict[str, int]


def find_beads(pair: DocumentPair, how: HowToFindBeads) -> Aligned:
    """Find which sentences of two documents translate each other."""
    src, tgt = (_side(text, found, lang, how.settings) for text, found, lang in _divided(pair, how.settings))
    return align_sides(src, tgt, _loaded(how))


def as_beads(pair: DocumentPair, aligned: Aligned, settings: BeadSettings) -> AlignedDocument | Reject:
    """Cut two documents into the beads that were found; those that are no translations of each other are `unaligned`.

    Beads are named `<doc>:<n>`, n from 0.

    Args:
        pair: the documents.
        aligned: what `find_beads` has found in them.
        settings: those that it was found with.
    """
    if aligned.is_unlike:
        return Reject(id=pair.doc_id, stage=STAGE, reason="unaligned", detail=_why(aligned), source=pair.row())
    sides = {lang: (text, found) for text, found, lang in _divided(pair, settings)}
    shapes = Counter("{}-{}".format(*span.shape) for span in aligned.beads)
    beads = _beads(pair.doc_id, sides, aligned.beads)
    closed = closed_by_text(beads) if pair.markup == PLAIN else _closed(sides, aligned.beads)
    document = BeadDocument(pair.doc_id, beads, 1, closed=closed)
    return AlignedDocument(document, dict(sorted(shapes.items())))


def _why(aligned: Aligned) -> str:
    return (
        f"mean score {aligned.likeness or 0.0:.2f}, below {UNLIKE}: the words of the beads found are hardly more alike "
        "than those of any two sentences, so the documents do not look like translations of each other"
    )


def _divided(pair: DocumentPair, settings: BeadSettings) -> tuple[tuple[str, tuple[Unit, ...], str], ...]:
    return tuple(
        (text, document_units(text, lang, pair.markup), lang)
        for text, lang in ((pair.src_text, settings.src_lang), (pair.tgt_text, settings.tgt_lang))
    )


def _side(text: str, found: Sequence[Unit], lang: str, settings: BeadSettings) -> Side:
    shown = [UnitText(text[unit.start : unit.end], _kind(unit.kind), unit.block) for unit in found]
    return read_side(shown, settings.words.cutter(lang))


def _kind(kind: str) -> int:
    return _KINDS[kind] if kind in _KINDS else HEADING + int(kind[-1])


def _beads(doc_id: str, sides: Mapping[str, tuple[str, Sequence[Unit]]], spans: Sequence[BeadSpan]) -> tuple[Bead, ...]:
    """Cut the beads out of both documents, with the white space before each.

    What stands before a sentence is not known in a language that the bead before lacks: the neighbours are not its own.
    """
    beads: list[Bead] = []
    last: frozenset[str] = frozenset()
    for n, span in enumerate(spans):
        texts: dict[str, str] = {}
        before: dict[str, str] = {}
        for (lang, (text, found)), (first, end) in zip(sides.items(), (span[:2], span[2:]), strict=True):
            if first == end:
                continue
            texts[lang] = text[found[first].start : found[end - 1].end]
            if lang in last:
                before[lang] = text[found[first - 1].end : found[first].start]
        beads.append(Bead(id=f"{doc_id}:{n}", texts=texts, before=before))
        last = frozenset(texts)
    return tuple(beads)


def _closed(sides: Mapping[str, tuple[str, Sequence[Unit]]], spans: Sequence[BeadSpan]) -> frozenset[int]:
    """Return the numbers of the beads in which a unit of either document is closed."""
    return frozenset(
        n
        for n, span in enumerate(spans)
        for (text, found), (first, end) in zip(sides.values(), (span[:2], span[2:]), strict=True)
        if any(is_closed(text[unit.start : unit.end], unit.kind) for unit in found[first:end])
    )


@lru_cache(maxsize=2)
def _loaded(how: HowToFindBeads) -> BeadModel:
    return load_beads(Path(how.model))
