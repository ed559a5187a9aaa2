"""Retrieval by layer, and the loss by language, of models side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from cscl_data.evaluation.retrieval import LayerScore
from cscl_data.evaluation.spread import Spread, spread
from cscl_data.pipelines.inspection.drawing import ACCENT, FAINT, INK, draw_svg
from cscl_data.pipelines.inspection.plots import Plot
from cscl_data.pipelines.inspection.shown import visible
from cscl_data.pipelines.model_evaluation.measured import BITS, GroupReport, ModelReport

_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
_MOST_LEVEL = 6
"""Names along an axis that have room beside each other."""
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def model_plots(report: ModelReport) -> list[Plot]:
    """Return the plots that there is something to show for."""
    made: list[tuple[str, Callable[[Any], None], bool]] = []
    layered = [group for group in report.groups if all(model.layers for model in group.models)]
    if layered:
        for name, score in (("P@1 by CSLS", _csls), ("MEXA", _mexa)):
            caption = f"{name} by layer, %: mean over the models of a line, bars one standard deviation"
            made.append((caption, partial(_by_layer, groups=layered, score=score), True))
    columns = list(dict.fromkeys(col for group in report.groups for title, col in group.spreads() if title == BITS))
    if columns:
        made.append((f"{BITS}: mean, bars one standard deviation", partial(_by_group, report.groups, columns), False))
    return [
        Plot(caption, draw_svg(draw, f"m{number}-", width=9.6, height=3.4, numbered=numbered), True)
        for number, (caption, draw, numbered) in enumerate(made)
    ]


def _csls(layer: LayerScore) -> float:
    return 100 * layer.mean_csls


def _mexa(layer: LayerScore) -> float:
    return 100 * layer.mexa


def _by_layer(axes: Any, groups: Sequence[GroupReport], score: Callable[[LayerScore], float]) -> None:
    """Draw a line a group, somewhat aside of each other; layers that not all models of a line have are left out."""
    for number, group in enumerate(groups):
        points = [spread(map(score, layer)) for layer in zip(*(model.layers for model in group.models), strict=False)]
        aside = 0.04 * (number - (len(groups) - 1) / 2)
        _line(axes, number, group.name, [layer + aside for layer in range(len(points))], points)
    axes.set_xlabel("layer (0: embeddings)", color=INK)
    axes.xaxis.get_major_locator().set_params(integer=True)
    _legend(axes)


def _by_group(groups: Sequence[GroupReport], columns: Sequence[str], axes: Any) -> None:
    for number, column in enumerate(columns):
        found = [(n, group.spreads().get((BITS, column))) for n, group in enumerate(groups)]
        there = [(n + 0.12 * (number - (len(columns) - 1) / 2), value) for n, value in found if value is not None]
        _line(axes, number, column, [x for x, _ in there], [value for _, value in there], joined=False)
    axes.set_xlim(-0.5, len(groups) - 0.5)
    axes.set_xticks(range(len(groups)), [visible(group.name) for group in groups])
    for tick in axes.get_xticklabels():
        tick.set_parse_math(False)
        tick.set_rotation(20 if len(groups) > _MOST_LEVEL else 0)
    _legend(axes)


def _line(
    axes: Any, number: int, name: str, places: Sequence[float], values: Sequence[Spread], *, joined: bool = True
) -> None:
    colour = (ACCENT, INK)[number % 2]
    axes.errorbar(
        places,
        [value.mean for value in values],
        yerr=[value.sd or 0.0 for value in values],
        label=visible(name),
        color=colour,
        ecolor=colour,
        elinewidth=0.8,
        linewidth=1.2,
        linestyle=_DASHES[number // 2 % len(_DASHES)] if joined else "none",
        marker=_MARKERS[number % len(_MARKERS)],
        markersize=4,
        markerfacecolor=colour if number < len(_MARKERS) else FAINT,
        capsize=2,
    )


def _legend(axes: Any) -> None:
    legend = axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, labelcolor=INK, fontsize=8)
    for text in legend.get_texts():
        text.set_parse_math(False)
