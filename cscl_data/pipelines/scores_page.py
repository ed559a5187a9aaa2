"""Scores as one self-contained HTML page: tables, plots and notes; no script, no network, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from cscl_data.pipelines.alignment_evaluation.tables import Table
from cscl_data.pipelines.inspection.plots import Plot
from cscl_data.pipelines.inspection.shown import visible


def render_scores_page(
    title: str, command: str, tables: Sequence[Table], plots: Sequence[Plot], notes: Sequence[str]
) -> str:
    """Return the page; every text on it is escaped, and controls and direction marks are spelt out.

    Args:
        title: of the page.
        command: what made it, as in `evaluate translation`.
        tables: the scores.
        plots: drawn below them.
        notes: lines at the end.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["visible"] = _visible
    source = files("cscl_data.assets").joinpath("scores.html.j2").read_text(encoding="utf-8")
    text: str = environment.from_string(source).render(
        title=title, command=command, tables=tables, plots=plots, notes=notes
    )
    return text


def _visible(text: Any) -> str:
    return visible(str(text))
