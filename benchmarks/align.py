"""Word alignment on real data, as one table: `python -m benchmarks.align --data ../shared/data`.

Sections, each by its letter in --only:

    a  the scorer, on outputs whose AER is published
    b  en-ko and en-ja, fitted on the pool: AER over annotated words, with and without a lexicon
    c  six more sets, ours against eflomal on the same text in the same run
    d  code spans that stand verbatim on both sides: the share that is linked
    e  200 pairs alone, with priors
    f  speed on the same segmented text, against eflomal and fast_align (systran-align)
    g  peak memory of fitting and aligning synthetic pairs, 250,000 and a million

eflomal and systran-align are other people's programs, given by --eflomal and --systran-python; without them their
columns say so. All sets are development sets; nothing is tuned on them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks import memory, speed
from benchmarks.data import GoldText, gold_text
from benchmarks.spans import linked_spans
from benchmarks.systems import eflomal_segments, eflomal_words, ours, write_links
from cscl_data.aligners.eflomal_program import PROGRAM
from cscl_data.evaluation.alignment import AlignmentCounts
from cscl_data.pipelines.evaluate_alignment import EvaluateAlignmentJob, evaluate_alignment

PUBLISHED = {"enfr": 4.1, "jaen": 37.4, "roen": 20.7, "zhen": 13.3}
PUD = "gold-align/pud-clmd"
BARS = {("en-ko", False): 30, ("en-ko", True): 27, ("en-ja", False): 42, ("en-ja", True): 39}
CRUDE = (6, 2)
"""Letters of an English and syllables of a Korean word that eflomal sees where crude stems are stated."""
ABSENT = "not installed"


class Line(NamedTuple):
    """A line of the table: section, what, our figure, the other's, the bar, and whether it is reached."""

    section: str
    what: str
    figure: str
    other: str = ""
    bar: str = ""
    holds: bool | None = None


class Bench(NamedTuple):
    """Where the data is, where to write, and the other programs (None: not installed)."""

    data: Path
    work: Path
    eflomal: str | None
    systran: str | None

    @property
    def runs(self) -> int:
        """How often eflomal runs on a set without a bitext; its runs differ, so the mean is shown."""
        return 3


def score(text: GoldText, links: Path, gold: Path | None = None) -> AlignmentCounts:
    """Return the counts of links against a set, by the rules of its form."""
    job = EvaluateAlignmentJob(
        gold=(f"{text.gold.name}={gold or text.gold.path}",),
        links=(f"links={links}",),
    )
    return evaluate_alignment(job).scores[0].counts


def aer(counts: AlignmentCounts) -> float:
    """Return AER in percent."""
    return 100 * (counts.aer or 0.0)


def told(counts: AlignmentCounts) -> str:
    """Return AER, precision and recall as text."""
    return f"AER {aer(counts):.1f}, P {counts.precision or 0:.3f}, R {counts.recall or 0:.3f}"


def scorer(bench: Bench) -> Iterator[Line]:
    """Section a."""
    for name, published in PUBLISHED.items():
        text = gold_text(bench.data, name)
        counts = score(text, bench.data / "gold-align" / "awesome-align" / f"{name}.awesome-align.out")
        value = round(aer(counts), 1)
        yield Line("a", f"scorer, {name}", f"{value}", "", f"{published}", value == published)


def pooled(bench: Bench) -> Iterator[Line]:
    """Section b."""
    for name in ("en-ko", "en-ja"):
        text = gold_text(bench.data, name)
        other = ""
        if name == "en-ko":
            other = ABSENT if bench.eflomal is None else _crude(bench, text)
        counts = score(text, ours(text, bench.work))
        bar = BARS[name, False]
        holds = aer(counts) <= bar and (name != "en-ko" or (counts.precision or 0) >= 0.8)
        wanted = f"<= {bar}" + (", P >= 0.80" if name == "en-ko" else "")
        yield Line("b", f"{name}, pool, no lexicon", told(counts), other, wanted, holds)
        lexicon = bench.data / "lexicons" / f"enwiktionary2015.{name}.tsv.gz"
        counts = score(text, ours(text, bench.work, "--lexicon", lexicon))
        bar = BARS[name, True]
        yield Line("b", f"{name}, pool, lexicon", told(counts), "", f"<= {bar}", aer(counts) <= bar)


def _crude(bench: Bench, text: GoldText) -> str:
    links = eflomal_words(str(bench.eflomal), text, bench.work, CRUDE)
    sizes = [(len(src), len(tgt)) for src, tgt in text.words]
    forward, merged = (
        aer(score(text, write_links(kind, bench.work / "crude"))) for kind in (links.forward, links.merged(sizes))
    )
    return f"eflomal, crude stems: {forward:.1f} forward, {merged:.1f} merged"


def against_eflomal(bench: Bench) -> Iterator[Line]:
    """Section c."""
    for name in ("en-zh", "en-fr", "enfr", "roen", "jaen", "zhen"):
        text = gold_text(bench.data, name)
        counts = score(text, ours(text, bench.work))
        other, best = ABSENT, None
        if bench.eflomal is not None:
            theirs = _eflomal_aer(bench, text)
            best = min(theirs.values())
            other = "eflomal " + ", ".join(f"{kind} {value:.1f}" for kind, value in theirs.items())
        holds = None if best is None else aer(counts) <= best
        trained = "own text + pool" if text.pool else "own text"
        yield Line("c", f"{name}, {trained}", told(counts), other, "<= eflomal", holds)


def _eflomal_aer(bench: Bench, text: GoldText) -> dict[str, float]:
    """Return AER by what eflomal was given (the words, or our segments) and by direction, as means over runs."""
    values: dict[str, list[float]] = {}
    sizes = [(len(src), len(tgt)) for src, tgt in text.words]
    for _ in range(1 if text.pool else bench.runs):
        words = eflomal_words(str(bench.eflomal), text, bench.work)
        segments = eflomal_segments(str(bench.eflomal), text, bench.work)
        kinds = {
            "words forward": words.forward,
            "words merged": words.merged(sizes),
            "segments forward": segments[0],
            "segments merged": segments[1],
        }
        for kind, links in kinds.items():
            values.setdefault(kind, []).append(aer(score(text, write_links(links, bench.work / "links"))))
    return {kind: sum(found) / len(found) for kind, found in values.items()}


def verbatim(bench: Bench) -> Iterator[Line]:
    """Section d."""
    linked, total = linked_spans(gold_text(bench.data, "en-ko"), bench.work)
    share = linked / total
    yield Line("d", f"verbatim code spans linked, {total:,}", f"{100 * share:.2f} %", "", ">= 99 %", share >= 0.99)


def few_pairs(bench: Bench) -> Iterator[Line]:
    """Section e."""
    text = gold_text(bench.data, "en-ko")
    gold = bench.work / "first.jsonl"
    lines = text.gold.path.read_text(encoding="utf-8").split("\n")[:200]
    gold.write_text("\n".join(lines) + "\n", encoding="utf-8")
    whole = score(text, ours(text, bench.work), gold)
    alone, bare = (
        score(text, ours(text, bench.work, *options, pool=False, limit=200), gold)
        for options in ((), ("--priors", "none"))
    )
    reached = aer(alone) - aer(whole)
    found = f"{told(alone)}; {reached:+.1f} points"
    other = f"fitted on the pool {aer(whole):.1f}; no priors {aer(bare):.1f}"
    yield Line("e", "en-ko, 200 pairs alone, priors", found, other, "<= +6 points", reached <= 6)


def speeds(bench: Bench) -> Iterator[Line]:
    """Section f."""
    found = speed.measure(gold_text(bench.data, "en-ko"), bench.work, bench.eflomal, bench.systran)
    yield Line("f", f"segmentation, {found.pairs:,} pairs", f"{found.segmentation_s:.0f} s")
    yield Line("f", "first fit in the process, with compilation", f"{found.compilation_s:.0f} s")
    told_ours = f"fit {found.fit_s:.1f} s + align {found.align_s:.1f} s = {found.ours_s:.1f} s"
    for name, seconds, factor in (("eflomal", found.eflomal_s, 3.0), ("systran-align", found.systran_s, 1.0)):
        what, bar = f"fit and align, against {name}", f">= {factor:.0f} x"
        if seconds is None:
            yield Line("f", what, told_ours, ABSENT, bar)
        else:
            times = seconds / found.ours_s
            yield Line("f", what, told_ours, f"{name} {seconds:.1f} s: {times:.2f} x", bar, times >= factor)


def peaks(bench: Bench) -> Iterator[Line]:
    """Section g."""
    for n_pairs in (250_000, 1_000_000):
        path = bench.work / "synthetic.tsv"
        memory.write_synthetic(path, n_pairs)
        options = ("--src-lang", "de", "--tgt-lang", "nl", "--tokenizer", "whitespace", "--workers", 1)
        peak = memory.peak_of("align", path, *options, "--out", bench.work / f"peak-{n_pairs}") / 1e9
        yield Line("g", f"peak memory, {n_pairs:,} pairs", f"{peak:.2f} GB", "", "< 4 GB", peak < 4)


SECTIONS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "a": scorer,
    "b": pooled,
    "c": against_eflomal,
    "d": verbatim,
    "e": few_pairs,
    "f": speeds,
    "g": peaks,
}


def print_table(lines: list[Line]) -> None:
    """Print the lines as a Markdown table in even columns."""
    header = ("", "what", "ours", "other", "bar", "reached")
    verdicts = {True: "yes", False: "NO", None: ""}
    cells = [header, *((*line[:5], verdicts[line.holds]) for line in lines)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    for number, row in enumerate(cells):
        print("| " + " | ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) + " |")
        if not number:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def main() -> None:
    """Read the options, run the sections, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder of real data")
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, divided by commas")
    parser.add_argument("--eflomal", default=shutil.which(PROGRAM), help="eflomal's program")
    parser.add_argument("--systran-python", help="a Python that has systran-align")
    options = parser.parse_args()
    if not options.data.is_dir():
        parser.error(f"{options.data}: no such directory; give --data DIR")
    wanted = options.only.split(",")
    if set(wanted) - set(SECTIONS):
        parser.error(f"--only takes {', '.join(SECTIONS)}")
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(options.data.resolve(), Path(work), options.eflomal, options.systran_python)
        for name in wanted:
            started = time.monotonic()
            for line in SECTIONS[name](bench):
                print(" | ".join(part for part in line[:5] if part), file=sys.stderr)
                lines.append(line)
            print(f"section {name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    print_table(lines)


if __name__ == "__main__":
    main()
