"""Scores and alignment matrices as one self-contained HTML page: no script, no network, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cscl_data.pipelines.alignment_evaluation.picture import MARKS
from cscl_data.pipelines.alignment_evaluation.tables import Table
from cscl_data.pipelines.inspection.shown import visible

if TYPE_CHECKING:
    from cscl_data.pipelines.evaluate_alignment import AlignmentReport


def render_alignment_page(title: str, report: AlignmentReport, tables: Sequence[Table]) -> str:
    """Return the page; every text on it is escaped, and controls and direction marks are spelt out.

    Args:
        title: of the page.
        report: its pictures and notes are shown.
        tables: the scores as tables.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["visible"] = _visible
    source = files("cscl_data.assets").joinpath("alignment.html.j2").read_text(encoding="utf-8")
    text: str = environment.from_string(source).render(
        title=title, tables=tables, notes=report.notes, pictures=report.pictures, marks=MARKS
    )
    return text


def _visible(text: Any) -> str:
    return visible(str(text))
