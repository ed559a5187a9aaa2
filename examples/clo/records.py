"""Instruction records in two languages from tldr pages, one a page, and which of them are trained on.

A page is a JSON line with `title`, and `desc`, a list of `{"en": ..., "xx": ...}`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

QUESTIONS = Path(__file__).with_name("questions.yaml")


class Parts(NamedTuple):
    """Disjoint records: for the English start, to draw the samples from, and to measure on."""

    start: list[dict[str, str]]
    pool: list[dict[str, str]]
    test: list[dict[str, str]]


def records_of(pages: Iterable[Mapping[str, Any]], lang: str, longest: int) -> list[dict[str, str]]:
    """Return records of pages that are described in both languages, in at most so many characters.

    The question is drawn by the page's number, the same one in both languages.
    """
    questions = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    if lang not in questions[0]:
        raise SystemExit(f"clo.py: no questions in {lang}; add them to {QUESTIONS.name}")
    found: dict[str, dict[str, str]] = {}
    for page in pages:
        sides = [" ".join(line[side] for line in page["desc"] if line[side]) for side in ("en", "xx")]
        if not all(sides) or max(map(len, sides)) > longest or page["page"] in found:
            continue
        question = questions[len(found) % len(questions)]
        found[page["page"]] = {
            "id": page["page"],
            "prompt": question["en"].replace("{}", page["title"]),
            "response": sides[0],
            "prompt_xx": question[lang].replace("{}", page["title"]),
            "response_xx": sides[1],
        }
    return list(found.values())


def parted(records: Sequence[dict[str, str]], most_samples: int, n_test: int) -> Parts:
    """Shuffle records once and cut them into parts; the start gets what the others leave."""
    mixed = list(records)
    random.Random(0).shuffle(mixed)
    n_pool = min(most_samples, len(mixed) - n_test)
    test, pool, start = mixed[:n_test], mixed[n_test : n_test + n_pool], mixed[n_test + n_pool :]
    if n_pool < most_samples or len(start) < n_test:
        raise SystemExit(f"clo.py: {len(mixed)} records, and {most_samples} samples were asked for; take fewer")
    return Parts(start, pool, test)


def sampled(pool: Sequence[dict[str, str]], n: int, seed: int) -> list[dict[str, str]]:
    """Draw n records; fewer of them are the first of more."""
    return random.Random(seed).sample(list(pool), len(pool))[:n]


def read_pages(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_lines(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Write JSON lines; a file that holds the same stays as it is."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return path
