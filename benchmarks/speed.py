"""Time to fit and align the bitext of a set: ours, eflomal and fast_align, on the same segmented text in one run."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.data import GoldText
from benchmarks.systems import segments
from cscl_data.aligners.base import TokenizedPair, has_empty_side, surfaces
from cscl_data.aligners.eflomal_program import run_program, write_words
from cscl_data.aligners.statistical import FitSettings, StatisticalAligner, fit
from cscl_data.engine.local import collect_rarely

THREADS = 2
_WARM = 200
_CHUNK = 2_000
"""Pairs aligned at a time, as the command does."""
_SYSTRAN = """
import sys, time, systran_align
path, forward, backward = sys.argv[1:4]
started = time.monotonic()
options = dict(favor_diagonal=True, optimize_tension=True, variational_bayes=True)
systran_align.generate_alignment_probabilities(path, forward, backward, **options)
aligner = systran_align.Aligner(forward, backward)
pairs = [[side.split() for side in line.rstrip("\\n").split(" ||| ")] for line in open(path, encoding="utf-8")]
for start in range(0, len(pairs), 1000):
    part = pairs[start:start + 1000]
    aligner.align_batch([src for src, _ in part], [tgt for _, tgt in part])
print(time.monotonic() - started)
"""


class Speeds(NamedTuple):
    """Seconds by the clock; None for a program that is not installed."""

    pairs: int
    segmentation_s: float
    compilation_s: float
    fit_s: float
    align_s: float
    eflomal_s: float | None
    systran_s: float | None

    @property
    def ours_s(self) -> float:
        """Fitting and aligning."""
        return self.fit_s + self.align_s


def measure(text: GoldText, work: Path, eflomal: str | None, systran: str | None) -> Speeds:
    """Segment once, then time each program on what came out, two threads each, one after the other."""
    started = time.monotonic()
    pairs = [pair for pair in segments(text, work) if not has_empty_side(pair)]
    segmentation_s = time.monotonic() - started
    collect_rarely()
    gc.collect()
    gc.freeze()  # The corpus held in memory is the benchmark's own: the command reads it as a stream.
    compilation_s = _fit_and_align(pairs[:_WARM], work / "speed.ours")[2]
    fit_s, align_s, _ = _fit_and_align(pairs, work / "speed.ours")
    path = work / "speed.words"
    write_words(
        ((surfaces(pair.src_text, pair.src_tokens), surfaces(pair.tgt_text, pair.tgt_tokens)) for pair in pairs), path
    )
    eflomal_s = systran_s = None
    if eflomal is not None:
        started = time.monotonic()
        run_program(eflomal, path, len(pairs))
        eflomal_s = time.monotonic() - started
    if systran is not None:
        systran_s = float(_run([systran, "-c", _SYSTRAN, path, work / "speed.fp", work / "speed.bp"]).split()[-1])
    return Speeds(len(pairs), segmentation_s, compilation_s, fit_s, align_s, eflomal_s, systran_s)


def _fit_and_align(pairs: list[TokenizedPair], out: Path) -> tuple[float, float, float]:
    started = time.monotonic()
    model = fit(pairs, FitSettings(threads=THREADS))
    fitted = time.monotonic()
    aligner = StatisticalAligner(model=model, threads=THREADS)
    with out.open("w", encoding="utf-8", newline="\n") as lines:
        for start in range(0, len(pairs), _CHUNK):
            for alignment in aligner.align(pairs[start : start + _CHUNK]):
                lines.write(" ".join(f"{link.src}-{link.tgt}" for link in alignment.links) + "\n")
    ended = time.monotonic()
    return fitted - started, ended - fitted, ended - started


def _run(command: list[object]) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command[0]}: {done.stderr[-2000:]}")
    return done.stdout
