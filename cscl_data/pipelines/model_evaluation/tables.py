"""The figures of `evaluate model` as tables, for a terminal and for a page."""

from __future__ import annotations

from cscl_data.evaluation.spread import Spread
from cscl_data.pipelines.alignment_evaluation.tables import Table
from cscl_data.pipelines.model_evaluation.measured import (
    BITS,
    CONSISTENCY,
    EXTRACTED,
    LANGUAGE,
    NATS,
    REFUSAL,
    RETRIEVAL,
    TASKS,
    ModelReport,
)

_DECIMALS = {BITS: 3, NATS: 3, RETRIEVAL: 1, LANGUAGE: 1, REFUSAL: 1, EXTRACTED: 1, CONSISTENCY: 1, TASKS: 4}


def model_tables(report: ModelReport) -> list[Table]:
    """Return a table for each kind of figure that was measured: a line of models each, mean and spread over seeds."""
    spreads = {group.name: group.spreads() for group in report.groups}
    tables = []
    for title, decimals in _DECIMALS.items():
        columns = tuple(dict.fromkeys(column for found in spreads.values() for key, column in found if key == title))
        if columns:
            lines = tuple(
                (name, *(cell(found.get((title, column)), decimals) for column in columns))
                for name, found in spreads.items()
            )
            tables.append(Table(title, columns, lines))
    return tables


def cell(value: Spread | None, decimals: int) -> str:
    """Return a mean with its spread, `-` where there is none.

    Example:
        >>> cell(Spread(1.25, 0.5, (1.0, 1.5)), 2), cell(Spread(1.25, None, (1.25,)), 1)
        ('1.25 ± 0.50', '1.2')
    """
    if value is None:
        return "-"
    mean = f"{value.mean:,.{decimals}f}"
    return mean if value.sd is None else f"{mean} ± {value.sd:,.{decimals}f}"
