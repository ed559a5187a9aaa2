"""Scores of translations as one self-contained HTML page: tables and a plot; no script, no network, no clock."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cscl_data.io.atomic import write_text
from cscl_data.pipelines.inspection.shown import visible
from cscl_data.pipelines.translation_evaluation.plot import translation_plots
from cscl_data.pipelines.translation_evaluation.tables import signature_lines, translation_tables

if TYPE_CHECKING:
    from cscl_data.pipelines.evaluate_translation import TranslationReport

PAGE = "translation.html"


def write_translation_page(out: Path, report: TranslationReport) -> Path:
    """Write the page to a file that is called `.html`, else into a directory, and return where it is.

    Raises:
        OutputError: it cannot be written.
    """
    path = out if out.suffix == ".html" else out / PAGE
    write_text(path, render_translation_page("cscl-data: translation", report))
    return path


def render_translation_page(title: str, report: TranslationReport) -> str:
    """Return the page; every text on it is escaped, and controls and direction marks are spelt out."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["visible"] = _visible
    source = files("cscl_data.assets").joinpath("translation.html.j2").read_text(encoding="utf-8")
    text: str = environment.from_string(source).render(
        title=title,
        tables=translation_tables(report),
        plots=translation_plots(report),
        signatures=signature_lines(report),
        notes=report.notes,
    )
    return text


def _visible(text: Any) -> str:
    return visible(str(text))
