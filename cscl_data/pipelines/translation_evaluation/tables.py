"""The scores of `evaluate translation` as tables, for a terminal and for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cscl_data.pipelines.alignment_evaluation.tables import Table, percent

if TYPE_CHECKING:
    from cscl_data.pipelines.evaluate_translation import TranslationReport

ALL = "all fields"
"""What all fields together are called."""
_COVERAGE = ("records", "translated", "rejected", "not there", "strict", "lenient", "accepted")


def translation_tables(report: TranslationReport) -> list[Table]:
    """Return the tables: records and first tries, scores in all, on the records that all have, and by field.

    Where nothing was scored, the first one stands alone.

    Shares of first tries are in percent of those made; chrF and BLEU run from 0 to 100; all with one decimal.
    """
    tables = [_coverage(report)]
    if not all(part.scores for part in report.hypotheses):
        return tables
    tables.append(_scores(report, ALL, ALL, common=False))
    if len(report.hypotheses) > 1 and any(part.common is not part.scores for part in report.hypotheses):
        title = f"all fields, the {report.common_records:,} records that all of them have"
        tables.append(_scores(report, ALL, title, common=True))
    names = dict.fromkeys(name for part in report.hypotheses for name in part.scores if name != ALL)
    return [*tables, *(_scores(report, name, name, common=False) for name in names)]


def signature_lines(report: TranslationReport) -> list[str]:
    """Return sacrebleu's signatures, each once."""
    return list(
        dict.fromkeys(
            f"{metric} {signature}" for part in report.hypotheses for metric, signature in part.signatures.items()
        )
    )


def decimal(score: float | None) -> str:
    """Return a score with one decimal, `-` where there is none."""
    return "-" if score is None else f"{score:.1f}"


def _coverage(report: TranslationReport) -> Table:
    lines = []
    for part in report.hypotheses:
        cover, tries = part.coverage, part.reversibility
        counts = (cover.records, cover.compared, sum(cover.rejected.values()), cover.absent)
        tried = tries["tried"]
        shares = [percent(tries[key] / tried if tried else None) for key in ("strict", "lenient", "accepted")]
        lines.append((part.name, *(f"{count:,}" for count in counts), *shares))
    return Table("records, and first tries that came apart, %", _COVERAGE, tuple(lines))


def _scores(report: TranslationReport, field: str, title: str, *, common: bool) -> Table:
    lines = []
    for part in report.hypotheses:
        score = (part.common if common else part.scores)[field]
        lines.append((part.name, f"{score.texts:,}", decimal(score.chrf), decimal(score.bleu)))
    return Table(title, ("texts", "chrF", "BLEU"), tuple(lines))
