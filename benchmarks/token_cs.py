"""How fast `make-token-cs` switches words: the generator alone, and the whole command beside `align`, in one run.

    python -m benchmarks.token_cs [--data DIR] [--tgt-lang ko] [--pairs 20000]

Pairs are those of the pool in ../shared/data, of 15 to 25 source words for the generator. It gets the words and the
links of every pair, as it does in a shard, and runs in one thread. The commands run one after the other, twice in turn,
with one worker and without a limit on what their libraries take; the better time of each counts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cscl_data.engine.local import collect_rarely
from cscl_data.generators import method
from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.item import Made, Side, SwitchItem
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.alignment import LinkedPair, align_pairs, prepare
from cscl_data.records import Pair, rng_for
from cscl_data.text.words import WordSplitter

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SHORTEST, LONGEST = 15, 25
TURNS = 2


def pool(data: Path, tgt_lang: str, n_pairs: int, out: Path) -> Path:
    """Write the first pairs of the pool as JSON lines."""
    with gzip.open(data / "pool" / f"en-{tgt_lang}.train.tsv.gz", "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line, _ in zip(lines, range(n_pairs), strict=False)]
    path = out / "pool.jsonl"
    path.write_text(
        "".join(json.dumps({"en": row[3], tgt_lang: row[4]}, ensure_ascii=False) + "\n" for row in rows),
        encoding="utf-8",
    )
    return path


def generator_speed(path: Path, tgt_lang: str, out: Path) -> tuple[int, float]:
    """Return rows made from pairs of `SHORTEST` to `LONGEST` source words, and the seconds that takes."""
    spec = BitextSpec(src_lang="en", tgt_lang=tgt_lang, paths=(str(path),))
    how = prepare(AlignSettings(), spec, out)
    split = {lang: WordSplitter(lang) for lang in ("en", tgt_lang)}
    pairs = [pair for pair in Bitext(spec) if isinstance(pair, Pair)]
    pairs = [pair for pair in pairs if SHORTEST <= len(pair.src_text.split()) <= LONGEST]
    items = [
        SwitchItem(
            f"{pair.id}/en/0",
            pair,
            alignment,
            "src",
            Side("en", pair.src_text, split["en"].words(pair.src_text)),
            Side(tgt_lang, pair.tgt_text, split[tgt_lang].words(pair.tgt_text)),
        )
        for pair, alignment in zip(pairs, align_pairs(how, [LinkedPair(pair, None) for pair in pairs]), strict=True)
    ]
    generate, config = method("align").generate, TokenCsConfig()
    collect_rarely()  # as workers do
    started = time.perf_counter()
    made = [generate(item, config, rng_for(0, item.row_id, "token_cs")) for item in items]
    rows = [one.row.row("sig") for one in made if isinstance(one, Made)]
    return len(rows), time.perf_counter() - started


def command_seconds(command: str, path: Path, tgt_lang: str, out: Path) -> float:
    """Run a command on the pairs and return its seconds."""
    started = time.perf_counter()
    program = Path(sys.executable).with_name("cscl-data")
    languages = ("--src-lang", "en", "--tgt-lang", tgt_lang)
    subprocess.run([program, command, path, *languages, "--overwrite", "--out", out], check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--tgt-lang", default="ko")
    parser.add_argument("--pairs", type=int, default=20_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        path = pool(args.data, args.tgt_lang, args.pairs, out)
        rows, seconds = generator_speed(path, args.tgt_lang, out)
        print(
            f"generator, {SHORTEST} to {LONGEST} source words, one core: {rows / seconds:,.0f} rows/s ({rows:,} rows)"
        )
        times: dict[str, list[float]] = {"align": [], "make-token-cs": []}
        for _ in range(TURNS):
            for name, taken in times.items():
                taken.append(command_seconds(name, path, args.tgt_lang, out / name))
        align, switch = (min(taken) for taken in times.values())
        print(f"align {align:.1f} s, make-token-cs {switch:.1f} s: {align / switch:.0%} of the aligner's speed")


if __name__ == "__main__":
    main()
