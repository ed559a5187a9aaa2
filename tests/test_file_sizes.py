"""One idea a file: a healthy one has 60 to 250 lines, and none has more than 300."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 300


def sources() -> list[Path]:
    return sorted(path for folder in ("cscl_data", "examples", "benchmarks") for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_short(path: Path) -> None:
    n_lines = len(path.read_text(encoding="utf-8").splitlines())
    assert n_lines <= MOST_LINES, f"{path.relative_to(ROOT)} has {n_lines} lines: it holds more than one idea"


def test_median_file_is_healthy() -> None:
    sizes = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in sources())
    proper = [size for size in sizes if size > 5]
    assert proper[len(proper) // 2] <= 200
