"""Plots as inline SVG whose colours are the page's own, so that they follow its light and dark dress."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

INK, FAINT, ACCENT = "#010203", "#040506", "#070809"
"""Stand-ins for the page's own colours."""
LANGUAGES = ("#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04", "#0a0b05", "#0a0b06")
"""Stand-ins for the colours that the page gives to languages, for lines with a name."""
_VARIABLES = {INK: "var(--ink)", FAINT: "var(--line)", ACCENT: "var(--accent)"}
_VARIABLES |= {colour: f"var(--c{number})" for number, colour in enumerate(LANGUAGES)}
_ID = re.compile(r'(?<=\bid=")|(?<=url\(#)|(?<=href="#)')


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
