"""One floor imports only what is below it; folders on one floor do not import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "cscl_data"
_GROUND = {"records", "errors"}
_BELOW = {"text", "io", *_GROUND}
_MIDDLE = {"aligners", "generators", "translators", "embeddings", "train", "evaluation", "engine"}

MAY_IMPORT: dict[str, set[str]] = {
    "cli": {"pipelines", *_MIDDLE, *_BELOW, "assets"},
    "pipelines": {*_MIDDLE, *_BELOW, "assets"},
    "aligners": {*_BELOW, "assets"},
    "generators": {*_BELOW, "assets"},
    "translators": {*_BELOW, "assets"},
    "embeddings": {*_BELOW, "assets"},
    "evaluation": {*_BELOW, "assets"},
    "train": {"io", *_GROUND},
    "engine": {"errors"},
    "text": {*_GROUND, "assets"},
    "io": _GROUND,
    "records": {"errors"},
    "errors": set(),
    "assets": set(),
    "__main__": {"cli"},
    "__init__": set(),
}
"""By folder (or module at the top): which others it may import. Inside a folder imports are free."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and part for `import cscl_data.a.b`, `from cscl_data.a import c`, `from cscl_data import a`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "cscl_data" and len(parts) > 1 and parts[1] != "__version__":
                yield node.lineno, parts[1]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_imports_only_what_is_below_it(path: Path) -> None:
    part = part_of(path)
    assert part in MAY_IMPORT, f"{part} has no place in MAY_IMPORT"
    allowed = MAY_IMPORT[part] | {part}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = [
        f"{path.relative_to(PACKAGE.parent)}:{line}: {name}" for line, name in imported(tree) if name not in allowed
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_imports_nothing_relatively(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]


@pytest.mark.parametrize(
    "statement",
    [
        "import cscl_data.cli.app",
        "import cscl_data.cli.app as app, os",
        "from cscl_data.cli.app import app",
        "from cscl_data.cli import app",
        "from cscl_data import cli",
        "def later():\n    from cscl_data.cli import app",
        "if True:\n    import cscl_data.cli",
    ],
)
def test_every_way_to_import_is_seen(statement: str) -> None:
    assert [name for _, name in imported(ast.parse(statement))] == ["cli"]


def test_floors_are_a_house_without_stairs_up() -> None:
    """No two parts may import each other, not even by way of others."""
    above: dict[str, set[str]] = {}

    def below(part: str, seen: tuple[str, ...]) -> set[str]:
        assert part not in seen, " > ".join([*seen, part])
        if part not in above:
            above[part] = {part}.union(*(below(name, (*seen, part)) for name in MAY_IMPORT[part]))
        return above[part]

    for part in MAY_IMPORT:
        below(part, ())
