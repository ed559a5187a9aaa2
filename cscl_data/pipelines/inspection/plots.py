"""What is drawn of an inspection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from cscl_data.pipelines.inspection.drawing import ACCENT, INK, draw_svg
from cscl_data.pipelines.inspection.run_plots import run_drawings
from cscl_data.pipelines.inspection.shown import visible

if TYPE_CHECKING:
    from cscl_data.pipelines.inspect import Inspection
    from cscl_data.pipelines.inspection.comparisons import Comparison

_POSITIONS = "Switches by place in the text, % of its length"


class Plot(NamedTuple):
    """A plot: its caption, an `<svg>` element as text, and whether it wants the whole width."""

    caption: str
    svg: str
    wide: bool


def plots(inspection: Inspection, prefix: str) -> list[Plot]:
    """Draw what can be drawn of one inspection.

    Args:
        inspection: what to draw.
        prefix: put before every element id, so that several drawings can stand on one page.
    """
    statistics = inspection.statistics
    histograms = statistics.get("histograms") or {}
    made: list[tuple[str, Callable[[Any], None], bool]] = []
    for key, caption in (("switch_ratio", "Rows by switch ratio"), ("cmi", "Rows by CMI")):
        histogram = histograms.get(key) or {}
        if any(histogram.get("counts", ())):
            made.append((caption, partial(_bars, edges=histogram["edges"], counts=histogram["counts"]), False))
    positions = (statistics.get("switching") or {}).get("positions") or ()
    if any(positions):
        edges = [100 * i / len(positions) for i in range(len(positions) + 1)]
        made.append((_POSITIONS, partial(_bars, edges=edges, counts=positions), False))
    made += run_drawings(statistics)
    return [
        Plot(caption, draw_svg(draw, f"{prefix}-{number}-", width=9.6 if wide else 4.4), wide)
        for number, (caption, draw, wide) in enumerate(made)
    ]


def comparison_plots(comparison: Comparison, prefix: str) -> list[Plot]:
    """Draw the CMI and the SPF of mixed texts: this corpus as bars, the other as a line or as quartile bands.

    Args:
        comparison: what to draw; shares of the texts, so that corpora of different size can be compared.
        prefix: put before every element id, so that several drawings can stand on one page.
    """
    made: list[Plot] = []
    for number, (name, caption) in enumerate((("cmi_mixed", "CMI"), ("spf", "SPF"))):
        histogram = comparison.histograms[name]
        if not any(histogram["this"]):
            continue
        if comparison.corpora:
            what = "quartiles and median" if name == "cmi_mixed" else "mean"
            text = f"{caption} of mixed texts, share of the texts: bars; above, {what} of natural corpora"
            draw = partial(_beside_natural, histogram=histogram, corpora=comparison.corpora, name=name)
        else:
            text = f"{caption} of mixed texts, share of the texts: bars this, line {comparison.path}"
            draw = partial(_overlay, histogram=histogram)
        made.append(Plot(text, draw_svg(draw, f"{prefix}-{number}-", width=9.6, height=3.0), True))
    return made


def _overlay(axes: Any, histogram: Mapping[str, Sequence[float]]) -> None:
    _bars(axes, histogram["edges"], _shares(histogram["this"]))
    axes.stairs(_shares(histogram["other"]), histogram["edges"], color=INK, linewidth=1.3)


def _beside_natural(
    axes: Any, histogram: Mapping[str, Sequence[float]], corpora: Sequence[Mapping[str, Any]], name: str
) -> None:
    heights = _shares(histogram["this"])
    _bars(axes, histogram["edges"], heights)
    top = max(heights)
    axes.set_yticks([tick for tick in axes.get_yticks() if tick <= top])
    axes.set_ylim(0, 2.1 * top)
    for number, corpus in enumerate(corpora):
        y = top * (2.0 - 0.14 * number)
        right = corpus["spf_mean"]
        if name == "cmi_mixed":
            right = corpus["cmi_quartile_3"]
            axes.plot([corpus["cmi_quartile_1"], right], [y, y], color=INK, linewidth=1.2)
            axes.plot([corpus["cmi_median"]], [y], color=INK, marker="o", markersize=3)
        else:
            axes.plot([right], [y], color=INK, marker="o", markersize=3)
        place = {"xytext": (6, -2.5), "textcoords": "offset points", "fontsize": 7, "color": INK}
        axes.annotate(visible(corpus["name"]), (right, y), **place)


def _shares(counts: Sequence[float]) -> list[float]:
    total = sum(counts)
    return [count / total if total else 0.0 for count in counts]


def _bars(axes: Any, edges: Sequence[float], counts: Sequence[float]) -> None:
    widths = [right - left for left, right in pairwise(edges)]
    axes.bar(edges[:-1], counts, width=[0.9 * width for width in widths], align="edge", color=ACCENT)
    axes.set_xlim(edges[0], edges[-1])
