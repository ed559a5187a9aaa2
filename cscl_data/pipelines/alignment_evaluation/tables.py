"""The scores of `evaluate alignment` as tables, for a terminal and for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cscl_data.pipelines.evaluate_alignment import AlignmentReport

_HEADER = ("pairs", "scored", "precision", "recall", "F1", "AER", "links", "sure", "possible")


class Table(NamedTuple):
    """A table: a title, the names of its columns but the first, and its lines, each a name and its values."""

    title: str
    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


def alignment_tables(report: AlignmentReport) -> list[Table]:
    """Return a table of scores by links for every gold; with several golds also one of AER by links and gold.

    Scores are in percent, with one decimal.
    """
    golds = list(dict.fromkeys(score.gold for score in report.scores))
    tables = []
    for gold in golds:
        lines = []
        for score in report.scores:
            if score.gold == gold:
                counts = score.counts
                scores = (counts.precision, counts.recall, counts.f1, counts.aer)
                sizes = (counts.predicted, counts.sure, counts.possible - counts.sure)
                cells = (f"{counts.pairs:,}", score.scoring, *map(percent, scores), *(f"{size:,}" for size in sizes))
                lines.append((score.links, *cells))
        tables.append(Table(f"{gold}, %", _HEADER, tuple(lines)))
    if len(golds) > 1:
        aer = {(score.links, score.gold): percent(score.counts.aer) for score in report.scores}
        names = list(dict.fromkeys(score.links for score in report.scores))
        by_gold = tuple((name, *(aer.get((name, gold), "") for gold in golds)) for name in names)
        tables.append(Table("AER, %", tuple(golds), by_gold))
    return tables


def percent(share: float | None) -> str:
    """Return a share in [0, 1] as percent with one decimal, `-` where it is not defined."""
    return "-" if share is None else f"{100 * share:.1f}"
