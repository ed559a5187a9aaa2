"""Peak memory of a command, as its own process knows it: `python -m benchmarks.memory FILE COMMAND ...`."""

from __future__ import annotations

import atexit
import random
import resource
import subprocess
import sys
import tempfile
from itertools import accumulate
from pathlib import Path

WORDS = 50_000
"""Words of each language; the k-th is drawn about as often as 1/k, as in running text."""
SHORTEST, LONGEST = 5, 25


def write_synthetic(path: Path, n_pairs: int, seed: int = 0) -> None:
    """Write pairs in which every word has one translation, some words are dropped, and neighbours change places."""
    rng = random.Random(seed)
    weights = [1 / (k + 10) for k in range(WORDS)]
    totals = list(accumulate(weights))
    with path.open("w", encoding="utf-8") as out:
        for _ in range(n_pairs):
            words = rng.choices(range(WORDS), cum_weights=totals, k=rng.randint(SHORTEST, LONGEST))
            other = [word for word in words if rng.random() < 0.9] or words
            if len(other) > 1:
                at = rng.randrange(len(other) - 1)
                other[at], other[at + 1] = other[at + 1], other[at]
            out.write(" ".join(f"w{k}" for k in words) + "\t" + " ".join(f"m{k}" for k in other) + "\n")


def peak_of(*arguments: object) -> int:
    """Run `cscl-data` and return the most memory that its process had, in bytes; an error ends the benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "peak")
        command = [sys.executable, "-m", "benchmarks.memory", str(told), *map(str, arguments)]
        if subprocess.run(command, check=False).returncode:
            sys.exit(" ".join(command))
        return int(told.read_text(encoding="utf-8"))


def own_peak() -> int:
    """Return the most memory that this process has had, in bytes.

    On Linux not by `ru_maxrss`, which begins with the peak of the process that started this one.
    """
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Run a command, and write its peak into the file when it ends."""
    from cscl_data.cli.app import main as run

    told = Path(sys.argv.pop(1))
    atexit.register(lambda: told.write_text(str(own_peak()), encoding="utf-8"))
    run()


if __name__ == "__main__":
    main()
