"""BLEU as `evaluate translation` computes it beside the BLEU that was published with recorded outputs of other systems.

    python -m benchmarks.published_bleu --data ../shared/data

The outputs are of FLORES dev, from English into Korean, Japanese and Indonesian and back (`mt-outputs/`), and carry
their score to one decimal. Korean and Japanese want the extra `evaluation`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cscl_data.evaluation.translation import TranslationMetrics

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
NEAR = 0.1
"""Rounding, and what versions of a tokenizer differ by."""


class Compared(NamedTuple):
    """A system with its published BLEU and ours; None where the tokenizer is not installed."""

    pair: str
    system: str
    published: float
    ours: float | None

    @property
    def is_near(self) -> bool:
        """Whether both are the same but for rounding."""
        return self.ours is not None and abs(round(self.ours, 1) - self.published) < NEAR + 1e-9


def compared(folder: Path) -> Iterator[Compared]:
    """Yield every system of a folder such as `en-ko`."""
    target = folder.name.partition("-")[2]
    metrics = TranslationMetrics(target)
    references = (folder / f"flores-dev.{target}").read_text(encoding="utf-8").splitlines()
    for path in sorted(folder.glob("*.bleu")):
        outputs = path.with_suffix("").read_text(encoding="utf-8").splitlines()
        ours = metrics.score(outputs, references).bleu
        system = path.name.removeprefix("flores-dev.").removesuffix(f".{target}.bleu")
        yield Compared(folder.name, system, float(path.read_text(encoding="utf-8")), ours)


def main() -> None:
    """Print the table, and how many are near."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED, help="folder with mt-outputs/")
    folders = sorted((parser.parse_args().data / "mt-outputs").glob("*-*"))
    print("| pair | system | published | ours |\n|---|---|---|---|")
    rows = [row for folder in folders for row in compared(folder)]
    for row in rows:
        print(f"| {row.pair} | {row.system} | {row.published} | {'–' if row.ours is None else f'{row.ours:.2f}'} |")
    for way, chosen in (("out of English", True), ("into English", False)):
        found = [row for row in rows if row.pair.startswith("en-") == chosen]
        print(f"{way}: {sum(row.is_near for row in found)} of {len(found)} within {NEAR}")


if __name__ == "__main__":
    main()
