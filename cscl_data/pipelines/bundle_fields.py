"""The texts of a record by their places, and whether an input has the fields that were named."""

from __future__ import annotations

from itertools import islice

from cscl_data.errors import InputError
from cscl_data.io.recordfile import Record, Records
from cscl_data.pipelines.language_check import SAMPLED_ROWS
from cscl_data.records import Reject
from cscl_data.text.fields import ConcretePath, find

STAGE = "translate_bundle"
_SEARCHED_RECORDS = 1000


def texts_of(record: Record, fields: tuple[str, ...]) -> dict[ConcretePath, str] | Reject:
    """Find the texts of a record by their places.

    Nulls and missing keys are left alone, wherever they stand; any other value that is no text refuses the record, and
    so does having none of the fields.
    """
    found: dict[ConcretePath, str] = {}
    there = False
    for path in fields:
        try:
            values = find(record.values, path, skip_missing=True)
        except InputError as error:
            return Reject(id=record.id, stage=STAGE, reason="missing_field", detail=error.message, source=record.values)
        there = there or bool(values)
        for place, value in values:
            if value is None:
                continue
            if not isinstance(value, str):
                detail = f"field {path}: expected text, found {type(value).__name__}"
                return Reject(id=record.id, stage=STAGE, reason="missing_field", detail=detail, source=record.values)
            found[place] = value
    if not there:
        detail = f"none of the fields {', '.join(fields)}"
        return Reject(id=record.id, stage=STAGE, reason="missing_field", detail=detail, source=record.values)
    return found


def sampled_texts(records: Records, fields: tuple[str, ...]) -> list[str]:
    """Return the texts in the fields of the first records, for a look at their language."""
    found = [texts_of(item, fields) for item in islice(records, SAMPLED_ROWS) if isinstance(item, Record)]
    return [text for texts in found if isinstance(texts, dict) for text in texts.values()]


def require_fields(records: Records, fields: tuple[str, ...]) -> None:
    """Refuse a field that none of the first thousand records has; a record that lacks one is no error.

    Raises:
        InputError: a field is nowhere; the message names the columns that are there.
    """
    wanted = dict.fromkeys(fields, "")
    columns: dict[str, None] = {}
    for number, item in enumerate(records):
        if not wanted or number >= _SEARCHED_RECORDS:
            break
        if isinstance(item, Reject):
            continue
        columns |= dict.fromkeys(item.values)
        for path in list(wanted):
            try:
                there = bool(find(item.values, path, skip_missing=True)) or not find(item.values, path)
            except InputError as error:
                there, wanted[path] = False, error.message
            if there:
                del wanted[path]
    for path, message in wanted.items():
        if message:
            raise InputError(
                f"{records.sources[0].given}: no record has the field {path!r}",
                hint=f"the columns are: {', '.join(columns)}",
            )
