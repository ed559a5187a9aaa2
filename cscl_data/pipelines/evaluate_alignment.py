"""`evaluate alignment`: links of any number of aligners against any number of gold sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cscl_data.errors import InputError, unknown_name
from cscl_data.evaluation.alignment import AlignmentCounts, Scoring, add_counts, count_links
from cscl_data.pipelines.alignment_evaluation.gold import GoldSet, read_gold
from cscl_data.pipelines.alignment_evaluation.named import parse_golds, parse_links, parse_texts
from cscl_data.pipelines.alignment_evaluation.picture import Picture, picture_of
from cscl_data.pipelines.alignment_evaluation.predicted import Predicted, read_predicted

SCORINGS = ("auto", "all", "annotated")
_ANNOTATED = "annotated: a predicted link counts only if the gold links both its words or lists them as unaligned"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateAlignmentJob:
    """What is asked.

    Args:
        gold: `[NAME=]FILE`, at least one.
        links: `[NAME[@GOLD]=]PATH`, at least one; `@GOLD` where there are several golds.
        gold_index: what gold words are counted from, 0 or 1; None for what the form says.
        links_index: what Pharaoh files count words from, 0 or 1.
        scoring: which predicted links count: `all`, `annotated`, or `auto` for what the gold's form says.
        text: `[GOLD=]FILE` of `source ||| target` lines, for gold without words of its own.
        show: ids, or numbers from 1, of pairs to draw.
    """

    gold: tuple[str, ...]
    links: tuple[str, ...]
    gold_index: int | None = None
    links_index: int = 0
    scoring: str = "auto"
    text: tuple[str, ...] = ()
    show: tuple[str, ...] = ()


class AlignmentScore(NamedTuple):
    """One line of the table: links against a gold set, how both were read, and the counts over all pairs."""

    gold: str
    links: str
    gold_path: str
    links_path: str
    gold_form: str
    gold_index: int
    scoring: Scoring
    matched: str
    skipped: int
    other_pairs: int
    gold_links_outside: int
    no_zero: bool
    counts: AlignmentCounts

    def document(self) -> dict[str, Any]:
        """Return it as JSON values, counts and scores beside the rest; scores are in [0, 1], or null."""
        counts = self.counts
        scores = {"precision": counts.precision, "recall": counts.recall, "f1": counts.f1, "aer": counts.aer}
        return {
            **{key: value for key, value in self._asdict().items() if key != "counts"},
            **counts._asdict(),
            **scores,
        }


class AlignmentReport(NamedTuple):
    """What was found: a score for every `--links`, pictures of the pairs asked for, and what one has to know."""

    scores: tuple[AlignmentScore, ...]
    pictures: tuple[Picture, ...]
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "scores": [score.document() for score in self.scores],
            "pictures": [picture.document() for picture in self.pictures],
            "notes": list(self.notes),
        }


def evaluate_alignment(job: EvaluateAlignmentJob) -> AlignmentReport:
    """Score links against gold alignments.

    Gold is held in memory, links as far as they belong to it.

    Raises:
        ConfigError: the names of golds and links do not fit each other, or the scoring is unknown.
        InputError: a file cannot be read as what it should be, links and gold are not of the same pairs and words, or
            a pair to be shown is in no gold.
    """
    if job.scoring not in SCORINGS:
        raise unknown_name("scoring", job.scoring, SCORINGS)
    named = parse_golds(job.gold)
    wanted = parse_links(job.links, named)
    texts = parse_texts(job.text, named)
    golds = {
        name: read_gold(name, path, index=job.gold_index, text=texts.get(name))
        for name, path in named
        if any(links.gold == name for links in wanted) or job.show
    }
    shown = _places(job.show, golds)
    scores: list[AlignmentScore] = []
    pictures: list[Picture] = []
    for name, gold_name, path in sorted(wanted, key=lambda links: list(golds).index(links.gold)):
        gold = golds[gold_name]
        predicted = read_predicted(path, gold, index=job.links_index)
        scoring = gold.scoring if job.scoring == "auto" else _known(job.scoring)
        scores.append(_score(name, path, gold, predicted, scoring))
        for number in shown[gold_name]:
            pair, links = gold.pairs[number], predicted.links[number]
            pictures.append(picture_of(pair, links, scoring, gold=gold_name, links=name, number=number + 1))
    return AlignmentReport(tuple(scores), tuple(pictures), tuple(_notes(scores)))


def _score(name: str, path: Path, gold: GoldSet, predicted: Predicted, scoring: Scoring) -> AlignmentScore:
    pairs = zip(predicted.links, gold.pairs, strict=True)
    return AlignmentScore(
        gold=gold.name,
        links=name,
        gold_path=str(gold.path),
        links_path=str(path),
        gold_form=gold.form,
        gold_index=gold.index,
        scoring=scoring,
        matched=predicted.matched,
        skipped=predicted.skipped,
        other_pairs=predicted.others,
        gold_links_outside=sum(pair.links_outside for pair in gold.pairs),
        no_zero=predicted.no_zero,
        counts=add_counts(count_links(links, pair.gold, scoring) for links, pair in pairs),
    )


def _places(show: Sequence[str], golds: dict[str, GoldSet]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {name: [] for name in golds}
    for wanted in show:
        found = {name: number for name, gold in golds.items() if (number := gold.number_of(wanted)) is not None}
        if not found:
            sizes = ", ".join(f"{name} has {len(gold.pairs)} pairs" for name, gold in golds.items())
            raise InputError(f"--show {wanted}: no such pair; {sizes}", hint="give an id, or a number from 1")
        for name, number in found.items():
            places[name].append(number)
    return places


def _known(scoring: str) -> Scoring:
    return "annotated" if scoring == "annotated" else "all"


def _notes(scores: Sequence[AlignmentScore]) -> list[str]:
    notes = [_ANNOTATED] if any(score.scoring == "annotated" for score in scores) else []
    for score in scores:
        who = f"{score.links} on {score.gold}"
        if score.gold_links_outside and not any(f"gold {score.gold}:" in note for note in notes):
            notes.append(
                f"gold {score.gold}: {score.gold_links_outside:,} links point beyond their sentence; none is found"
            )
        if score.skipped:
            notes.append(f"{who}: {score.skipped:,} pairs could not be aligned; their gold links count as missed")
        if score.no_zero:
            notes.append(f"{who}: no link has a 0; if its words are counted from 1, give --links-index 1")
        if score.other_pairs:
            notes.append(f"{who}: {score.other_pairs:,} pairs that are not in the gold are left aside")
    return notes
