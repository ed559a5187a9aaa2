"""One self-contained HTML page about any number of directories: no script, no network, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cscl_data.pipelines.inspection.comparison_tables import comparison_notes, comparison_tables
from cscl_data.pipelines.inspection.plots import comparison_plots, plots
from cscl_data.pipelines.inspection.shown import visible
from cscl_data.pipelines.inspection.tables import tables

if TYPE_CHECKING:
    from cscl_data.pipelines.inspect import Inspection

COLOURS = 6
"""Languages that get a colour of their own; a further one takes the first colour again."""

_HEADINGS = {
    "token_cs/1": "Token-level code-switching",
    "sentence_cs/1": "Sentence-level code-switching",
    "mono/1": "Monolingual text",
    "alignment/1": "Word alignment",
    "sft/1": "Instructions",
    "preferences/1": "Preferences",
    "preferences_chat/1": "Preferences",
    "bundle/1": "Translated records",
    "train": "Training run",
    "tagged": "Tagged text",
}


def render_page(title: str, inspections: Sequence[Inspection], *, headings: Sequence[str] | None = None) -> str:
    """Return a page that shows what was found in some directories, with a table of contents if there are several.

    Args:
        title: of the page.
        inspections: what to show, in this order.
        headings: a heading for each of them; by default what its kind is called.

    Raises:
        ValueError: there are not as many headings as inspections.
    """
    import jinja2

    names = list(headings) if headings is not None else [_HEADINGS[inspection.kind] for inspection in inspections]
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["visible"] = _visible
    template = environment.from_string(files("cscl_data.assets").joinpath("report.html.j2").read_text(encoding="utf-8"))
    languages = sorted({lang for inspection in inspections for lang in _languages(inspection)})
    text: str = template.render(
        title=title,
        colours={lang: number % COLOURS for number, lang in enumerate(languages)},
        sections=[
            _section(inspection, name, f"s{number}")
            for number, (inspection, name) in enumerate(zip(inspections, names, strict=True), start=1)
        ],
    )
    return text


def _section(inspection: Inspection, heading: str, anchor: str) -> Mapping[str, Any]:
    return {
        "anchor": anchor,
        "heading": heading,
        "inspection": inspection,
        "tables": tables(inspection),
        "plots": plots(inspection, anchor),
        "comparisons": [
            {
                "tables": comparison_tables(comparison),
                "notes": notes,
                "plots": comparison_plots(comparison, f"{anchor}-c{number}"),
            }
            for number, (comparison, notes) in enumerate(
                zip(inspection.comparisons, comparison_notes(inspection.comparisons), strict=True)
            )
        ],
        "languages": sorted(_languages(inspection)),
        "with_source": any(field.source is not None for row in inspection.rows for field in row.fields),
        "with_reference": any(field.reference is not None for row in inspection.rows for field in row.fields),
        "source_lang": _setting(inspection, "src_lang"),
        "target_lang": _setting(inspection, "tgt_lang"),
    }


def _languages(inspection: Inspection) -> Iterable[str]:
    pieces = (piece for row in inspection.rows for line in row.lines for piece in line.pieces)
    return {piece.lang for piece in pieces if piece.marked and piece.lang}


def _setting(inspection: Inspection, name: str) -> str:
    return str((inspection.manifest.get("settings") or {}).get(name) or "")


def _visible(text: Any) -> str:
    return visible(str(text), keep_breaks=True)
