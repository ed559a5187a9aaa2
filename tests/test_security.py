"""What the package never does with data, models or settings that others wrote; the tree is searched for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDERS = ("cscl_data", "examples", "benchmarks")
FORBIDDEN_CALLS = {
    "eval": "runs text as code",
    "exec": "runs text as code",
    "compile": "turns text into code",
    "os.system": "runs a shell",
    "os.popen": "runs a shell",
    "pickle.load": "runs what the file says",
    "pickle.loads": "runs what the file says",
    "marshal.loads": "runs what the file says",
    "yaml.load": "builds any object; safe_load does not",
    "yaml.unsafe_load": "builds any object",
    "yaml.full_load": "builds objects",
    "tempfile.mktemp": "leaves a gap in which another file can take the name",
}
AUTO_CLASS = re.compile(r"Auto\w+\.from_pretrained")
FORBIDDEN_IMPORTS = ("pickle", "dill", "joblib", "shelve", "marshal")


def files() -> Iterator[Path]:
    """Yield every Python file that users run."""
    for folder in FOLDERS:
        yield from sorted((REPOSITORY / folder).rglob("*.py"))


def faults(tree: ast.AST) -> list[str]:
    """Return what a file does that it must not."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            found += [f"imports {name}" for name in names if name.split(".")[0] in FORBIDDEN_IMPORTS]
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        options = {option.arg: ast.unparse(option.value) for option in node.keywords if option.arg}
        if name in FORBIDDEN_CALLS:
            found.append(f"calls {name}, which {FORBIDDEN_CALLS[name]}")
        if name == "torch.load" and options.get("weights_only") != "True":
            found.append("calls torch.load without weights_only=True")
        if options.get("shell") == "True":
            found.append(f"calls {name} with {options}")
        if options.get("trust_remote_code", "False") not in ("False", "trusted"):
            found.append(f"calls {name} with {options}, not with what code_of() gives")
        if AUTO_CLASS.fullmatch(name) and "trust_remote_code" not in options:
            found.append(f"calls {name} without trust_remote_code, and transformers would ask on a terminal")
        if options.get("allow_pickle") == "True":
            found.append(f"calls {name} with allow_pickle=True")
    return found


def trusted_by(tree: ast.AST) -> list[str]:
    """Return what gives a file its `trusted`: the name comes from nowhere but `with code_of(...) as trusted`."""
    given = [
        ast.unparse(item.context_expr)
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        for item in node.items
        if item.optional_vars is not None and ast.unparse(item.optional_vars) == "trusted"
    ]
    stores = [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "trusted" and isinstance(node.ctx, ast.Store)
    ]
    return given if len(given) == len(stores) else [*given, "an assignment"]


@pytest.mark.parametrize("path", [*files()], ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_file_runs_nothing_that_data_or_models_say(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert faults(tree) == []
    if "trust_remote_code=trusted" in path.read_text(encoding="utf-8"):
        assert all(given.startswith("code_of(") for given in trusted_by(tree))


@pytest.mark.parametrize(
    "line",
    [
        "eval(x)",
        "import pickle",
        "from joblib import load",
        "yaml.load(f)",
        "torch.load(f)",
        "torch.load(f, weights_only=False)",
        "M.from_pretrained(p, trust_remote_code=True)",
        "AutoModel.from_pretrained(p)",
        "subprocess.run(c, shell=True)",
        "np.load(f, allow_pickle=True)",
    ],
)
def test_search_finds_what_it_searches_for(line: str) -> None:
    assert faults(ast.parse(line))
    assert not faults(ast.parse("re.compile(x); torch.load(f, weights_only=True); yaml.safe_load(f); model.eval()"))
    assert not faults(ast.parse("AutoModel.from_pretrained(p, trust_remote_code=trusted)"))


def test_trust_comes_from_the_flag_alone() -> None:
    assert trusted_by(ast.parse("with a(), code_of(n) as trusted: pass")) == ["code_of(n)"]
    assert trusted_by(ast.parse("trusted = True")) == ["an assignment"]
