"""eflomal's program for tests: the real one where it is installed, and a script that stands in for it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

_SCRIPT = '''#!{python}
"""Takes eflomal's options and its form of file, and links the words of each pair one by one.

It counts the target words from the left in odd runs and from the right in even ones. `calls` beside it gets the number
of pairs of each run, `input.N` what run N was given.
"""
import argparse, pathlib, sys, time

parser = argparse.ArgumentParser()
parser.add_argument("--overwrite", action="store_true")
parser.add_argument("-m", type=int)
for name in ("-i", "-f", "-r"):
    parser.add_argument(name, type=pathlib.Path)
options = parser.parse_args()
here = pathlib.Path(__file__).parent
pairs = [line.strip().split(" ||| ") for line in options.i.read_text(encoding="utf-8").split("\\n")[:-1]]
if not options.overwrite or options.m != 3 or any(len(pair) != 2 for pair in pairs):
    sys.exit("stand-in: not what eflomal is called with")
calls = here / "calls"
with calls.open("a") as out:
    out.write(f"{{len(pairs)}}\\n")
run = calls.read_text().count("\\n")
(here / f"input.{{run}}").write_bytes(options.i.read_bytes())


def links(pair):
    sizes = [len(side.split()) for side in pair]
    if max(sizes) >= 1024:
        return ""
    n = min(sizes)
    return " ".join(f"{{i}}-{{i if run % 2 else n - 1 - i}}" for i in range(n))


lines = [links(pair) for pair in pairs]
{then}
for path in (options.f, options.r):
    path.write_text("".join(line + "\\n" for line in lines))
'''


def real_eflomal() -> str | None:
    """Return eflomal's program: what `CSCL_EFLOMAL` names, or the one on PATH."""
    return os.environ.get("CSCL_EFLOMAL") or shutil.which("eflomal-align")


def stand_in(folder: Path, then: str = "") -> Path:
    """Write a script that stands for eflomal's program.

    Args:
        folder: where it goes.
        then: Python that it runs before it writes `lines`, to `options.f` and to `options.r`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "eflomal-align"
    path.write_text(_SCRIPT.format(python=sys.executable, then=then), encoding="utf-8")
    path.chmod(0o755)
    return path


def calls_of(program: Path) -> list[int]:
    """Return how many pairs each run of a stand-in was given."""
    calls = program.with_name("calls")
    return [int(line) for line in calls.read_text().splitlines()] if calls.exists() else []
