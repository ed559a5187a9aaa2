"""How much of a row stands in which language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from cscl_data.records.rows import NO_LANGUAGE

Row = Mapping[str, Any]


def characters_by_language(schema: str, row: Row) -> Counter[str]:
    """Count the characters of a row in each language; in mixed text, what has none is left out.

    Raises:
        KeyError: the schema is none of those of the three phases (a bug).
    """
    return _COUNTERS[schema](row)


def _of_spans(column: str) -> Callable[[Row], Counter[str]]:
    def count(row: Row) -> Counter[str]:
        found: Counter[str] = Counter()
        for span in row[column]:
            if span["lang"] != NO_LANGUAGE:
                found[span["lang"]] += span["end"] - span["start"]
        return found

    return count


_COUNTERS: dict[str, Callable[[Row], Counter[str]]] = {
    "token_cs/1": _of_spans("tokens"),
    "sentence_cs/1": _of_spans("segments"),
    "mono/1": lambda row: Counter({row["lang"]: len(row["text"])}),
}
