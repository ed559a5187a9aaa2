"""What translated data is worth: a small model of sentence similarity trained on each arm, tried on human text.

Records of two sentences and a score are translated in every mode (`cscl-data evaluate translation-modes`). From each
arm a small encoder learns the score, from nothing, with several seeds, and is then asked about pairs that people wrote
or translated. Controls: no training at all, training on the source language, and on the file's own target fields.

    python worth.py --train korsts.train.jsonl --dev korsts.dev.jsonl --limit 2000 --out worth
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from scipy.stats import spearmanr
from torch import Tensor, nn

from cscl_data.io.dataset import iter_dataset
from cscl_data.text.fields import find

BUCKETS, WIDTH, NGRAMS = 1 << 13, 32, (1, 2, 3)
EPOCHS, BATCH, RATE = 10, 32, 3e-3
HIGHEST = 5.0
FEWEST = 100


class Scored(NamedTuple):
    """Two sentences and how near they are in meaning, from 0 to `HIGHEST`."""

    first: str
    second: str
    score: float


class Encoder(nn.Module):
    """A sentence is the mean of the vectors of its character n-grams; a small network compares two of them.

    It is told the overlap of their n-grams too, so that what it learns comes on top of what needs no learning.
    """

    def __init__(self) -> None:
        super().__init__()
        self.vectors = nn.EmbeddingBag(BUCKETS, WIDTH, mode="mean")
        nn.init.normal_(self.vectors.weight, std=0.1)
        self.compare = nn.Sequential(nn.Linear(2 * WIDTH + 2, WIDTH), nn.ReLU(), nn.Dropout(0.2), nn.Linear(WIDTH, 1))

    def forward(self, first: Sequence[list[int]], second: Sequence[list[int]]) -> Tensor:
        """Return a score in (0, 1) for each pair of n-gram lists [batch]."""
        one, other = self._encoded(first), self._encoded(second)
        cosine = nn.functional.cosine_similarity(one, other)
        shared = torch.tensor([overlap(*both) for both in zip(first, second, strict=True)])
        sides = [(one - other).abs(), one * other, torch.stack([cosine, shared], dim=1)]
        return torch.sigmoid(self.compare(torch.cat(sides, dim=1))).squeeze(1)

    def _encoded(self, texts: Sequence[list[int]]) -> Tensor:
        starts = [0]
        for text in texts[:-1]:
            starts.append(starts[-1] + len(text))
        found: Tensor = self.vectors(torch.tensor([n for text in texts for n in text]), torch.tensor(starts))
        return found


def ngrams(text: str) -> list[int]:
    """Return the buckets of a text's character n-grams, with spaces at both ends; never none."""
    padded = f" {' '.join(text.lower().split())} "
    grams = (padded[at : at + n] for n in NGRAMS for at in range(len(padded) - n + 1))
    return [zlib.crc32(gram.encode()) % BUCKETS for gram in grams]


def overlap(first: Sequence[int], second: Sequence[int]) -> float:
    """Return the cosine of the counts of two lists of n-grams: what can be known without training."""
    one, other = Counter(first), Counter(second)
    product = sum(count * other[gram] for gram, count in one.items())
    return product / math.sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))


def train_and_score(train: Sequence[Scored], dev: Sequence[Scored], seed: int) -> float:
    """Train on some pairs and return Spearman's correlation, in percent, on others."""
    torch.manual_seed(seed)
    model = Encoder()
    features = [(ngrams(pair.first), ngrams(pair.second), pair.score / HIGHEST) for pair in train]
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    order = random.Random(seed)
    for _ in range(EPOCHS):
        order.shuffle(features)
        for start in range(0, len(features), BATCH):
            first, second, scores = zip(*features[start : start + BATCH], strict=True)
            loss = nn.functional.mse_loss(model(first, second), torch.tensor(scores))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        first, second = ([ngrams(text) for text in texts] for texts in zip(*(pair[:2] for pair in dev), strict=True))
        return spearman(model(first, second).tolist(), dev)


def spearman(said: Sequence[float], dev: Sequence[Scored]) -> float:
    """Return the rank correlation with the scores of the pairs, in percent."""
    return 100 * float(spearmanr(said, [pair.score for pair in dev]).statistic)


def pairs_of(rows: Iterable[Mapping[str, Any]], fields: str, score: str) -> list[Scored]:
    """Read pairs; a row that lacks a text or the score is left out."""
    found = []
    for row in rows:
        values = [value for path in (*fields.split(","), score) for _, value in find(row, path, skip_missing=True)]
        if len(values) == 3 and all(isinstance(text, str) and text.strip() for text in values[:2]):
            found.append(Scored(*values[:2], float(values[2])))
    return found


def read(path: Path, limit: int | None = None) -> list[dict[str, Any]]:
    """Read JSON lines; with a limit so many of them, from all parts of the file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    n = min(limit or len(lines), len(lines))
    return [json.loads(lines[number * len(lines) // n]) for number in range(n)]


def translate(options: argparse.Namespace, records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Translate the training records in every mode, or go on with it; return the names of the arms."""
    options.out.mkdir(parents=True, exist_ok=True)
    train = options.out / "train.jsonl"
    train.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records), encoding="utf-8")
    command = [
        *(sys.executable, "-m", "cscl_data", "evaluate", "translation-modes", str(train)),
        *("--fields", options.source, "--src-lang", options.src_lang, "--tgt-lang", options.tgt_lang),
        *("--model", options.model, "--ref-fields", options.target, "--out", str(options.out)),
    ]
    if subprocess.run(command, check=False).returncode:
        raise SystemExit("worth.py: the translation did not finish; the message above says why")
    report = json.loads((options.out / "report.json").read_text(encoding="utf-8"))
    return [part["name"] for part in report["hypotheses"]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Translate, train, print the table, and write it to `worth.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True, help="JSON lines with two source sentences and a score")
    parser.add_argument("--dev", type=Path, required=True, help="JSON lines with two sentences of the target language")
    parser.add_argument("--source", default="en.sentence1,en.sentence2", help="source fields")
    parser.add_argument("--target", default="ko.sentence1,ko.sentence2", help="target fields, in --train and --dev")
    parser.add_argument("--score", default="score", help="field of the score, 0 to 5")
    parser.add_argument("--src-lang", default="en")
    parser.add_argument("--tgt-lang", default="ko")
    parser.add_argument("--model", default="default", help="as in cscl-data translate-bundle")
    parser.add_argument("--limit", type=int, help="N records, from all parts of --train")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)

    records = read(options.train, options.limit)
    dev = pairs_of(read(options.dev), options.target, options.score)
    data: dict[str, list[Scored]] = {}
    for arm in translate(options, records):
        data[arm] = pairs_of(iter_dataset(options.out / arm), options.source, options.score)
    data["source language"] = pairs_of(records, options.source, options.score)
    data["target fields of the file"] = pairs_of(records, options.target, options.score)

    print(f"\n{'trained on':<26}{'pairs':>7}{'Spearman':>10}{'sd':>6}   on {len(dev):,} pairs")
    untrained = spearman([overlap(ngrams(pair.first), ngrams(pair.second)) for pair in dev], dev)
    found: dict[str, Any] = {"nothing (shared n-grams)": {"pairs": 0, "spearman": [untrained]}}
    print(f"{'nothing (shared n-grams)':<26}{0:>7}{untrained:>10.1f}{'-':>6}")
    for name, train in data.items():
        if len(train) < FEWEST:
            print(f"{name:<26}{len(train):>7,}{'-':>10}{'-':>6}   too few")
            continue
        scores = [train_and_score(train, dev, seed) for seed in range(options.seeds)]
        spread = statistics.stdev(scores) if len(scores) > 1 else 0.0
        found[name] = {"pairs": len(train), "spearman": scores}
        print(f"{name:<26}{len(train):>7,}{statistics.mean(scores):>10.1f}{spread:>6.1f}", flush=True)
    (options.out / "worth.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
