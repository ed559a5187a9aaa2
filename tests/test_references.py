"""What a docstring calls its source can be looked up, and the list of references holds nothing that nobody cites."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIB = ROOT / "docs" / "references.bib"
KEY = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)*-\d{4}(?:-[a-z0-9]+)*\b")
NAMED = ("rfc5646", "cs-metrics")
"""Keys without a year."""


def sources(text: str) -> list[str]:
    """Return the `Source:` paragraphs of a file: the rest of the line, and the lines that are indented below it."""
    found: list[str] = []
    lines = text.splitlines()
    for i, line in enumerate(lines):
        head = re.match(r"^(\s*#?\s*).*?\bSource:(.*)$", line)
        if head is None or "class " in line or "->" in line:
            continue
        paragraph = [head[2]]
        for below in lines[i + 1 :]:
            if not below.strip() or below.strip().startswith('"""') or len(below) - len(below.lstrip()) < len(head[1]):
                break
            paragraph.append(below)
        found.append(" ".join(paragraph))
    return found


@cache
def cited() -> dict[str, list[str]]:
    """Return every key cited in the package, with the files that cite it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "cscl_data").rglob("*.py")):
        for paragraph in sources(path.read_text(encoding="utf-8")):
            for key in {*KEY.findall(paragraph), *(name for name in NAMED if name in paragraph)}:
                found.setdefault(key, []).append(str(path.relative_to(ROOT)))
    return found


def entries() -> dict[str, str]:
    """Return the entries of the bibliography by key."""
    parts = re.split(r"^@\w+\{", BIB.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part.partition(",")[0]: part.partition(",")[2] for part in parts}


def test_every_source_is_in_the_bibliography() -> None:
    known = entries()
    assert {key: files for key, files in cited().items() if key not in known} == {}


def test_bibliography_holds_only_what_is_cited() -> None:
    methods = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    assert sorted(key for key in entries() if key not in cited() and f"[{key}]" not in methods) == []


def test_methods_page_cites_known_keys() -> None:
    methods = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\[([a-z0-9-]+)\](?!\()", methods)) <= set(entries())


@pytest.mark.parametrize("key", entries())
def test_entry_says_who_what_and_when(key: str) -> None:
    fields = set(re.findall(r"^\s*(\w+)\s*=", entries()[key], flags=re.MULTILINE))
    assert {"author", "title", "year"} <= fields
    assert entries()[key].count("{") == entries()[key].count("}") - 1


def test_sources_are_found_in_every_form() -> None:
    text = (
        '"""X.\n\nSource:\n    a-b-1999, b-2000-word. More\n    c-2001.\n"""\n'
        '# Source: d-2002 (x).\nK = 1\n"""It. Source: e-2003."""\n'
    )
    assert KEY.findall(" ".join(sources(text))) == ["a-b-1999", "b-2000-word", "c-2001", "d-2002", "e-2003"]
