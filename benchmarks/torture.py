"""Kills commands at random moments and compares what they end with: `python -m benchmarks.torture`, or `make torture`.

A trial starts a command with two workers, kills it, or one of its workers, at moments drawn from a seed, three times,
and runs it once more to the end. Shards, rejects, manifest and card have to be those of a run that nobody disturbed.
Trials that are done are noted in a file, so that a torture that was stopped goes on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / "cscl_data" / "assets" / "example"
PAIRS, RECORDS = EXAMPLE / "bitext.en-ko.jsonl", EXAMPLE / "records.en-ko.jsonl"
EN_KO = ("--src-lang", "en", "--tgt-lang", "ko")
COMMANDS: dict[str, tuple[object, ...]] = {
    "align": ("align", PAIRS, *EN_KO, "--priors", "none", "--shard-rows", 20),
    "make-token-cs": ("make-token-cs", PAIRS, *EN_KO, "--priors", "none", "--n-variants", 3, "--shard-rows", 20),
    "make-sentence-cs": ("make-sentence-cs", PAIRS, *EN_KO, "--doc-column", "doc", "--shard-rows", 5),
    "make-mono": ("make-mono", PAIRS, PAIRS, *EN_KO, "--doc-column", "doc", "--shard-rows", 5),
    "translate-bundle": (
        *("translate-bundle", RECORDS, *EN_KO, "--fields", "question,answers.*.text", "--deterministic"),
        *("--max-reject-rate", 1, "--shard-rows", 2),
    ),
    "make-preferences": (
        *("make-preferences", RECORDS, *EN_KO, "--prompt-field", "question", "--response-field", "context"),
        *("--deterministic", "--max-reject-rate", 1, "--shard-rows", 2),
    ),
}
KILLS = 3
"""Kills of one trial."""


def start(command: Sequence[object], out: Path) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own."""
    line = [sys.executable, "-m", "cscl_data", *map(str, command), "--workers", "2", "--out", str(out)]
    silent = subprocess.DEVNULL
    return subprocess.Popen(line, stdout=silent, stderr=silent, start_new_session=True)


def finish(command: Sequence[object], out: Path) -> float:
    """Run a command to its end and return its seconds; an error ends the torture."""
    started = time.monotonic()
    code = start(command, out).wait()
    if code:
        sys.exit(f"{command[0]} ended with {code}")
    return time.monotonic() - started


def fingerprint(out: Path) -> dict[str, str]:
    """Return the hash of every file that a job leaves for others."""
    files = [path for path in out.rglob("*") if path.is_file() and ".cscl" not in path.parts]
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def workers_of(parent: int) -> list[int]:
    """Return the children of a process."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(pid) for pid in children.read_text().split()] if children.exists() else []


def disturb(running: subprocess.Popen[bytes], rng: random.Random) -> None:
    """Kill a process with all that it started, it alone, or one of its workers."""
    workers = workers_of(running.pid)
    how = rng.choice(["all", "parent", "worker"])
    try:
        if how == "all":
            os.killpg(running.pid, signal.SIGKILL)
        else:
            os.kill(rng.choice(workers) if how == "worker" and workers else running.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it had ended by itself


def trial(
    command: Sequence[object], folder: Path, seconds: float, rng: random.Random, *, kills: int = KILLS
) -> dict[str, str]:
    """Disturb a command `kills` times, finish it, and return its fingerprint."""
    out = folder / "torn"
    shutil.rmtree(out, ignore_errors=True)
    for _ in range(kills):
        running = start(command, out)
        time.sleep(rng.uniform(0.02, 1.0) * seconds)
        if running.poll() is None:
            disturb(running, rng)
        try:
            running.wait(timeout=20 * seconds + 60)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            sys.exit(f"{command[0]}: hangs after a kill")
    finish(command, out)
    return fingerprint(out)


def trials_of(name: str, numbers: Iterable[int], folder: Path) -> Iterator[tuple[int, bool]]:
    """Do trials of a command, each with its own seed; yield each with whether its output was the same."""
    command = COMMANDS[name]
    seconds = finish(command, folder / "whole")
    expected = fingerprint(folder / "whole")
    for number in numbers:
        yield number, trial(command, folder, seconds, random.Random(f"{name}/{number}")) == expected


def main() -> None:
    """Do what is left of the trials, command by command, and say how many ended the same."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--only", default=",".join(COMMANDS))
    parser.add_argument("--state", type=Path, default=Path("torture.json"), help="notes of the trials that are done")
    given = parser.parse_args()
    done: dict[str, dict[str, bool]] = json.loads(given.state.read_text()) if given.state.exists() else {}
    for name in given.only.split(","):
        notes = done.setdefault(name, {})
        left = [number for number in range(given.trials) if str(number) not in notes]
        with tempfile.TemporaryDirectory() as folder:
            for number, same in trials_of(name, left, Path(folder)) if left else ():
                notes[str(number)] = same
                given.state.write_text(json.dumps(done, indent=1))
        same_ones = sum(notes.values())
        print(f"{name}: {same_ones} of {len(notes)} trials of {KILLS} kills ended with the same bytes", flush=True)
    sys.exit(not all(same for notes in done.values() for same in notes.values()))


if __name__ == "__main__":
    main()
