"""Translations side by side as bars: how often first tries came apart, and how near they are to the references."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from cscl_data.evaluation.translation import TranslationScore
from cscl_data.pipelines.inspection.drawing import ACCENT, FAINT, INK, draw_svg
from cscl_data.pipelines.inspection.plots import Plot
from cscl_data.pipelines.inspection.shown import visible
from cscl_data.pipelines.translation_evaluation.tables import ALL

if TYPE_CHECKING:
    from cscl_data.pipelines.evaluate_translation import TranslationReport

_Series = tuple[str, Sequence[float | None]]


def translation_plots(report: TranslationReport) -> list[Plot]:
    """Return the plots that there is something to show for; scores are those on the records that all have."""
    names = [part.name for part in report.hypotheses]
    tries = [part.reversibility for part in report.hypotheses]
    shares: list[_Series] = [
        (key, [100 * row[key] / row["tried"] if row["tried"] else None for row in tries])
        for key in ("strict", "lenient", "accepted")
    ]
    totals = [part.common.get(ALL, TranslationScore(0)) for part in report.hypotheses]
    scores: list[_Series] = [("chrF", [score.chrf for score in totals]), ("BLEU", [score.bleu for score in totals])]
    made = (
        ("First tries that came apart, % of those made", shares),
        ("chrF and BLEU on the records that all have", scores),
    )
    return [
        Plot(caption, _drawn(names, series, f"t{number}-"), True)
        for number, (caption, series) in enumerate(made)
        if any(value is not None for _, values in series for value in values)
    ]


def _drawn(names: Sequence[str], series: Sequence[_Series], prefix: str) -> str:
    draw = partial(_groups, names=names, series=series)
    return draw_svg(draw, prefix, width=9.6, height=3.0, numbered=False)


def _groups(axes: Any, names: Sequence[str], series: Sequence[_Series]) -> None:
    """Draw a group of bars for every name; a series without any value is left out, a missing value is a gap."""
    there = [(label, values) for label, values in series if any(value is not None for value in values)]
    width = 0.8 / len(there)
    looks = ({"color": ACCENT}, {"color": INK}, {"color": FAINT})
    for number, (label, values) in enumerate(there):
        places = [place - 0.4 + (number + 0.5) * width for place in range(len(names))]
        axes.bar(
            places, [value or 0.0 for value in values], width=0.9 * width, label=label, **looks[number % len(looks)]
        )
        for place, value in zip(places, values, strict=True):
            shown = "–" if value is None else f"{value:.1f}"
            axes.annotate(
                shown,
                (place, value or 0.0),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=7,
                color=INK,
            )
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, labelcolor=INK, fontsize=8)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_xticks(range(len(names)), [visible(name) for name in names])
    for tick in axes.get_xticklabels():
        tick.set_parse_math(False)
