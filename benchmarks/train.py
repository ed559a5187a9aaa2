"""The figures of `train` beside their bars, as one table of one run.

    python -m benchmarks.train [--data DIR] [--only resume,correctness,loader,trainer,compiled,memory,ranks,gpu]

Text is that of the pool in ../shared/data, or of the shipped example where that is missing. `trainer` and `compiled`
take turns with `transformers.Trainer` (which needs accelerate) and compare processor time, since a busy machine slows
both; `compiled` is left out unless it is named, for compiling takes minutes. Without a GPU `gpu` says so.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
from collections.abc import Iterable
from pathlib import Path

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SECTIONS = ("resume", "correctness", "loader", "trainer", "memory", "ranks", "gpu")


def measure(section: str, data: Path, work: Path) -> Iterable[tuple[str, str, str]]:
    """Return the lines of one section: what was measured, the figure, the bar."""
    # imported here, so that the processes which tokenise do not load torch with this module
    from benchmarks import train_parts as parts
    from benchmarks.train_gpu import on_gpu
    from benchmarks.train_loader import loader
    from benchmarks.train_ranks import ranks

    if section == "resume":
        return parts.resume(data, work)
    if section == "correctness":
        return parts.correctness()
    if section == "loader":
        return loader(data, work)
    if section in ("trainer", "compiled"):
        return parts.against_trainer(compiled=section == "compiled")
    if section == "ranks":
        return ranks(data, work)
    return parts.clo_memory() if section == "memory" else on_gpu(data, work)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--only", default=",".join(SECTIONS))
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    print(f"{'measured':<58} {'bar':<12} figure")
    with tempfile.TemporaryDirectory() as work:
        for section in arguments.only.split(","):
            for name, figure, bar in measure(section, arguments.data, Path(work)):
                print(f"{name:<58} {bar:<12} {figure}", flush=True)


if __name__ == "__main__":
    main()
