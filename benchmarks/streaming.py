"""Peak memory of jobs that stream: documents by `make-sentence-cs`, pairs with links by `make-token-cs`; one worker.

    python -m benchmarks.streaming                     # a million and three million pairs
    python -m benchmarks.streaming --pairs 1000000,10000000

The text is synthetic. The peak is that of the process, measured from outside; memory that grew with input would show.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.memory import peak_of

SENTENCES = 20
"""Sentences of a document."""
VOCABULARY = 5_000


def sentence(n: int) -> tuple[str, str]:
    """Return the n-th pair: ten words that are linked one to one, in their order."""
    words = [(n * 31 + k * 7) % VOCABULARY for k in range(10)]
    return " ".join(f"w{word}" for word in words) + " .", " ".join(f"k{word}" for word in words) + " ."


def write_pairs(folder: Path, n: int) -> tuple[Path, Path]:
    """Write pairs as a table with documents, and their links in Pharaoh form."""
    table, links = folder / f"{n}.tsv", folder / f"{n}.pharaoh"
    line = " ".join(f"{k}-{k}" for k in range(11)) + "\n"
    with table.open("w", encoding="utf-8") as out, links.open("w", encoding="utf-8") as pharaoh:
        out.write("doc\ten\tde\n")
        for k in range(n):
            out.write("\t".join((f"d{k // SENTENCES}", *sentence(k))) + "\n")
            pharaoh.write(line)
    return table, links


def measured(folder: Path, sizes: list[int], commands: list[str]) -> Iterator[tuple[str, int, int, float]]:
    """Yield for each command and size: the command, the pairs, bytes of its peak, and seconds by the clock."""
    pair = ("--src-lang", "en", "--tgt-lang", "de", "--workers", 1)
    for n in sizes:
        table, links = write_pairs(folder, n)
        options = {
            "make-sentence-cs": ("--doc-column", "doc", "--any-order"),
            "make-token-cs": ("--alignments", links, "--pretokenized"),
        }
        for command in commands:
            started = time.monotonic()
            peak = peak_of(command, table, *pair, *options[command], "--out", folder / f"{command}-{n}")
            yield command, n, peak, time.monotonic() - started
        table.unlink()
        links.unlink()


def main() -> None:
    """Print the table, and the ratio of each peak to that of the first size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", default="1000000,3000000", help="sizes, separated by commas")
    parser.add_argument("--only", default="make-sentence-cs,make-token-cs", help="commands")
    given = parser.parse_args()
    first: dict[str, int] = {}
    print("| command | pairs | peak | against the first | pairs a second |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for command, n, peak, seconds in measured(
            Path(folder), [int(n) for n in given.pairs.split(",")], given.only.split(",")
        ):
            ratio = peak / first.setdefault(command, peak)
            print(f"| {command} | {n:,} | {peak / 1e6:,.0f} MB | {ratio:.3f} | {n / seconds:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
