"""Code spans that stand verbatim on both sides: are they linked to each other?"""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import islice
from pathlib import Path

from benchmarks.data import GoldText, pool_rows, write_pool
from benchmarks.systems import cscl
from cscl_data.io.dataset import iter_dataset
from cscl_data.records import Alignment, Span

CODE = re.compile(r"(?::[a-z][a-z0-9:+-]*:)?(?:``[^`\n]+``|`[^`\n]+`)")
EVERY = 10
"""Every tenth row is looked at."""


def linked_spans(text: GoldText, work: Path) -> tuple[int, int]:
    """Align rows of the Python documentation, fitted on the whole bitext, and count code spans.

    Returns:
        Spans that are linked to a span of the same text, and all spans that have one on the other side.
    """
    rows = [row for row in pool_rows(text.pool) if row.source.startswith("python")][::EVERY] if text.pool else []
    if not rows:
        raise ValueError("no rows of the Python documentation in the bitext")
    pairs = work / "code.jsonl"
    with pairs.open("w", encoding="utf-8", newline="\n") as out:
        for number, row in enumerate(rows):
            out.write(json.dumps({"id": str(number), "src": row.english, "tgt": row.other}, ensure_ascii=False) + "\n")
    languages = ("--src-lang", text.src_lang, "--tgt-lang", text.tgt_lang, "--src-column", "src", "--tgt-column", "tgt")
    pool = write_pool(text, work / f"{text.gold.name}.pool.tsv")
    cscl("align", pairs, *languages, "--fit-on", pool, "--out", work / "code")
    linked = total = 0
    alignments = islice(iter_dataset(work / "code"), len(rows))
    for row, made in zip(rows, alignments, strict=True):
        found, there = count_row(Alignment.from_row(made), row.english, row.other)
        linked, total = linked + found, total + there
    return linked, total


def count_row(alignment: Alignment, src_text: str, tgt_text: str) -> tuple[int, int]:
    """Count the code spans of one pair that stand on both sides; where one stands more often here, the surplus is free.

    Returns:
        How many of them have a link between their tokens and those of such a span on the other side, and how many
        there are.
    """
    src_spans, tgt_spans = _spans(src_text), _spans(tgt_text)
    linked: Counter[str] = Counter()
    for name, places in src_spans.items():
        targets = tgt_spans.get(name, [])
        linked[name] = sum(any(_touch(alignment, src, tgt) for tgt in targets) for src in places)
    expected = {name: min(len(places), len(tgt_spans.get(name, []))) for name, places in src_spans.items()}
    return sum(min(linked[name], count) for name, count in expected.items()), sum(expected.values())


def _touch(alignment: Alignment, src: Span, tgt: Span) -> bool:
    return any(
        _overlap(alignment.src_tokens[link.src], src) and _overlap(alignment.tgt_tokens[link.tgt], tgt)
        for link in alignment.links
    )


def _overlap(token: Span, span: Span) -> bool:
    return token.start < span.end and span.start < token.end


def _spans(text: str) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for match in CODE.finditer(text):
        found.setdefault(match[0], []).append(Span(*match.span()))
    return found
