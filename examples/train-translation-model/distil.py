r"""Makes synthetic pairs with the model trained so far: English of one bitext, its own translation as the other side.

Where a language has few plain sentences, the model meets plain English mostly outside its training and loses count of
the indicators there. Its own translations, one sentence at a time, are no better than it is, but joined into bundles
they are bundles of that English with the right number of fields (self-training, He et al., 2020,
https://arxiv.org/abs/1909.13788). Pass the file that this writes as one more ``--bitext`` of a resumed run.

Example:
    python distil.py --model run/evaluation --language ko --bitext en-ja.train.tsv.gz --source tanaka50k \
        --columns source=1,document=3,english=4,other=5 --out run/self.ko.tsv --limit 10000
"""

from __future__ import annotations

import argparse
import logging
import random
from collections import Counter
from pathlib import Path

from convert import Converted
from data import Columns, open_text
from text import clean, rejects_pair

LOG = logging.getLogger("train-translation-model")


def turns_in_circles(text: str) -> bool:
    """Says whether a short piece repeats: the same word three times, or a run of one to four characters three times."""
    words = Counter(text.split())
    if words and max(words.values()) > 2:
        return True
    return any(
        text[i : i + size] == text[i + size : i + 2 * size] == text[i + 2 * size : i + 3 * size]
        for size in range(1, 5)
        for i in range(len(text) - 3 * size + 1)
        if text[i] != "."
    )


def read_english(path: Path, columns: Columns, sources: frozenset[str], limit: int, seed: int) -> list[str]:
    """Reads the English of a bitext, only of some sources if any are named, and returns a sample of it."""
    chosen: set[str] = set()
    for line in open_text(path):
        cells = line.split("\t")
        if not sources or (columns.source is not None and cells[columns.source] in sources):
            chosen.add(clean(cells[columns.english], "en"))
    return random.Random(seed).sample(sorted(chosen), min(limit, len(chosen)))


def main(values: list[str] | None = None) -> None:
    """Translates, filters, and writes ``source, licence, document, English, other``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="converted directory, e.g. run/evaluation")
    parser.add_argument("--language", required=True, help="target language")
    parser.add_argument("--bitext", type=Path, required=True)
    parser.add_argument("--columns", default="english=1,other=2")
    parser.add_argument("--source", action="append", default=[], help="take only rows of this source; repeatable")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=10_000)
    parser.add_argument("--joined", type=float, default=0.3, help="share of rows made of two sentences")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(values)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    columns = Columns.parse(arguments.columns)
    english = read_english(arguments.bitext, columns, frozenset(arguments.source), arguments.limit, arguments.seed)
    model = Converted(arguments.model, compute_type="int8")
    outputs = model.translate(english, arguments.language)
    pairs = [
        (source, target)
        for source, target in zip(english, outputs, strict=True)
        if not rejects_pair(source, target, arguments.language) and not turns_in_circles(target)
    ]
    rng = random.Random(arguments.seed)
    with arguments.out.open("w", encoding="utf-8") as out:
        for first, second in zip(pairs, [*pairs[1:], pairs[0]], strict=True):
            parts = (first, second) if rng.random() < arguments.joined else (first,)
            source, target = (" ".join(side) for side in zip(*parts, strict=True))
            out.write(f"self-training\tderived\t\t{source}\t{target}\n")
    LOG.info("%d of %d translations kept in %s", len(pairs), len(english), arguments.out)


if __name__ == "__main__":
    main()
