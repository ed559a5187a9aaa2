"""What `translate-bundle` costs beside CTranslate2 alone, and what a kill costs: `make bench-translate`.

Sections, each by its letter in --only; the records are pages of tldr, English to Korean, the model is the shipped one:

    a  the function of the command, one worker, against CTranslate2 called directly on every batch that it sent; and
       against the first search of each record's first sequence, with and without the rest of the ladder
    b  the same function, all records in one call against one record a call; what CTranslate2 itself gains; and the
       first try against what a short script does: one sequence a call, of a model loaded with CTranslate2's own threads
    c  the whole command, one worker, start-up, files and the model's loading included
    d  five kills at random moments with --deterministic, and a run to the end: the bytes of a run nobody disturbed

Both sides of a ratio run in turns in one process, and the times of all turns are added up: the machine may be shared.
Seconds are by the clock; a ratio by the time of all threads (CPU) stands beside, which other programs disturb less.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import ctranslate2

from benchmarks.engine import command, said
from benchmarks.torture import fingerprint, finish, trial
from cscl_data.io.recordfile import Record, Records, RecordSpec
from cscl_data.pipelines.bundle_quality import Quality
from cscl_data.pipelines.bundle_settings import BundleSettings, ModelSettings
from cscl_data.pipelines.bundle_shard import loaded, translate_records
from cscl_data.pipelines.shard import ShardOutcome
from cscl_data.records import Reject
from cscl_data.translators.shipped import shipped_directory

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
FIELDS = ("desc.*.en", "examples.*.en")
BATCHES_BAR, SINGLY_BAR = 0.85, 5.0
BATCHES = ("8", "32", "64")
"""Sequences of a batch, beside the batches that the command asks for, which are counted in tokens."""
OWN_THREADS = "one sequence a call with CTranslate2's own threads"
KILLS = 5
WARM = 4
"""Records translated before anything is timed."""

Call = tuple[list[list[str]], dict[str, Any]]
"""Token sequences given to CTranslate2 in one call, and the options of the call."""


class Recorder:
    """A model of CTranslate2 that notes what it is given; where it is not asked to translate it is the model."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.calls: list[Call] = []

    def translate_batch(self, sources: list[list[str]], **options: Any) -> Any:
        """Note a call and pass it on."""
        self.calls.append((sources, options))
        return self.model.translate_batch(sources, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)


class Spent(NamedTuple):
    """Seconds by the clock, and of all threads of this process."""

    clock: float = 0.0
    cpu: float = 0.0

    def plus(self, work: Callable[[], object]) -> Spent:
        """Do a work and add what it took."""
        clock, cpu = time.perf_counter(), time.process_time()
        work()
        return Spent(self.clock + time.perf_counter() - clock, self.cpu + time.process_time() - cpu)


def in_turns(works: dict[str, Callable[[], object]], turns: int) -> dict[str, Spent]:
    """Do each work in turn, `turns` times, and return what each took in all."""
    spent = dict.fromkeys(works, Spent())
    for _ in range(turns):
        spent |= {name: spent[name].plus(work) for name, work in works.items()}
    return spent


def tokens_of(calls: Sequence[Call]) -> int:
    """Count the source tokens of calls, padding left out."""
    return sum(len(source) for sources, _ in calls for source in sources)


def first_sent(calls: Sequence[Call]) -> list[Call]:
    """Return calls with only what was not sent before: no second search of a sequence."""
    seen: set[tuple[str, ...]] = set()
    found: list[Call] = []
    for sources, options in calls:
        fresh = [source for source in sources if tuple(source) not in seen]
        seen |= {tuple(source) for source in fresh}
        if fresh:
            found.append((fresh, options))
    return found


def directly(model: Any, calls: Sequence[Call]) -> None:
    """Translate what calls hold; all of them are begun before the first is waited for."""
    for handle in list(chain.from_iterable(model.translate_batch(sources, **options) for sources, options in calls)):
        handle.result()


def singly(model: Any, calls: Sequence[Call]) -> None:
    """Translate what calls hold one sequence at a time, each waited for."""
    for sources, options in calls:
        for source in sources:
            directly(model, [([source], options)])


def in_batches_of(size: int, calls: Sequence[Call]) -> list[Call]:
    """Return calls whose batches are of so many sequences."""
    return [(sources, options | {"max_batch_size": size, "batch_type": "examples"}) for sources, options in calls]


class Bench:
    """The loaded model, and the records that it is given."""

    def __init__(self, path: Path, limit: int) -> None:
        self.records = list(Records(RecordSpec(paths=(str(path),), limit=limit)))
        self.settings = BundleSettings(fields=FIELDS, src_lang="en", tgt_lang="ko")
        self.first_try = replace(self.settings, indicators="@", fallback="indicator,reject")
        self.model = ModelSettings()
        self._decoder = loaded(self.model)._decoder  # type: ignore[attr-defined]
        self.translate(self.settings, self.records[:WARM])

    def translate(self, settings: BundleSettings, records: list[Record | Reject]) -> ShardOutcome:
        """Do what the command does with one shard."""
        return translate_records(
            records, bundles=settings, model=self.model, quality=Quality(), sig="", columns=("page", "bundle")
        )

    def recorded(self, settings: BundleSettings, records: list[Record | Reject] | None = None) -> list[Call]:
        """Return what CTranslate2 is given for the records, or for some of them."""
        model = self._decoder._model
        self._decoder._model = recorder = Recorder(model)
        try:
            self.translate(settings, self.records if records is None else records)
        finally:
            self._decoder._model = model
        return recorder.calls

    def against_batches(self, turns: int) -> Iterator[str]:
        """Section a."""
        sent = self.recorded(self.settings)
        firsts = first_sent(self.recorded(self.first_try))
        spent = in_turns(
            {
                "ladder": partial(self.translate, self.settings, self.records),
                "its batches": partial(directly, self._decoder._model, sent),
                "first try": partial(self.translate, self.first_try, self.records),
                "its first searches": partial(directly, self._decoder._model, firsts),
            },
            turns,
        )
        ratio = spent["its batches"].clock / spent["ladder"].clock
        held = f"bar {BATCHES_BAR:.0%}: {said(ratio >= BATCHES_BAR)}"
        yield line("every batch sent", tokens_of(sent) * turns, spent["ladder"], spent["its batches"], held)
        first = spent["its first searches"]
        tokens = tokens_of(firsts) * turns
        yield line("first try, its second searches counted as loss", tokens, spent["first try"], first, "no bar")
        yield line("whole ladder, all but the first searches counted as loss", tokens, spent["ladder"], first, "no bar")

    def against_single(self, n: int, turns: int) -> Iterator[str]:
        """Section b."""
        few = self.records[:n]
        model, sources = self._decoder._model, first_sent(self.recorded(self.first_try, few))
        plain = ctranslate2.Translator(str(shipped_directory("default")), compute_type=self._decoder.compute_type)
        spent = in_turns(
            {
                "together": partial(self.translate, self.settings, few),
                "singly": lambda: [self.translate(self.settings, [record]) for record in few],
                "batches": partial(directly, model, sources),
                "sequences": partial(singly, model, sources),
                "first try": partial(self.translate, self.first_try, few),
                "script": partial(singly, plain, sources),
                **{size: partial(directly, model, in_batches_of(int(size), sources)) for size in BATCHES},
            },
            turns,
        )
        ratio = spent["singly"].clock / spent["together"].clock
        yield (
            f"b | all records in a call against one record a call, {n} records"
            f" | {ratio:.1f} times, CPU {spent['singly'].cpu / spent['together'].cpu:.1f}"
            f" | bar {SINGLY_BAR}: {said(ratio >= SINGLY_BAR)}"
        )
        alone, batched = spent["sequences"], spent["batches"]
        times = f"{alone.clock / batched.clock:.1f} times, CPU {alone.cpu / batched.cpu:.1f}"
        yield f"b | CTranslate2 alone, batches against one sequence a call | {times} | no bar: what can be gained here"
        for what, name in (*((f"batches of {size} sequences", size) for size in BATCHES), (OWN_THREADS, "script")):
            times = f"{spent[name].clock / batched.clock:.1f} times, CPU {spent[name].cpu / batched.cpu:.1f}"
            yield f"b | CTranslate2 alone, batches against {what} | {times} | no bar"
        script, first = spent["script"], spent["first try"]
        times = f"{script.clock / first.clock:.1f} times, CPU {script.cpu / first.cpu:.1f}"
        yield f"b | first try against {OWN_THREADS} | {times} | no bar"


def line(what: str, tokens: int, ours: Spent, direct: Spent, held: str) -> str:
    """Return a line of section a: source tokens a second of ours and of CTranslate2, and how ours compares."""
    speeds = f"{tokens / ours.clock:,.0f} against {tokens / direct.clock:,.0f} source tokens/s"
    return f"a | {what} | {speeds}: {direct.clock / ours.clock:.0%}, CPU {direct.cpu / ours.cpu:.0%} | {held}"


def arguments(path: Path, *more: object) -> tuple[object, ...]:
    """Return the command line for a file of pages."""
    return ("translate-bundle", path, "--fields", ",".join(FIELDS), "--src-lang", "en", "--tgt-lang", "ko", *more)


def whole(path: Path, n: int, out: Path) -> str:
    """Section c."""
    started = time.perf_counter()
    command(*arguments(path, "--limit", n, "--max-reject-rate", 1, "--out", out))
    seconds = time.perf_counter() - started
    return f"c | the whole command, {n} records | {seconds:.1f} s, {n / seconds:.1f} records/s | no bar"


def killed(path: Path, n: int, folder: Path) -> str:
    """Section d."""
    asked = arguments(path, "--limit", n, "--shard-rows", 2, "--max-reject-rate", 1, "--deterministic")
    seconds = finish(asked, folder / "undisturbed")
    same = trial(asked, folder, seconds, random.Random(0), kills=KILLS) == fingerprint(folder / "undisturbed")
    return f"d | {KILLS} kills within {seconds:.0f} s each, {n} records, then to the end | same bytes: {said(same)}"


def main() -> None:
    """Run the sections that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--only", default="a,b,c,d")
    parser.add_argument("--records", type=int, default=200)
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args()
    path = given.data / "tldr" / "tldr.en-ko.jsonl"
    asked = given.only.split(",")
    bench = Bench(path, given.records) if {"a", "b"} & set(asked) else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sections: dict[str, Callable[[], Iterator[str]]] = {
            "c": lambda: iter([whole(path, given.records, folder / "c")]),
            "d": lambda: iter([killed(path, given.records // 8, folder)]),
        }
        if bench is not None:
            sections["a"] = partial(bench.against_batches, given.turns)
            sections["b"] = partial(bench.against_single, given.records // 4, given.turns)
        for letter in asked:
            for told in sections[letter]():
                print(told, flush=True)
    print(f"load of the machine, 1 and 15 minutes: {os.getloadavg()[0]:.1f} and {os.getloadavg()[2]:.1f}")


if __name__ == "__main__":
    main()
