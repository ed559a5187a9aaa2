"""The trainer stays thin."""

from __future__ import annotations

import ast

import pytest

LIMITS = {"data.py": 200, "checkpoint.py": 100}


def files(repository):
    return sorted((repository / "cscl_data" / "train").rglob("*.py"))


def depth(node: ast.AST) -> int:
    nested = (ast.For, ast.While, ast.If, ast.With, ast.Try)
    return max((depth(child) + isinstance(child, nested) for child in ast.iter_child_nodes(node)), default=0)


def test_files_of_the_trainer_stay_short(repository):
    for path in files(repository):
        limit = 150 if path.parent.name == "objectives" else LIMITS.get(path.name, 250)
        assert len(path.read_text(encoding="utf-8").splitlines()) <= limit, path


def test_the_loop_is_short_and_flat(repository):
    tree = ast.parse((repository / "cscl_data" / "train" / "loop.py").read_text(encoding="utf-8"))
    loop = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "train_stage")
    assert loop.end_lineno - loop.lineno < 60
    assert depth(loop) <= 3


@pytest.mark.parametrize("name", ["open", "write_text", "echo", "info", "warning", "save"])
def test_train_step_does_no_input_or_output(repository, name):
    tree = ast.parse((repository / "cscl_data" / "train" / "step.py").read_text(encoding="utf-8"))
    called = {getattr(n.func, "id", getattr(n.func, "attr", "")) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert name not in called
