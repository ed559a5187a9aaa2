"""Peak memory of fitting and aligning synthetic pairs, measured from outside."""

from __future__ import annotations

import os
import random
import sys
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
    command = [sys.executable, "-m", "cscl_data", *map(str, arguments)]
    process = os.posix_spawn(sys.executable, command, os.environ)
    _, status, usage = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(" ".join(command))
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
