"""Plots as inline SVG whose colours are the page's own, so that they follow its light and dark dress."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from cscl_data.pipelines.inspection.shown import visible

if TYPE_CHECKING:
    from cscl_data.pipelines.inspect import Inspection
    from cscl_data.pipelines.inspection.comparisons import Comparison

INK, FAINT, ACCENT = "#010203", "#040506", "#070809"
"""Stand-ins for the page's own colours."""
_VARIABLES = {INK: "var(--ink)", FAINT: "var(--line)", ACCENT: "var(--accent)"}
_POSITIONS = "Switches by place in the text, % of its length"
_ID = re.compile(r'(?<=\bid=")|(?<=url\(#)|(?<=href="#)')


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
    if statistics.get("curve"):
        names = [str(stage["name"]) for stage in statistics["stages"]]
        made.append(("Loss by tokens trained on", partial(_curve, curve=statistics["curve"], names=names), True))
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


def _curve(axes: Any, curve: Sequence[Sequence[float]], names: Sequence[str]) -> None:
    axes.plot([point[0] for point in curve], [point[1] for point in curve], color=ACCENT, linewidth=1.3)
    for index, name in enumerate(names):
        tokens = [point[0] for point in curve if point[2] == index]
        if not tokens:
            continue
        if index:
            axes.axvline(tokens[0], color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        place = {"xy": (tokens[0], 1), "xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        axes.annotate(visible(name), xytext=(4, -11), color=INK, fontsize=9, parse_math=False, **place)
    axes.set_ylabel("loss, nats a token", color=INK)
    axes.margins(x=0.01)


def draw_svg(
    draw: Callable[[Any], None], prefix: str, *, width: float, height: float = 2.5, numbered: bool = True
) -> str:
    """Return an `<svg>` element of one pair of axes, in the page's colours.

    Args:
        draw: draws on the axes, in `INK`, `FAINT` and `ACCENT`.
        prefix: put before every element id, so that several drawings can stand on one page.
        width: inches.
        height: inches.
        numbered: whether the horizontal axis is one of numbers.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    settings = {"svg.hashsalt": prefix, "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}
    with mpl.rc_context(settings):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        draw(axes)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(FAINT)
        axes.tick_params(colors=INK, color=FAINT, labelsize=8)
        axes.grid(axis="y", color=FAINT, linewidth=0.6)
        axes.set_axisbelow(True)
        if numbered:
            axes.xaxis.set_major_formatter(_plain_number)
        axes.yaxis.set_major_formatter(_plain_number)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _themed(buffer.getvalue(), prefix)


def _plain_number(value: float, _: float) -> str:
    return f"{value:,.10g}"


def _themed(svg: str, prefix: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, count=1, flags=re.DOTALL)
    svg = _ID.sub(prefix, svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    return svg
